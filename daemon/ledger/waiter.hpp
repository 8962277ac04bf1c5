#pragma once
// Who stands in the lines of the commit queue.
#include <chrono>
#include <memory>
#include <vector>

#include "daemon/ledger/commit_queue.hpp"

namespace releasehealth::ledger {

/// Somebody who waits for an answer. The entry is read by the threads, and changed by nobody.
struct waiter {
  std::shared_ptr<const entry> what;
  commit_queue::done answer;
  std::chrono::steady_clock::time_point since;
  bool is_answered = false, is_on_its_way_to_spool = false;
};
using waiters = std::vector<std::shared_ptr<waiter>>;

inline std::vector<const entry*> entries_of(const waiters& all) {
  std::vector<const entry*> out;
  out.reserve(all.size());
  for (const auto& w : all) out.push_back(w->what.get());
  return out;
}

/// What it holds in memory, about: its body, and its events as values.
inline std::size_t weight_of(const entry& e) {
  constexpr std::size_t event_bytes = 1024;
  return e.body.size() + e.events.size() * event_bytes;
}

}
