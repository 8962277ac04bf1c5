#pragma once
// Deliveries and setup of each source, for the API, the page and `doctor`.
#include "collectors/collector.hpp"
#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// Something to tick at a source, and whether what it brings ever came.
struct setup_state {
  const setup_step* step = nullptr;
  bool is_done = false;
};

struct day_of_source {
  std::string day;  ///< 2026-11-30, in UTC
  std::map<std::string, std::int64_t> by_outcome;
};

struct reason_of_source {
  std::string at, outcome, reason;
};

struct source_report {
  std::string name, kind;
  std::optional<timestamp> last_at;
  std::vector<day_of_source> days;  ///< 30, the oldest first; without deliveries, too
  std::vector<reason_of_source> reasons;
  std::vector<setup_state> setup;
  std::vector<std::string> unmatched;  ///< names that it uses and that match no service
  bool is_silent = false;

  std::map<std::string, std::int64_t> total(std::size_t last_days) const;
};
/// Of every configured source, by name, and of senders with a token once they sent something.
std::vector<source_report> report_sources(ledger::reader&, const figure_settings&, timestamp now);
json::object as_json(const std::vector<source_report>&);

/// Outcomes of accepted deliveries; the others have a reason to show.
bool is_taken(std::string_view outcome);

}
