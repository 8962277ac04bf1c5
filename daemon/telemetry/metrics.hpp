#pragma once
// The daemon's metrics about itself (interface.md §4). Lives on the io thread.
#include <array>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "collectors/base/time.hpp"
#include "daemon/ledger/spool.hpp"
#include "daemon/queries/reads.hpp"
#include "daemon/telemetry/exposition.hpp"

namespace releasehealth {

/// The outcome of a delivery. `test`: a delivery with the header of collectors/setup.hpp.
enum class outcome { accepted, duplicate, ignored, dead, unauthorized, malformed, too_large, unavailable, test };
/// The label values of releasehealth_deliveries_total.
inline constexpr std::array<std::string_view, 9> outcomes = {
    "accepted", "duplicate", "ignored", "dead", "unauthorized", "malformed", "too_large", "unavailable", "test"};
inline constexpr std::string_view word(outcome o) { return outcomes[static_cast<std::size_t>(o)]; }

/// Gauges with one sample for each source.
enum class source_gauge : std::size_t { unjoined_incidents, unmatched_names, source_silent };

/// Gauges without labels.
enum class gauge : std::size_t {
  dead_deliveries,
  partly_dead_deliveries,
  spooled_deliveries,
  spooled_bytes,
  set_aside_deliveries,
  spool_writable,
  schema_newer,
  rebuilding,
  database_durable,
  unplaced_deployments,
  underived_events,
  rebuild_needed,
  database_up,
  refresh_success,
  refresh_timestamp,
  refresh_seconds,
  reload_success,
  reload_timestamp
};

struct gauge_rule {
  gauge which;
  std::string_view name, help;
  double at_start = 0;
};

/// Name and help of each gauge, in the order of the enumeration.
inline constexpr gauge_rule gauge_rules[] = {
    {gauge::dead_deliveries, "dead_deliveries", "Dead-letter deliveries: authentic but unreadable, kept for replay."},
    {gauge::partly_dead_deliveries, "partly_dead_deliveries",
     "Accepted deliveries with unreadable elements, kept for replay."},
    {gauge::spooled_deliveries, "spooled_deliveries", "Acknowledged deliveries that are not in PostgreSQL yet."},
    {gauge::spooled_bytes, "spooled_bytes", "Size of the spooled deliveries, including quarantined ones."},
    {gauge::set_aside_deliveries, "set_aside_deliveries",
     "Quarantined deliveries: spooled, but rejected by PostgreSQL, and kept in the spool."},
    {gauge::spool_writable, "spool_writable", "Whether the last write to the spool succeeded; 1 without a spool."},
    {gauge::schema_newer, "schema_newer",
     "Whether the schema belongs to a newer version, whose daemon then derives the figures shown here."},
    {gauge::rebuilding, "rebuilding",
     "Whether a rebuild is replacing the figures of an older release, which are shown meanwhile."},
    {gauge::database_durable, "database_durable", "Whether PostgreSQL runs with fsync enabled.", 1},
    {gauge::unplaced_deployments, "unplaced_deployments", "Deployments for which no report names a service."},
    {gauge::underived_events, "underived_events",
     "Acknowledged events that are not in the figures yet; an upper bound."},
    {gauge::rebuild_needed, "rebuild_needed",
     "Whether history was derived with rules other than the configured ones; `releasehealthd rebuild` applies these."},
    {gauge::database_up, "database_up", "Whether PostgreSQL answered the last request."},
    {gauge::refresh_success, "refresh_success", "Whether the last refresh of the figures succeeded."},
    {gauge::refresh_timestamp, "refresh_timestamp_seconds", "When the last successful refresh began."},
    {gauge::refresh_seconds, "refresh_seconds", "How long the last refresh took."},
    {gauge::reload_success, "config_last_reload_successful", "Whether the last load of the configuration succeeded."},
    {gauge::reload_timestamp, "config_last_reload_success_timestamp_seconds",
     "When the configuration was last loaded successfully."},
};

class metrics {
 public:
  /// Every source starts with a sample of 0 for each outcome.
  explicit metrics(const std::vector<std::string>& sources);
  ~metrics();

  /// Adds a source after a reload.
  void know(const std::string& source);

  void set(gauge, double value);

  void delivery(std::string_view source, outcome, timestamp instant);
  /// Counts skipped elements of an accepted delivery.
  void unreadable(std::string_view source, std::size_t elements);
  void delivery_took(duration);
  /// Counts an event that was not stored, because its id is in use by another sender or for different content.
  void event_claimed();
  /// `reason`: one of ledger::failure_reasons(); ignored if empty.
  void database_failed(std::string_view reason);
  void refresh(bool success, timestamp instant, duration took);
  /// Counts an exceeded limit by its key, or one of the system: "intake.open_files", "operations.open_files".
  void reached(std::string_view limit);
  void clock_jumped();
  void spooled(const ledger::spool::contents&);
  void ledger(const ledger::ledger_counts&, bool rules_changed);
  /// Sets a sample for each of these sources and removes the samples of all others.
  void set(source_gauge, const std::map<std::string, double>& by_source);
  void reload(bool success, timestamp instant);

  std::string render(text_format) const;

 private:
  struct registry;
  std::unique_ptr<registry> registry_;
};

}
