#pragma once
// Derives during an import, on a thread of its own: one large step whenever the queue is long enough, so that
// PostgreSQL stores and derives at the same time.
#include <condition_variable>
#include <mutex>

#include "daemon/derivation/derive.hpp"
#include "daemon/system/worker.hpp"

namespace releasehealth::ledger {

class derive_along {
 public:
  derive_along(session, derive_settings);
  ~derive_along() = default;  ///< waits for the running step

  /// Reports that so many more events are stored.
  void stored(std::size_t events);
  /// Derives the rest. Throws postgres_failure.
  void finish();

 private:
  void run(const std::stop_token&);
  deriver derive_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::size_t waiting_ = 0;
  worker thread_{"derive"};
};

}
