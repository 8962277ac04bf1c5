#include "daemon/derivation/background_rebuild.hpp"

#include "daemon/database/failure.hpp"

namespace releasehealth::ledger {
namespace {

rebuilt rebuild(deriver derive) {
  rebuilt out;
  const auto began = std::chrono::steady_clock::now();
  try {
    out.rows = derive.rebuild_if_due();
  } catch (const std::exception& e) {
    out.failure = description_of(e);
  }
  out.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  return out;
}

}

void background_rebuild::begin(const derive_settings& settings) {
  if (is_running()) return;
  running_ = thread_.start([session = session_, settings] { return rebuild(deriver(session, settings)); });
}

std::optional<rebuilt> background_rebuild::ended() {
  if (!is_running() || running_.wait_for(std::chrono::seconds{0}) != std::future_status::ready) return {};
  return running_.get();
}

}
