#pragma once
// Progress of a long command: one line on a terminal, nothing elsewhere, because it would clutter logs.
#include <chrono>
#include <cstdint>

namespace releasehealth {

class progress_line {
 public:
  progress_line();
  /// `total` 0: unknown. `things` counts the finished items of `kind`, like "events".
  void show(std::uint64_t done, std::uint64_t total, std::size_t things, const char* kind = "events");
  void end() const;
  bool is_terminal() const { return is_terminal_; }

 private:
  bool is_terminal_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now(), shown_;
};

}
