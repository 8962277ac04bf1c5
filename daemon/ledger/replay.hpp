#pragma once
// Deliveries that are kept, to be read again: the dead ones after a fix, all of them when a source is read otherwise.
#include <functional>

#include "daemon/ledger/append.hpp"

namespace releasehealth::ledger {

/// What a kept delivery says now.
struct reread {
  std::vector<event> events;  ///< empty: nothing, and the delivery stays as it is
  std::string detail;         ///< of what is still unreadable beside them; empty: nothing is
};

struct replay_question {
  bool all = false;    ///< also those that were accepted; otherwise the dead and the partly dead
  std::string source;  ///< empty: every one
};

/// Hands each over, without events, in the order of receipt. What `read` returns is stored with it, each event once, as
/// told at `now`; with nothing returned it stays as it is. Returns how many events were new. Throws
/// postgres_failure.
std::size_t replay(const session&, const replay_question&, timestamp now,
                   const std::function<reread(const entry&)>& read);

}
