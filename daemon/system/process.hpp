#pragma once
// Process-wide settings: open files, memory and clock.
#include <cstdint>
#include <optional>

#include "collectors/base/time.hpp"

namespace releasehealth {

/// Makes malloc return freed large blocks to the system. By default glibc raises its threshold with the first such
/// block, and memory used for one page of figures stays allocated.
void return_large_blocks();

/// Raises the soft limit of open files to the hard one. Returns the resulting soft limit; 0 if it is unknown.
std::uint64_t raise_open_files();

/// Detects steps of the system clock against the monotonic clock: signed timestamps and "now" use the system clock.
class clock_watch {
 public:
  /// The size of a step since the last call, if it is at least one second.
  std::optional<duration> moved();

 private:
  static duration offset();
  duration offset_ = offset();
};

}
