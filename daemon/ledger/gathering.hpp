#pragma once
// How long a batch of the commit queue waits for more to go with it.
#include <algorithm>
#include <chrono>
#include <optional>

#include "daemon/ledger/append.hpp"

namespace releasehealth::ledger {

/// Senders that got their answers send again at once: where the disk is slow, a batch that does not wait for them
/// leaves with few, and all the others wait for it. So there the next one waits, for no longer than a commit takes,
/// until as many have come back as were answered.
class gathering {
  using clock = std::chrono::steady_clock;

 public:
  void committed(std::size_t answered, std::size_t waiting, clock::duration took) {
    constexpr clock::duration of_a_row = std::chrono::microseconds(50), of_a_fast_disk = std::chrono::milliseconds(1);
    constexpr clock::duration least = std::chrono::microseconds(50), longest_wait = std::chrono::milliseconds(2);
    constexpr int memory = 64;
    // the disk's share, about: the least that commits took lately, as a busy machine makes any of them slow
    const auto of_disk = took - of_a_row * static_cast<int>(answered);
    disk_ = std::clamp(of_disk, least, disk_ + disk_ / memory);
    expected_ = disk_ > of_a_fast_disk ? std::min(answered + waiting, appender::max_batch) : 0;
    until_ = clock::now() + std::min(disk_, longest_wait);
  }
  /// Until when to wait for more; nothing: go.
  std::optional<clock::time_point> waits(std::size_t waiting) const {
    return waiting < expected_ && clock::now() < until_ ? std::optional(until_) : std::nullopt;
  }

 private:
  clock::duration disk_ = std::chrono::hours(1);
  std::size_t expected_ = 0;
  clock::time_point until_{};
};

}
