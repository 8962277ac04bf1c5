#pragma once
// Our own events (interface.md §3): what /api/v1/events takes, `import events` reads and every history becomes.
#include <string_view>
#include <vector>

#include "collectors/event.hpp"
#include "collectors/json.hpp"
#include "collectors/result.hpp"

namespace releasehealth::canonical {

/// Where these events come from unless they say otherwise.
inline constexpr const char* source_name = "api";

inline constexpr std::size_t max_problems = 20;  ///< mistakes told at once

/// One event from its JSON object. The time defaults to receipt, the subject to the id (a commit's to its sha).
result<event> read_event(json::value, timestamp received_at, const std::string& at = {});

/// The events of a body: one object, an array of them, or NDJSON. All are valid, or none is returned.
result<std::vector<event>> read_events(std::string_view content_type, std::string_view body, timestamp received_at,
                                       const body_limits& = {});

/// The event as the API would take it.
json::object write_event(const event&);

}
