#pragma once
// Who was at work on an incident and when, by the best evidence there is (figures.md §8). Merging persons and cutting
// at a period's edges is left to whoever sums up. Pure.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/timeline/incident.hpp"

namespace releasehealth {

/// A stretch of a person's time, or seconds without a place in time.
struct engagement {
  method by = method::by_duration;
  std::string person;              ///< empty: nobody known, so the team's anonymous person
  timestamp from;                  ///< where `seconds` count if there are any
  std::optional<timestamp> until;  ///< none: goes on
  std::optional<std::int64_t> seconds;
  auto operator<=>(const engagement&) const = default;
};

/// One reported piece of work; nothing if it says neither from when to when nor how long.
std::optional<engagement> engagement_of(const work&);

/// The best evidence on an incident: work that names it; else its responders, from joining or the acknowledgement to
/// leaving or restoration; else one person for as long as it was open and not mitigated, at most `duration_cap` a
/// stretch.
std::vector<engagement> engagements_of(const incident&, std::span<const work> naming_it, duration duration_cap);

}
