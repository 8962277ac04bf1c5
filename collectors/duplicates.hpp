#pragma once
// Incidents that were closed as duplicates.
#include <string_view>

namespace releasehealth {

/// Whether the reason for closing an incident contains the word duplicate, in any case: "Duplicate", "closed as
/// duplicate".
bool is_duplicate_word(std::string_view text);

}
