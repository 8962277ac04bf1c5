#include "daemon/derivation/derive_along.hpp"

#include "daemon/database/failure.hpp"

namespace releasehealth::ledger {

derive_along::derive_along(session s, derive_settings settings) : derive_(std::move(s), std::move(settings)) {
  thread_.post([this] { run(thread_.stopping()); });
}

void derive_along::run(const std::stop_token& stop) {
  bulk_pace pace;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, stop, [&] { return waiting_ >= bulk_pace::bulk_things; });
      if (stop.stop_requested()) return;
      waiting_ -= bulk_pace::bulk_things;
    }
    try {
      pace.done(derive_.derive_batch(pace.next()));
    } catch (const postgres_failure&) {  // finish() throws it again if it persists
    }
  }
}

void derive_along::stored(std::size_t events) {
  {
    const std::lock_guard lock(mutex_);
    waiting_ += events;
  }
  wake_.notify_one();
}

void derive_along::finish() {
  thread_.join();
  derive_.derive();
}

}
