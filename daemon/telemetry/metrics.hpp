#pragma once
// The daemon's metrics about itself (interface.md §4). Lives on the io thread.
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "collectors/base/time.hpp"
#include "daemon/ledger/spool.hpp"
#include "daemon/queries/reads.hpp"
#include "daemon/telemetry/exposition.hpp"

namespace releasehealth {

/// What became of a delivery, in the words of releasehealth_deliveries_total.
enum class outcome { accepted, duplicate, ignored, dead, unauthorized, malformed, too_large, unavailable };

class metrics {
 public:
  /// Every source has all outcomes at 0 from the start.
  explicit metrics(const std::vector<std::string>& sources);
  ~metrics();

  /// A source that came with a reload.
  void know(const std::string& source);

  void delivery(std::string_view source, outcome, timestamp at);
  /// Elements of an accepted delivery that were left out.
  void unreadable(std::string_view source, std::size_t elements);
  void delivery_took(duration);
  /// An event was not stored: another sender holds its id, or another content has it.
  void event_claimed();
  void database(bool up);
  /// Why PostgreSQL did not do something: one of ledger::failure_reasons(); empty: nothing was wrong.
  void database_failed(std::string_view reason);
  void database_durable(bool);
  void refresh(bool success, timestamp at, duration took);
  void schema_newer(bool);
  void rebuilding(bool);
  /// A limit was met, by its key; also "intake.open_files" and "operations.open_files", which the system sets.
  void reached(std::string_view limit);
  void clock_jumped();
  void spooled(const ledger::spool::contents&);
  void ledger(const ledger::ledger_counts&, bool rules_changed);
  void reload(bool success, timestamp at);

  std::string render(text_format) const;

 private:
  struct registry;
  std::unique_ptr<registry> registry_;
};

}
