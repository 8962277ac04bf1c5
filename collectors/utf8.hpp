#pragma once
// UTF-8 as PostgreSQL stores it.
#include <string_view>

namespace releasehealth {

/// What PostgreSQL can hold as text: UTF-8 without NUL.
bool is_storable(std::string_view text);

}
