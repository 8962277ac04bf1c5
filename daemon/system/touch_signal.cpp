#include "daemon/system/touch_signal.hpp"

#include <utility>

namespace releasehealth {

void touch_signal::touch() {
  {
    const std::lock_guard lock(mutex_);
    ++touches_;
    if (std::exchange(is_touched_, true)) return;  // a wake-up per touch would be expensive under load
  }
  condition_.notify_one();
}

void touch_signal::wake() {
  {
    const std::lock_guard lock(mutex_);
    is_touched_ = true;
  }
  condition_.notify_one();
}

std::size_t touch_signal::wait(const std::stop_token& stop, clock::duration longest, clock::time_point earliest) {
  std::unique_lock lock(mutex_);
  condition_.wait_for(lock, stop, longest, [&] { return is_touched_; });
  condition_.wait_until(lock, stop, earliest, [] { return false; });
  is_touched_ = false;
  return std::exchange(touches_, 0);
}

}
