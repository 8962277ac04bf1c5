#pragma once
// What a scraper takes: format and compression, by its Accept headers.
#include <string_view>

#include "daemon/figures/exposition.hpp"

namespace releasehealth {

/// OpenMetrics 1.0 if the header prefers it over text/plain; text 0.0.4 otherwise, and without a header.
text_format negotiate_format(std::string_view accept);
bool accepts_gzip(std::string_view encodings);

}
