#pragma once
// Events that earlier imports of repositories stored.
#include <string>
#include <vector>

#include "collectors/event.hpp"
#include "daemon/database/session.hpp"

namespace releasehealth::ledger {

/// The stored events that an import compares with.
struct imported_question {
  std::string source;
  std::string id_prefix;              ///< of the events of earlier imports
  std::vector<std::string> services;  ///< their events in `environment`, under any id
  std::string environment;
  std::vector<std::string> commits;
};

/// In any order. Throws postgres_failure.
std::vector<event> imported_events(const session&, const imported_question&);

}
