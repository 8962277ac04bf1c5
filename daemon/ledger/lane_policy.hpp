#pragma once
// Decides which lane of the commit queue a delivery goes to, and when PostgreSQL and the spool's disk are retried.
// Pure: time is an argument.
#include <chrono>
#include <cstddef>
#include <optional>

#include "daemon/ledger/postgres_writer.hpp"

namespace releasehealth::ledger {

/// The state of PostgreSQL's lane.
struct lane_state {
  bool is_busy = false;     ///< an attempt is in progress or its result not handled yet, or the lane has stopped
  std::size_t waiting = 0;  ///< deliveries for the next attempt
  std::optional<std::chrono::steady_clock::time_point> gathers_until = {};  ///< more are expected until then
};

/// Holds the result of the last attempt. Belongs to the io thread.
class lane_policy {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Time between a failure (of PostgreSQL, of draining or of the spool's disk) and the next try.
  static constexpr auto retry_interval = std::chrono::seconds(1);

  lane_policy(bool has_spool, const spool::contents& spooled) : has_spool_(has_spool), spooled_(spooled) {}

  enum class step {
    rest,     ///< nothing to do before the next delivery or the end of the attempt in progress
    gather,   ///< wait for more deliveries, until lane_state::gathers_until
    retry,    ///< an attempt is due, but not so soon after a failure
    attempt,  ///< write the waiting deliveries; if there are none, drain the spool or probe PostgreSQL
  };
  step next(const lane_state&, time_point now) const;

  /// Whether a new delivery goes to the spool's lane at once.
  bool spools_new() const { return has_spool_ && is_away_; }
  /// Whether a delivery with this result of PostgreSQL's lane goes to the spool; otherwise its sender gets the result.
  bool spools(const result<stored>& r) const { return has_spool_ && is_unavailable(r); }
  /// Whether a timer is needed: patience may run out, an attempt may fall due, a disk may be writable again.
  bool needs_tick(const lane_state&) const;
  /// Whether to check now that the spool's disk is writable again. No delivery would show it, because a daemon that is
  /// not ready receives none.
  bool should_try_disk(time_point now) const;

  void began(time_point now) { tried_at_ = now; }
  void tried_disk(time_point now) { tried_disk_at_ = now; }
  /// Returns whether draining started to fail with this attempt.
  bool ended(const attempt&);
  void now_spooled(const spool::contents& now) { spooled_ = now; }

  bool is_away() const { return is_away_; }
  const spool::contents& spooled() const { return spooled_; }

 private:
  bool has_spool_;
  bool is_away_ = false;         ///< PostgreSQL was unavailable for the last attempt
  bool fails_to_drain_ = false;  ///< draining the spool failed and has not succeeded since
  time_point tried_at_{}, tried_disk_at_{};
  spool::contents spooled_;
};

}
