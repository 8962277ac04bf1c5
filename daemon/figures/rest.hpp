#pragma once
// The pause of the refresh loop between two refreshes, which leaves the machine to deliveries.
#include <algorithm>
#include <chrono>
#include <cstddef>

#include "daemon/derivation/derive.hpp"

namespace releasehealth {

/// A successful refresh and the deliveries that arrived meanwhile.
struct refresh_cycle {
  std::chrono::steady_clock::duration took{};
  std::chrono::steady_clock::duration since_last{};  ///< from the previous refresh's start to this one's
  std::size_t came = 0;                              ///< deliveries in that time
  bool has_more = false;                             ///< a backlog remains
};

/// Nine times the duration of the refresh, at most 600 ms, so that figures are at most two seconds old: two refreshes
/// of half a second with the pause between them. With a backlog there is no pause, so that figures catch up. If
/// deliveries arrive faster than they can be derived with the usual pause, figures fall behind in any case; then the
/// pause is up to 3 s, which leaves the machine to the senders.
inline std::chrono::steady_clock::duration rest_after(const refresh_cycle& cycle) {
  constexpr int factor = 9;
  constexpr std::chrono::steady_clock::duration usual = std::chrono::milliseconds(600),
                                                in_a_flood = std::chrono::seconds(3);
  if (!cycle.has_more) return std::min(factor * cycle.took, usual);
  const std::chrono::duration<double> step = cycle.took + usual, since_last = cycle.since_last;
  const auto most = static_cast<double>(ledger::step_size::usual);
  const bool is_flood = static_cast<double>(cycle.came) * (step / since_last) >= most;
  return is_flood ? std::min(factor * cycle.took, in_a_flood) : std::chrono::steady_clock::duration{};
}

}
