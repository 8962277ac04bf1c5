#pragma once
// What the files of this folder share.
#include "collectors/api.hpp"

namespace releasehealth::sentry {

/// The levels of an issue that counts unless `levels` is configured.
inline constexpr std::string_view default_levels = "fatal error";

// history.cpp
extern const api_shape history[1];
// api.cpp
extern const tool_api api;

}
