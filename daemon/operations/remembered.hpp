#pragma once
// Answers that are given again while they are still true: the panels of a dashboard, and all who look at it, ask the
// same.
#include <cstdint>
#include <map>
#include <string>

#include "daemon/http/message.hpp"

namespace releasehealth {

/// Answers about figures. Used by one thread.
class remembered_answers {
 public:
  /// What figures depend on: what was derived, the minute, as windows move with it, and the settings.
  struct state {
    std::string derived;  ///< ledger::reader::state_of_places()
    std::int64_t minute = 0;
    std::uint64_t settings = 0;  ///< how often they were changed
    bool operator==(const state&) const = default;
  };
  static constexpr std::size_t most_bytes = std::size_t{8} * 1024 * 1024;  ///< of all answers

  /// What was answered to this question in this state, or what `ask()` answers now. `now` was read before: what is
  /// derived meanwhile may be in the answer, which is forgotten for it then.
  template <class Ask>
  http::response answer(const std::string& question, state now, Ask ask) {
    if (now != in_) {
      forget();
      in_ = std::move(now);
    }
    if (const auto known = all_.find(question); known != all_.end()) return known->second;
    http::response found = ask();
    const auto size = question.size() + found.body.size();
    if (bytes_ + size > most_bytes) forget();
    if (size <= most_bytes) {
      bytes_ += size;
      all_.emplace(question, found);
    }
    return found;
  }

 private:
  void forget() {
    all_.clear();
    bytes_ = 0;
  }
  state in_;
  std::map<std::string, http::response> all_;
  std::size_t bytes_ = 0;
};

}
