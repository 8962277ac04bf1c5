#pragma once
// Which lane of the commit queue a delivery goes to, and when PostgreSQL and the spool's disk are tried. Pure: time is
// an argument.
#include <chrono>
#include <cstddef>
#include <optional>

#include "daemon/ledger/postgres_writer.hpp"

namespace releasehealth::ledger {

/// PostgreSQL's lane at an instant.
struct lane_state {
  bool is_busy = false;     ///< an attempt is on its way or not handled yet, or the lane has stopped
  std::size_t waiting = 0;  ///< deliveries for the next attempt
  std::optional<std::chrono::steady_clock::time_point> gathers_until = {};  ///< more are expected until then
};

/// Knows what the last attempt came to. Belongs to the io thread.
class lane_policy {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  /// After a failure, of PostgreSQL, of draining or of the spool's disk, until the next try.
  static constexpr auto retry_interval = std::chrono::seconds(1);

  lane_policy(bool has_spool, const spool::contents& spooled) : has_spool_(has_spool), spooled_(spooled) {}

  enum class step {
    rest,     ///< nothing to do before the next delivery, or the end of the attempt on its way
    gather,   ///< wait for more deliveries, until lane_state::gathers_until
    retry,    ///< an attempt is due, but not so soon after a failure
    attempt,  ///< write what waits; if nothing does, drain the spool or see whether PostgreSQL is back
  };
  step next(const lane_state&, time_point now) const;

  /// Whether a new delivery goes to the spool's lane at once.
  bool spools_new() const { return has_spool_ && is_away_; }
  /// Whether a delivery that PostgreSQL did not take does; otherwise its sender gets that result.
  bool spools(const result<stored>& r) const { return has_spool_ && is_unavailable(r); }
  /// Whether time alone changes something: patience ends, an attempt falls due, a disk is free again.
  bool needs_tick(const lane_state&) const;
  /// Whether to see now if the spool's disk takes writes again: nobody sends to a daemon that is not ready, so no
  /// delivery would show it.
  bool should_try_disk(time_point now) const;

  void began(time_point now) { tried_at_ = now; }
  void tried_disk(time_point now) { tried_disk_at_ = now; }
  /// Returns whether draining fails since this attempt.
  bool ended(const attempt&);
  void now_spooled(const spool::contents& now) { spooled_ = now; }

  bool is_away() const { return is_away_; }
  const spool::contents& spooled() const { return spooled_; }

 private:
  bool has_spool_;
  bool is_away_ = false;         ///< PostgreSQL was unavailable for the last attempt
  bool fails_to_drain_ = false;  ///< the spool could not be drained, and has not been since
  time_point tried_at_{}, tried_disk_at_{};
  spool::contents spooled_;
};

}
