#pragma once
// What whoever asks takes, and has: format, compression and what did not change, by headers.
#include <string_view>

#include "daemon/http/message.hpp"
#include "daemon/telemetry/exposition.hpp"

namespace releasehealth::api {

/// OpenMetrics 1.0 if the header prefers it over text/plain; text 0.0.4 otherwise, and without a header.
text_format negotiate_format(std::string_view accept);
bool accepts_gzip(std::string_view encodings);

/// The tag by which whoever has an answer asks whether it changed (RFC 9110). It is in the header from then on: a
/// thread that writes much asks for it there.
const std::string& tag_of(http::response&);

}
