#pragma once
// What the files of this folder share.
#include "collectors/api.hpp"

namespace releasehealth::firehydrant {

/// Whether it is one of FireHydrant's own severities for drills and maintenance, which are not incidents.
bool is_uncounted(std::string_view severity);

// history.cpp
extern const api_shape history[1];
// api.cpp
extern const tool_api api;

}
