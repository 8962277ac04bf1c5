#pragma once
// Our own events (interface.md §3): what /api/v1/events takes, `import events` reads and every history becomes.
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "collectors/base/json.hpp"
#include "collectors/base/result.hpp"
#include "collectors/event.hpp"

namespace releasehealth::canonical {

/// Where these events come from unless they say otherwise.
inline constexpr const char* source_name = "api";

/// The words that an export writes beside an event's fields. A sender cannot use them as names of fields, so that
/// nothing it sends can be taken for an override or for an export's own statement.
std::span<const std::string_view> reserved_words();

/// One event from its JSON object. The time defaults to receipt, the subject to the id (a commit's to its sha). A
/// reserved word is rejected with its pointer.
result<event> read_event(json::value, timestamp received_at, const std::string& at = {});

/// The events of a body: one object, an array of them, or NDJSON. All are valid, or none is returned.
result<std::vector<event>> read_events(std::string_view content_type, std::string_view body, timestamp received_at,
                                       const body_limits& = {});

/// The event as the API would take it.
json::object write_event(const event&);

/// An event of the ledger on its way through a file.
struct exported {
  event of;
  std::optional<timestamp> received_at;  ///< absent: the file does not say
};

/// A line of `export events`: the event as the API takes it, and under `exported` what only the ledger may say: when it
/// was received, whether it is an override, and the fields whose names are reserved words.
json::object write_exported(const event&, timestamp received_at);

/// A line of `export events` or a plain event. Only `exported` makes an override, or the whole form in which releases
/// up to 0.1 wrote one.
result<exported> read_exported(json::value, timestamp received_at);

}
