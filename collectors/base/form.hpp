#pragma once
// application/x-www-form-urlencoded: form bodies and URL queries.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace releasehealth {

/// Percent-encodes a text for use as one part of a path or query.
std::string encode_part(std::string_view);

/// The decoded fields in order; nothing if an escape is invalid.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_form(std::string_view);

}
