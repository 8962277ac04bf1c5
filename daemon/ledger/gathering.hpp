#pragma once
// How long the commit queue waits for more deliveries before it writes a batch.
#include <algorithm>
#include <chrono>
#include <optional>

#include "daemon/ledger/append.hpp"

namespace releasehealth::ledger {

/// Senders send their next delivery as soon as they get an answer. On a slow disk, a batch that starts at once would be
/// small and make all later deliveries wait for its commit. So on a slow disk the next batch waits until as many
/// deliveries have arrived as were answered, but no longer than a commit takes.
class gathering {
  using clock = std::chrono::steady_clock;

 public:
  void committed(std::size_t answered, std::size_t waiting, clock::duration took) {
    constexpr clock::duration of_a_row = std::chrono::microseconds(50), of_a_fast_disk = std::chrono::milliseconds(1);
    constexpr clock::duration least = std::chrono::microseconds(50), longest_wait = std::chrono::milliseconds(2);
    constexpr int memory = 64;
    // Estimates the disk's share as the shortest recent commit, because a busy machine slows down single commits.
    const auto of_disk = took - of_a_row * static_cast<int>(answered);
    disk_ = std::clamp(of_disk, least, disk_ + disk_ / memory);
    expected_ = disk_ > of_a_fast_disk ? std::min(answered + waiting, appender::max_batch) : 0;
    ends_at_ = clock::now() + std::min(disk_, longest_wait);
  }
  /// The time until which to wait for more deliveries; nullopt: write the batch now.
  std::optional<clock::time_point> waits(std::size_t waiting) const {
    return waiting < expected_ && clock::now() < ends_at_ ? std::optional(ends_at_) : std::nullopt;
  }

 private:
  clock::duration disk_ = std::chrono::hours(1);
  std::size_t expected_ = 0;
  clock::time_point ends_at_{};
};

}
