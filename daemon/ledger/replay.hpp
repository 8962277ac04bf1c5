#pragma once
// Deliveries that are kept, to be read again: the dead ones after a fix, all of them when a source is read otherwise.
#include <functional>

#include "daemon/ledger/append.hpp"

namespace releasehealth::ledger {

struct replay_question {
  bool all = false;    ///< also those that were accepted; otherwise the dead
  std::string source;  ///< empty: every one
};

/// Hands each over, without events, in the order of receipt. What `read` returns is stored with it, each event once, as
/// told at `now`; with nothing returned it stays as it is. Returns how many events were new. Throws what libpqxx
/// throws.
std::size_t replay(const session&, const replay_question&, timestamp now,
                   const std::function<std::vector<event>(const entry&)>& read);

}
