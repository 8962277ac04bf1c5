#pragma once
// A rebuild on a thread of its own: readers see the rows of the older derivation_version until it commits.
#include <chrono>
#include <future>
#include <optional>
#include <string>

#include "daemon/derivation/derive.hpp"
#include "daemon/system/worker.hpp"

namespace releasehealth::ledger {

/// How a rebuild ended.
struct rebuilt {
  std::size_t rows = 0;  ///< written
  std::chrono::milliseconds took{};
  std::string failure = {};  ///< empty: it succeeded
};

/// Used by one thread at a time. Its end waits for the rebuild, which the session's stop ends.
class background_rebuild {
 public:
  explicit background_rebuild(session s) : session_(std::move(s)) {}

  /// Begins one on its thread, unless one is running or its end was not asked for yet.
  void begin(const derive_settings&);
  bool is_running() const { return running_.valid(); }
  /// How the last one ended, once.
  std::optional<rebuilt> ended();

 private:
  session session_;
  std::future<rebuilt> running_;
  worker thread_{"rebuild"};
};

}
