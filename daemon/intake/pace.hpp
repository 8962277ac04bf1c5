#pragma once
// How many lines of the log somebody can cause who has no right to send: a flood must not fill the disk. What is not
// written is counted all the same, in releasehealth_deliveries_total.
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace releasehealth {

/// Of one kind of line, for each of a few names.
class pace {
  using clock = std::chrono::steady_clock;

 public:
  static constexpr std::size_t most = 20;  ///< lines
  static constexpr auto within = std::chrono::seconds(10);

  /// How many were left out since the last line; nothing: this one is left out, too.
  std::optional<std::size_t> next(std::string_view name, clock::time_point now) {
    auto found = lines_.find(name);
    if (found == lines_.end()) found = lines_.try_emplace(std::string(name)).first;
    auto& of = found->second;
    if (now - of.since >= within) of = {.since = now, .left_out = of.left_out};
    if (of.written == most) {
      ++of.left_out;
      return {};
    }
    ++of.written;
    return std::exchange(of.left_out, 0);
  }

 private:
  struct lines {
    clock::time_point since = {};
    std::size_t written = 0, left_out = 0;
  };
  std::map<std::string, lines, std::less<>> lines_;
};

}
