#include "daemon/system/process.hpp"

#include <malloc.h>
#include <sys/resource.h>

namespace releasehealth {

void return_large_blocks() {
  constexpr int large = 1 << 20;
  (void)mallopt(M_MMAP_THRESHOLD, large);
}

std::uint64_t raise_open_files() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return 0;
  if (files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files);
    (void)getrlimit(RLIMIT_NOFILE, &files);
  }
  return files.rlim_cur;
}

duration clock_watch::offset() {
  return std::chrono::floor<duration>(std::chrono::system_clock::now().time_since_epoch()) -
         std::chrono::floor<duration>(std::chrono::steady_clock::now().time_since_epoch());
}

std::optional<duration> clock_watch::moved() {
  constexpr auto largest_slew = std::chrono::seconds(1);
  const auto difference = offset() - offset_;
  offset_ += difference;
  return std::chrono::abs(difference) < largest_slew ? std::nullopt : std::optional(difference);
}

}
