#pragma once
// application/x-www-form-urlencoded: bodies of forms, and the queries of URLs.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace releasehealth {

/// Percent-encoded, so that it is one part of a path or of a query.
std::string encode_part(std::string_view);

/// The fields in their order, decoded; nothing if an escape is broken.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_form(std::string_view);

}
