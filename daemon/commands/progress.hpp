#pragma once
// How far a long command is: a line on a terminal, nothing elsewhere, where it would be noise in a log.
#include <chrono>
#include <cstdint>

namespace releasehealth {

class progress_line {
 public:
  progress_line();
  /// `total` 0: unknown. `things` of a kind, "events", were done by now.
  void show(std::uint64_t done, std::uint64_t total, std::size_t things, const char* kind = "events");
  void end() const;

 private:
  bool is_terminal_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now(), shown_;
};

}
