#pragma once
// Limits the log lines that unauthorized senders can cause, so that a flood of deliveries does not fill the disk.
// Suppressed lines are still counted in releasehealth_deliveries_total.
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace releasehealth {

/// Limits one kind of log line per name. The set of names must be small.
class pace {
  using clock = std::chrono::steady_clock;

 public:
  static constexpr std::size_t most = 20;  ///< lines
  static constexpr auto window = std::chrono::seconds(10);

  /// The number of lines suppressed since the last one; nullopt: suppress this one as well.
  std::optional<std::size_t> next(std::string_view name, clock::time_point now) {
    auto found = lines_.find(name);
    if (found == lines_.end()) found = lines_.try_emplace(std::string(name)).first;
    auto& waiting = found->second;
    if (now - waiting.since >= window) waiting = {.since = now, .left_out = waiting.left_out};
    if (waiting.written == most) {
      ++waiting.left_out;
      return {};
    }
    ++waiting.written;
    return std::exchange(waiting.left_out, 0);
  }

 private:
  struct lines {
    clock::time_point since = {};
    std::size_t written = 0, left_out = 0;
  };
  std::map<std::string, lines, std::less<>> lines_;
};

}
