#pragma once
// The current time. All other code takes time as an argument; only commands and the daemon's startup read the clock.
#include "collectors/base/time.hpp"

namespace releasehealth {

/// The system clock in the project's resolution.
inline timestamp system_now() { return std::chrono::floor<duration>(std::chrono::system_clock::now()); }

}
