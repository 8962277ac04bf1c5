#pragma once
// Labelled periods (figures.md §10): rolling ones, calendar months, and those requested for a report.
#include <optional>
#include <string_view>
#include <vector>

#include "daemon/queries/reads.hpp"
#include "daemon/timeline/calendar.hpp"

namespace releasehealth {

using ledger::period;

/// The labels of the calendar periods; all others are durations.
inline constexpr std::string_view month = "month", previous_month = "previous_month";

/// The configured rolling periods and the two calendar periods as of `now`. All but the previous month end at `now`.
std::vector<period> current_periods(const std::vector<std::string>& rolling, const calendar&, timestamp now);

/// Parses `2026-10`, `2026-Q4` or `2026-10-01T00:00:00Z/2026-11-01T00:00:00Z` in the calendar's zone, and cuts it off
/// at `now`. Fails with errc::malformed otherwise.
result<period> parse_period(std::string_view, const calendar&, timestamp now);

/// A current period by its label, else the result of parse_period().
result<period> find_period(std::string_view, const std::vector<std::string>& rolling, const calendar&, timestamp now);

/// "2026-10".
std::string format_month(std::chrono::year_month);
/// "October 2026", "Oct 2026".
std::string name_month(std::chrono::year_month, bool is_short = false);
std::optional<std::chrono::year_month> parse_month(std::string_view);

/// The calendar months from `2026-10` to `2026-12`, both inclusive; at most 600.
result<std::vector<period>> months_between(std::string_view first_month, std::string_view last_month, const calendar&,
                                           timestamp now);

}
