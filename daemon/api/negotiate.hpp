#pragma once
// Content negotiation by headers: format, compression and ETag.
#include <string_view>

#include "daemon/http/message.hpp"
#include "daemon/telemetry/exposition.hpp"

namespace releasehealth::api {

/// OpenMetrics 1.0 if the header prefers it over text/plain; text 0.0.4 otherwise and without a header.
text_format negotiate_format(std::string_view accept);
bool accepts_gzip(std::string_view encodings);

/// The ETag of a response (RFC 9110). The first call computes it and stores it in the header, so that a worker thread
/// can compute it for a large response.
const std::string& tag_of(http::response&);

}
