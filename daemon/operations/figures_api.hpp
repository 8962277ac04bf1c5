#pragma once
// What GET /api/v1/figures and /api/v1/months are asked, and what they answer (interface.md §2).
#include "daemon/figures/snapshot.hpp"
#include "daemon/http/routes.hpp"

namespace releasehealth {

/// What says whose figures, or whose rows.
inline constexpr http::parameter place_parameters[] = {
    {.name = "service", .help = "of this service", .example = "checkout"},
    {.name = "environment", .help = "in this environment", .example = "production"},
    {.name = "team", .help = "of this team's services"}};
inline constexpr http::parameter period_parameter = {
    .name = "period",
    .help = "7d, 30d (the default) or what else is configured, month, previous_month, 2026-10, 2026-Q4, begin/end",
    .example = "month"};
inline constexpr http::parameter months_parameter = {
    .name = "months", .help = "how many up to this one: 1 to 120, 24 by default", .example = "3"};
inline constexpr http::parameter as_of_parameter = {
    .name = "as_of", .help = "what was known then: only events received before it", .is_time = true};

/// `period` (a rolling one, month, previous_month, 2026-10, 2026-Q4, begin/end; default 30d), service, environment,
/// team. errc::malformed names the parameter.
result<figure_question> read_figure_question(const http::request&, const figure_settings&, timestamp now);

/// `as_of`: an RFC 3339 time before now. Nothing if it is not asked for.
result<std::optional<timestamp>> read_as_of(const http::request&, timestamp now);

/// `months` (default 24, at most 120): that many calendar months up to this one, the oldest first.
result<figure_question> read_months_question(const http::request&, const figure_settings&, timestamp now);

}
