#pragma once
// application/x-www-form-urlencoded: bodies of forms, and the queries of URLs.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace releasehealth {

/// The fields in their order, decoded; nothing if an escape is broken.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_form(std::string_view);

}
