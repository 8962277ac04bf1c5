#pragma once
// What GET /api/v1/figures and /api/v1/months are asked, and what they answer (interface.md §2).
#include "daemon/figures/snapshot.hpp"
#include "daemon/http/message.hpp"

namespace releasehealth {

/// `period` (a rolling one, month, previous_month, 2026-10, 2026-Q4, begin/end; default 30d), service, environment,
/// team. errc::malformed names the parameter.
result<figure_question> read_figure_question(const http::request&, const figure_settings&, timestamp now);

/// `as_of`: an RFC 3339 time before now. Nothing if it is not asked for.
result<std::optional<timestamp>> read_as_of(const http::request&, timestamp now);

/// `months` (default 24, at most 120): that many calendar months up to this one, the oldest first.
result<figure_question> read_months_question(const http::request&, const figure_settings&, timestamp now);

}
