#pragma once
// The limits that APIs set: when the next request may be sent, and which failures pass.
#include <optional>
#include <string_view>

#include "daemon/http/message.hpp"

namespace releasehealth {

/// What an answer means for the requests after it.
struct api_limits {
  bool is_refused = false;              ///< the request was refused because of a limit; send it again
  std::optional<timestamp> not_before;  ///< the next request may be sent from then on; nothing: at once
};

/// Reads Retry-After (seconds or a date) and the headers in which tools tell the rest of a rate limit and its end. A
/// refusal that tells no time lasts a minute, as GitHub asks for its secondary limits. `now` is the server's time if it
/// tells one.
api_limits read_limits(const http::response&, timestamp now);

/// The value of a header; empty if there is none.
std::string_view header_of(const http::response&, std::string_view name);

}
