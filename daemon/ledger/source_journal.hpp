#pragma once
// The journal of sources: deliveries by source, day and outcome, and the newest reasons for rejected and ignored ones.
// It never contains payloads.
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/time.hpp"
#include "daemon/database/session.hpp"

namespace releasehealth::ledger {

/// The reason for a rejected, dead or ignored delivery.
struct source_reason {
  std::string source, outcome, reason;
  timestamp at;
};

/// The number of a source's deliveries with one outcome on one day (UTC).
struct source_count {
  std::string source, outcome;
  timestamp day;
  std::int64_t deliveries = 0;
  timestamp last_at;
};

/// Entries that are not in the database yet.
struct journal_entries {
  std::vector<source_count> counts;
  std::vector<source_reason> reasons;
  bool empty() const { return counts.empty() && reasons.empty(); }
};

/// Keeps entries in memory until write_journal(). Bounded: one count per source, day and outcome, and the newest
/// reasons. Belongs to the io thread.
class source_journal {
 public:
  static constexpr std::size_t most_reasons = 20;     ///< per source
  static constexpr std::size_t longest_reason = 300;  ///< bytes

  /// `outcome`: a label value of releasehealth_deliveries_total. `reason`: not kept if empty.
  void note(std::string_view source, std::string_view outcome, timestamp instant, std::string_view reason = {});
  /// Hands over all entries.
  journal_entries take();
  /// Puts back entries after a failed write.
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

/// How long counts and reasons are kept.
inline constexpr std::chrono::days journal_horizon{90};

/// Adds to the counts that other daemons wrote; keeps the newest reasons of each source. Throws postgres_failure.
void write_journal(const session&, const journal_entries&, timestamp now);

}
