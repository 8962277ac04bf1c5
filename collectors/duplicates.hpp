#pragma once
// What was closed because it is told of elsewhere.
#include <string_view>

namespace releasehealth {

/// Whether the reason for which something was closed says that it duplicates something else: "Duplicate", "closed as
/// duplicate". Whatever its case.
bool is_duplicate_word(std::string_view text);

}
