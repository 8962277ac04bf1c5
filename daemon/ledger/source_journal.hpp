#pragma once
// What became of the deliveries of each source, for people who look for what is missing: counts by day, and the newest
// reasons why some were not taken. Never their contents.
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/time.hpp"
#include "daemon/database/session.hpp"

namespace releasehealth::ledger {

/// Why a delivery was not taken, or taken and left aside.
struct source_reason {
  std::string source, outcome, reason;
  timestamp at;
};

/// Of one source, day (midnight in UTC) and outcome.
struct source_count {
  std::string source, outcome;
  timestamp day;
  std::int64_t deliveries = 0;
  timestamp last_at;
};

/// What was not written yet.
struct journal_entries {
  std::vector<source_count> counts;
  std::vector<source_reason> reasons;
  bool empty() const { return counts.empty() && reasons.empty(); }
};

/// In memory, until somebody writes it. Bounded: by source and outcome a count, and the newest reasons. Belongs to the
/// io thread.
class source_journal {
 public:
  static constexpr std::size_t most_reasons = 20;     ///< of a source
  static constexpr std::size_t longest_reason = 300;  ///< bytes

  /// `outcome`: in the words of releasehealth_deliveries_total. `reason`: empty: none is kept.
  void note(std::string_view source, std::string_view outcome, timestamp at, std::string_view reason = {});
  /// Hands over what there is.
  journal_entries take();
  /// Puts back what could not be written.
  void put_back(const journal_entries&);

 private:
  struct counted {
    std::int64_t deliveries = 0;
    timestamp last_at;
  };
  using of_source = std::map<std::pair<timestamp, std::string>, counted>;  ///< by day and outcome
  std::map<std::string, of_source, std::less<>> counts_;
  std::map<std::string, std::deque<source_reason>, std::less<>> reasons_;
};

/// How long counts are kept, and reasons in days.
inline constexpr std::chrono::days journal_horizon{90};

/// Adds to what other daemons wrote; keeps the newest reasons of each source. Throws postgres_failure.
void write_journal(const session&, const journal_entries&, timestamp now);

}
