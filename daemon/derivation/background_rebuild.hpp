#pragma once
// Rebuilds on a thread of its own. Readers see the rows of the older derivation_version until the rebuild commits.
#include <chrono>
#include <future>
#include <optional>
#include <string>

#include "daemon/derivation/derive.hpp"
#include "daemon/system/worker.hpp"

namespace releasehealth::ledger {

/// The result of a rebuild.
struct rebuilt {
  std::size_t rows = 0;  ///< written
  std::chrono::milliseconds took{};
  std::string failure = {};  ///< empty on success
};

/// Used by one thread at a time. The destructor waits for the rebuild; stopping the session cancels it.
class background_rebuild {
 public:
  explicit background_rebuild(session s) : session_(std::move(s)) {}

  /// Starts a rebuild on its thread, unless one is running or ended() has not returned its result yet.
  void begin(const derive_settings&);
  bool is_running() const { return running_.valid(); }
  /// Returns the result of the last rebuild, once.
  std::optional<rebuilt> ended();

 private:
  session session_;
  std::future<rebuilt> running_;
  worker thread_{"rebuild"};
};

}
