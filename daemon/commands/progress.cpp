#include "daemon/commands/progress.hpp"

#include <algorithm>
#include <iostream>
#include <string>

#include <unistd.h>

namespace releasehealth {

progress_line::progress_line() : is_terminal_(isatty(STDERR_FILENO) != 0) {}

void progress_line::show(std::uint64_t done, std::uint64_t total, std::size_t things, const char* kind) {
  const auto now = std::chrono::steady_clock::now();
  constexpr auto often = std::chrono::milliseconds{200};
  if (!is_terminal_ || now - shown_ < often) return;
  shown_ = now;
  const auto seconds = std::chrono::duration<double>(now - began_).count();
  std::cerr << "\r\033[K  ";
  if (total > 0 && done > 0) {
    constexpr std::uint64_t percent = 100, width = 25;
    const auto share = std::min(percent, done * percent / total);
    std::cerr << std::string(share * width / percent, '#') << std::string(width - share * width / percent, '.') << ' '
              << share << " %  "
              << static_cast<std::int64_t>(static_cast<double>(total - std::min(done, total)) /
                                           static_cast<double>(done) * seconds)
              << " s left  ";
  }
  std::cerr << things << ' ' << kind << ", "
            << static_cast<std::int64_t>(static_cast<double>(things) / std::max(seconds, 0.1)) << "/s" << std::flush;
}

void progress_line::end() const {
  if (is_terminal_) std::cerr << "\r\033[K";
}

}
