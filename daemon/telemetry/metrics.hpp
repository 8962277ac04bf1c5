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

/// The outcome of a delivery. A test has the header of collectors/setup.hpp.
enum class outcome { accepted, duplicate, ignored, dead, unauthorized, malformed, too_large, unavailable, test };
/// In the words of releasehealth_deliveries_total.
inline constexpr std::array<std::string_view, 9> outcomes = {
    "accepted", "duplicate", "ignored", "dead", "unauthorized", "malformed", "too_large", "unavailable", "test"};
inline constexpr std::string_view word(outcome o) { return outcomes[static_cast<std::size_t>(o)]; }

/// Gauges with a sample for each source.
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

/// What each is called and means, in the order of the enumeration.
inline constexpr gauge_rule gauge_rules[] = {
    {gauge::dead_deliveries, "dead_deliveries", "Authentic deliveries that could not be read, kept for replay."},
    {gauge::partly_dead_deliveries, "partly_dead_deliveries",
     "Accepted deliveries with elements that could not be read, kept for replay."},
    {gauge::spooled_deliveries, "spooled_deliveries", "Acknowledged deliveries that are not in PostgreSQL yet."},
    {gauge::spooled_bytes, "spooled_bytes", "Their size, with those that were set aside."},
    {gauge::set_aside_deliveries, "set_aside_deliveries",
     "Spooled deliveries that PostgreSQL takes in no form, kept in the spool."},
    {gauge::spool_writable, "spool_writable", "Whether the spool's disk took the last write; 1 without a spool."},
    {gauge::schema_newer, "schema_newer",
     "Whether the schema is that of a newer program, which then derives what is shown here."},
    {gauge::rebuilding, "rebuilding",
     "Whether a rebuild is replacing figures of an older release, which are shown meanwhile."},
    {gauge::database_durable, "database_durable",
     "Whether PostgreSQL brings to the disk what it says that it did (fsync).", 1},
    {gauge::unplaced_deployments, "unplaced_deployments", "Deployments for which no report names a service."},
    {gauge::underived_events, "underived_events", "Acknowledged events that are not in the figures yet, at most."},
    {gauge::rebuild_needed, "rebuild_needed",
     "Whether the past was derived by other rules than the configured ones: `rebuild` applies these."},
    {gauge::database_up, "database_up", "Whether PostgreSQL answered the last time it was asked."},
    {gauge::refresh_success, "refresh_success", "Whether the last refresh of the figures succeeded."},
    {gauge::refresh_timestamp, "refresh_timestamp_seconds", "When the last successful refresh began."},
    {gauge::refresh_seconds, "refresh_seconds", "How long the last refresh took."},
    {gauge::reload_success, "config_last_reload_successful",
     "Whether the last reading of the configuration succeeded."},
    {gauge::reload_timestamp, "config_last_reload_success_timestamp_seconds",
     "When the configuration was last read with success."},
};

class metrics {
 public:
  /// Every source has all outcomes at 0 from the start.
  explicit metrics(const std::vector<std::string>& sources);
  ~metrics();

  /// A source that came with a reload.
  void know(const std::string& source);

  void set(gauge, double value);

  void delivery(std::string_view source, outcome, timestamp at);
  /// Elements of an accepted delivery that were left out.
  void unreadable(std::string_view source, std::size_t elements);
  void delivery_took(duration);
  /// An event was not stored: another sender holds its id, or another content has it.
  void event_claimed();
  /// Why PostgreSQL did not do something: one of ledger::failure_reasons(); empty: nothing was wrong.
  void database_failed(std::string_view reason);
  void refresh(bool success, timestamp at, duration took);
  /// A limit was met, by its key; also "intake.open_files" and "operations.open_files", which the system sets.
  void reached(std::string_view limit);
  void clock_jumped();
  void spooled(const ledger::spool::contents&);
  void ledger(const ledger::ledger_counts&, bool rules_changed);
  /// Sets a sample for each of these sources and removes those of others.
  void set(source_gauge, const std::map<std::string, double>& by_source);
  void reload(bool success, timestamp at);

  std::string render(text_format) const;

 private:
  struct registry;
  std::unique_ptr<registry> registry_;
};

}
