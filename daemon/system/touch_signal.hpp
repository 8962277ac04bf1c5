#pragma once
// What those who store something touch, and the refresher waits for.
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>

namespace releasehealth {

/// Any number of threads touch it, one waits. The first wait ends at once: what an earlier process stored may not be
/// derived yet.
class touch_signal {
 public:
  using clock = std::chrono::steady_clock;

  /// Something was stored.
  void touch();
  /// The wait ends although nothing was stored.
  void wake();
  /// Returns after a touch or after `longest`, but not before `earliest`, and at once when it is to stop: how often it
  /// was touched since the last wait.
  std::size_t wait(const std::stop_token&, clock::duration longest, clock::time_point earliest);

 private:
  std::mutex mutex_;
  std::condition_variable_any condition_;
  bool is_touched_ = true;
  std::size_t touches_ = 0;
};

}
