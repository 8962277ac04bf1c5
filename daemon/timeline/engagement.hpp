#pragma once
// Who worked on an incident and when, by the best available evidence (figures.md §8). Pure. The caller merges persons
// and clips intervals to a period.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/timeline/incident.hpp"

namespace releasehealth {

/// An interval of a person's time, or a number of seconds without an interval.
struct engagement {
  method measured_by = method::by_duration;
  std::string person;              ///< empty if unknown: the team's anonymous person
  timestamp from;                  ///< the instant at which `seconds` count, if set
  std::optional<timestamp> until;  ///< none: still engaged
  std::optional<std::int64_t> seconds;
  auto operator<=>(const engagement&) const = default;
};

/// One reported piece of work; nothing if it states neither an interval nor a number of seconds.
std::optional<engagement> engagement_of(const work&);

/// The best evidence on an incident: work that names it; else its responders, from joining or the acknowledgement until
/// leaving or restoration; else one person while it was open and not mitigated, at most `duration_cap` per stretch.
std::vector<engagement> engagements_of(const incident&, std::span<const work> naming_it, duration duration_cap);

}
