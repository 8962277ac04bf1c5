#pragma once
// Replays stored deliveries: dead letters after a fix, or all deliveries after a source's mapping changed.
#include <functional>

#include "daemon/ledger/append.hpp"

namespace releasehealth::ledger {

/// The result of decoding a stored delivery again.
struct reread {
  std::vector<event> events;  ///< empty: the delivery is left unchanged
  std::string detail;         ///< the elements that are still unreadable; empty: none
};

struct replay_question {
  bool all = false;    ///< include accepted deliveries; otherwise only dead and partly dead ones
  std::string source;  ///< empty: all sources
};

/// Passes each delivery, without events, to `read` in the order of receipt, and stores the returned events with it,
/// each once and as received at `now`. A delivery for which `read` returns no events is left unchanged. Returns the
/// number of new events. Throws postgres_failure.
std::size_t replay(const session&, const replay_question&, timestamp now,
                   const std::function<reread(const entry&)>& read);

}
