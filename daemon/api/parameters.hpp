#pragma once
// Parameters shared by several endpoints (interface.md section 2).
#include "daemon/figures/snapshot.hpp"
#include "daemon/http/routes.hpp"

namespace releasehealth::api {

inline constexpr http::parameter of_service = {.name = "service", .help = "only this service", .example = "checkout"},
                                 in_environment = {.name = "environment",
                                                   .help = "only this environment",
                                                   .example = "production"},
                                 of_team = {.name = "team", .help = "only services of this team"},
                                 in_period = {.name = "period",
                                              .help =
                                                  "7d, 30d (the default) or another configured period, month, "
                                                  "previous_month, 2026-10, 2026-Q4, begin/end",
                                              .example = "month"};

/// Parses a whole number from 1 to `most`; `otherwise` if none is given. errc::malformed names the parameter.
result<std::int64_t> read_count(std::string_view name, std::string_view given, std::int64_t otherwise,
                                std::int64_t most);

}
