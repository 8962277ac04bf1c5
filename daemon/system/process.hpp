#pragma once
// This process: its files, its memory and its clock.
#include <cstdint>
#include <optional>

#include "collectors/base/time.hpp"

namespace releasehealth {

/// Gives large blocks back to the system once they are freed: otherwise glibc takes the first of them for the usual
/// size, and what one page of figures took stays taken.
void return_large_blocks();

/// Raises the soft limit of open files to the hard one. Returns what it is then.
std::uint64_t raise_open_files();

/// The system's clock against the one that only goes on: signatures with a time, and "now", are judged by the former.
class clock_watch {
 public:
  /// By how much it moved at once since the last look, if by a second or more.
  std::optional<duration> moved();

 private:
  static duration offset();
  duration offset_ = offset();
};

}
