#pragma once
// How long the refresh loop rests between two refreshes, as deliveries come first.
#include <algorithm>
#include <chrono>
#include <cstddef>

#include "daemon/derivation/derive.hpp"

namespace releasehealth {

/// A refresh that succeeded, and what came in meanwhile.
struct refresh_cycle {
  std::chrono::steady_clock::duration took{};
  std::chrono::steady_clock::duration since_last{};  ///< from the beginning of the one before it to its own
  std::size_t came = 0;                              ///< deliveries in that time
  bool has_more = false;                             ///< it did not derive all that waited
};

/// Nine times as long as it took, but figures are to be two seconds old at most: two refreshes of half a second and the
/// rest between them. If more waits than a step takes, there is none, so that figures catch up, unless more keeps
/// coming than can be derived with the usual rest: then figures fall behind in any case, and senders have the machine.
inline std::chrono::steady_clock::duration rest_after(const refresh_cycle& of) {
  constexpr int factor = 9;
  constexpr std::chrono::steady_clock::duration usual = std::chrono::milliseconds(600),
                                                in_a_flood = std::chrono::seconds(3);
  if (!of.has_more) return std::min(factor * of.took, usual);
  const std::chrono::duration<double> step = of.took + usual, since_last = of.since_last;
  const auto most = static_cast<double>(ledger::step_size::usual);
  const bool is_flood = static_cast<double>(of.came) * (step / since_last) >= most;
  return is_flood ? std::min(factor * of.took, in_a_flood) : std::chrono::steady_clock::duration{};
}

}
