#pragma once
// Deliveries and setup of each source, for the API, the page and `doctor`.
#include "collectors/collector.hpp"
#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// A setup step of a source, and whether the reports that it enables were ever received.
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

/// The last run of `sync` for a source.
struct sync_of_source {
  std::optional<timestamp> ended_at;
  std::int64_t events = 0;      ///< stored by it
  std::int64_t unreported = 0;  ///< things that no delivery had reported
  std::int64_t unreported_30_days = 0;
  std::int64_t failures = 0;  ///< lists that could not be read
  std::string failure;        ///< the first one
};

struct source_report {
  std::string name, kind;
  std::optional<timestamp> last_at;
  std::vector<day_of_source> days;  ///< the last 30, oldest first, including days without deliveries
  std::vector<reason_of_source> reasons;
  std::optional<sync_of_source> sync;  ///< nothing: never
  std::vector<setup_state> setup;
  std::vector<std::string> unmatched;  ///< its unmatched names
  bool is_silent = false;

  std::map<std::string, std::int64_t> total(std::size_t last_days) const;
  /// How its reports arrive: "webhook", "sync", "webhook and sync", or "" if none ever did.
  std::string arrives_by() const;
};
/// Every configured source by name, and the senders with a token after their first delivery.
std::vector<source_report> report_sources(ledger::reader&, const figure_settings&, timestamp now);
json::object as_json(const std::vector<source_report>&);

/// Whether the outcome is accepted or duplicate; other outcomes have a reason.
bool is_taken(std::string_view outcome);

}
