#pragma once
// The daemon's state: turns changes of its parts into metrics, log lines and readiness.
#include <optional>
#include <string>

#include "daemon/api/readiness.hpp"
#include "daemon/figures/refresh.hpp"
#include "daemon/intake/pace.hpp"
#include "daemon/ledger/append.hpp"
#include "daemon/log/log.hpp"
#include "daemon/telemetry/metrics.hpp"

namespace releasehealth {

/// Belongs to the io thread.
class health {
 public:
  health(metrics& own, const logger& log) : own_(own), log_(log) {}

  /// The result of a refresh.
  void publish(const refreshed&);
  /// The result of an attempt to append. `reason`: one of ledger::failure_reasons(), empty if PostgreSQL was available;
  /// `said`: its message; `is_durable`: fsync is on.
  void appended(std::string_view reason, const std::string& said, bool is_durable);
  /// An event's id is already stored from another sender or with different content.
  void claimed(const ledger::claim&);
  void drain() { readiness_.is_draining = true; }

  const api::readiness& readiness() const { return readiness_; }

 private:
  void note_rebuild(const refreshed&);
  void note_failure(const refreshed&);

  metrics& own_;
  const logger& log_;
  api::readiness readiness_;
  pace claims_;
  bool is_postgres_away_ = false, rules_changed_ = false, is_rebuilding_ = false;
  std::string last_failure_;
};

}
