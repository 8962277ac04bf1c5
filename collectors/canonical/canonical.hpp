#pragma once
// The daemon's own events (interface.md §3): the input of /api/v1/events and `import events`, the form of all imports.
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "collectors/base/json.hpp"
#include "collectors/base/result.hpp"
#include "collectors/event.hpp"

namespace releasehealth::canonical {

/// The source of these events unless they name one.
inline constexpr const char* source_name = "api";

/// The member names that an export adds to an event's fields. Senders cannot use them as field names, so that no sent
/// event can pass for an override or for metadata of an export.
std::span<const std::string_view> reserved_words();

/// One event from its JSON object. The time defaults to receipt, the subject to the id (for a commit to its sha).
/// A reserved word is rejected with its pointer.
result<event> read_event(json::value, timestamp received_at, const std::string& root = {});

/// The events of a body: one object, an array of them, or NDJSON. Returns all events, or an error if one is invalid.
result<std::vector<event>> read_events(std::string_view content_type, std::string_view body, timestamp received_at,
                                       const body_limits& = {});

/// The event in the form that the API accepts.
json::object write_event(const event&);

/// An event of the ledger as read from an export.
struct exported {
  event content;
  std::optional<timestamp> received_at;  ///< absent if the file does not contain it
};

/// A line of `export events`: the event in the form that the API accepts, and in `exported` the data that only the
/// ledger may set: the time of receipt, whether it is an override, and the fields whose names are reserved words.
json::object write_exported(const event&, timestamp received_at);

/// Reads a line of `export events` or a plain event. Only `exported`, or the complete form in which releases up to 0.1
/// wrote an override, makes an override.
result<exported> read_exported(json::value, timestamp received_at);

}
