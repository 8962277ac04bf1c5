#include "daemon/ledger/lane_policy.hpp"

#include <utility>

namespace releasehealth::ledger {

lane_policy::step lane_policy::next(const lane_state& lane, time_point now) const {
  const bool is_empty = lane.waiting == 0;
  if (lane.is_busy || (is_empty && spooled_.deliveries == 0 && !is_away_)) return step::rest;
  if (!is_empty && !is_away_ && lane.gathers_until) return step::gather;
  const bool failed = is_away_ || (is_empty && fails_to_drain_);
  // Without a spool a delivery is tried at once, so that its sender does not have to wait for the 503.
  const bool can_wait = has_spool_ || is_empty;
  return failed && can_wait && now - tried_at_ < retry_interval ? step::retry : step::attempt;
}

bool lane_policy::needs_tick(const lane_state& lane) const {
  return lane.is_busy || lane.waiting > 0 || is_away_ || spooled_.deliveries > 0 || !spooled_.is_writable;
}

bool lane_policy::should_try_disk(time_point now) const {
  return has_spool_ && !spooled_.is_writable && now - tried_disk_at_ >= retry_interval;
}

bool lane_policy::ended(const attempt& a) {
  is_away_ = a.is_away;
  spooled_ = a.spooled;
  const bool failed = !a.drain_failure.empty();
  const bool still_fails = fails_to_drain_ && !a.has_drained && a.spooled.deliveries > 0;
  return !std::exchange(fails_to_drain_, failed || still_fails) && failed;
}

}
