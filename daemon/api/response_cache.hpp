#pragma once
// Cache of responses with figures: the panels of a dashboard send the same queries for each viewer.
#include <cstdint>
#include <map>
#include <string>

#include "daemon/http/message.hpp"

namespace releasehealth::api {

/// Used by one thread.
class response_cache {
 public:
  /// The inputs of figures: derived rows, the minute (windows move with it), and the settings.
  struct state {
    std::string derived;  ///< ledger::reader::state_of_places()
    std::int64_t minute = 0;
    std::uint64_t settings = 0;  ///< number of changes
    bool operator==(const state&) const = default;
  };
  static constexpr std::size_t most_bytes = std::size_t{8} * 1024 * 1024;  ///< total size of all responses

  /// The cached response to this question in this state, else the result of `ask()`; errors are not cached. The state
  /// `now` is read before `ask()`: a response that includes rows derived meanwhile is dropped with the next state.
  template <class Ask>
  result<http::response> find_or(const std::string& question, state now, Ask ask) {
    if (now != state_) {
      clear();
      state_ = std::move(now);
    }
    if (const auto known = all_.find(question); known != all_.end()) return known->second;
    result<http::response> found = ask();
    if (!found) return found;
    const auto size = question.size() + found->body.size();
    if (bytes_ + size > most_bytes) clear();
    if (size <= most_bytes) {
      bytes_ += size;
      all_.emplace(question, *found);
    }
    return found;
  }

 private:
  void clear() {
    all_.clear();
    bytes_ = 0;
  }
  state state_;
  std::map<std::string, http::response> all_;
  std::size_t bytes_ = 0;
};

}
