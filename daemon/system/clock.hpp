#pragma once
// What time it is. Everything below takes time as an argument; only commands and the start of the daemon ask.
#include "collectors/base/time.hpp"

namespace releasehealth {

/// The system's clock in the project's resolution.
inline timestamp system_now() { return std::chrono::floor<duration>(std::chrono::system_clock::now()); }

}
