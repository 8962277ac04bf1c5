#pragma once
// Wakes the refresher after something was stored.
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>

namespace releasehealth {

/// Any number of threads call touch(); one thread waits. The first wait ends at once, because a previous process may
/// have left stored events underived.
class touch_signal {
 public:
  using clock = std::chrono::steady_clock;

  /// Records that something was stored.
  void touch();
  /// Ends the wait although nothing was stored.
  void wake();
  /// Returns after a touch or after `longest`, but not before `earliest`; returns at once when stop is requested. The
  /// result is the number of touches since the last wait.
  std::size_t wait(const std::stop_token&, clock::duration longest, clock::time_point earliest);

 private:
  std::mutex mutex_;
  std::condition_variable_any condition_;
  bool is_touched_ = true;
  std::size_t touches_ = 0;
};

}
