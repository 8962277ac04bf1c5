#pragma once
// What the files of this folder share.
#include "collectors/api.hpp"

namespace releasehealth::incidentio {

// history.cpp
extern const api_shape history[1];
// api.cpp
extern const tool_api api;

}
