#pragma once
// A delivery in one of the commit queue's lanes.
#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "daemon/ledger/append.hpp"

namespace releasehealth::ledger {

/// A delivery whose sender waits for an answer. The lanes' threads read `delivery`, which never changes; only the io
/// thread uses the rest, and it releases the waiter last.
struct waiter {
  using done = std::function<void(result<stored>)>;

  waiter(entry e, done d, std::chrono::steady_clock::time_point now)
      : delivery(std::move(e)), answer(std::move(d)), since(now) {}

  const entry delivery;
  done answer;
  std::chrono::steady_clock::time_point since;
  bool is_answered = false;
  bool was_given_to_spool = false;  ///< the sender gets the spool's result, unless PostgreSQL's comes first

  /// Whether it is neither answered nor handed to the spool.
  bool is_open() const { return !is_answered && !was_given_to_spool; }

  /// Approximate size in memory in bytes: the body and the decoded events.
  std::size_t weight() const {
    constexpr std::size_t event_bytes = 1024;
    return delivery.body.size() + delivery.events.size() * event_bytes;
  }
};
using waiters = std::vector<std::shared_ptr<waiter>>;

inline std::vector<const entry*> entries_of(const waiters& all) {
  std::vector<const entry*> out;
  out.reserve(all.size());
  for (const auto& w : all) out.push_back(&w->delivery);
  return out;
}

}
