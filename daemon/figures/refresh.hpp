#pragma once
// The refresh loop: on its own thread it derives touched timelines, computes the figures that changed and publishes
// them. Scrapes read these figures and never wait for PostgreSQL.
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "daemon/derivation/background_rebuild.hpp"
#include "daemon/figures/latest.hpp"
#include "daemon/system/touch_signal.hpp"

namespace releasehealth {

/// The result of a refresh.
struct refreshed {
  bool success = false;
  bool database_up = false;  ///< PostgreSQL answered, even if the refresh failed
  std::string failure;       ///< error message; empty on success
  std::string_view reason;   ///< the failure as one of ledger::failure_reasons()
  std::string_view limit;    ///< key of the limit that the refresh exceeded; empty: none
  timestamp began_at;        ///< when it began
  duration took{};
  ledger::ledger_counts ledger;
  /// By source; empty: not counted in this refresh.
  std::optional<std::map<std::string, double>> unjoined, unmatched, silent;
  std::size_t folded_names = 0;  ///< names aggregated as `other` because of figures.max_names
  bool schema_is_newer = false;  ///< a newer daemon derives; this one only shows its figures
  bool is_rebuilding = false;    ///< rows of an older derivation are shown until a rebuild replaces them
  std::optional<ledger::rebuilt> rebuilt;
  bool rules_changed = false;  ///< history was derived with different rules; a rebuild applies the current ones
};

class refresher {
 public:
  /// The functions run on the refresher's thread.
  struct parts {
    session deriving, reading;
    touch_signal& touched;    ///< triggers a refresh; only the refresher's thread waits for it
    latest_figures& figures;  ///< unchanged when a refresh fails
    std::function<timestamp()> clock;
    /// Runs before the first refresh, repeated at each tick until it does not throw. It must return early on a stop.
    std::function<void(const std::stop_token&)> prepare;
    std::function<void(refreshed)> publish;  ///< must only pass the result on
  };
  refresher(parts, const ledger::derive_settings&, figure_settings);
  ~refresher();  ///< waits for the running refresh

  /// Applies reloaded settings from the next refresh on. Any thread.
  void use(ledger::derive_settings, figure_settings, std::chrono::milliseconds read_limit);

  static constexpr auto tick = std::chrono::seconds{1};  ///< between checks of the queue and of other daemons' work
  static constexpr auto window_tick = std::chrono::minutes{1};  ///< rolling periods move without events

 private:
  struct loop;
  std::unique_ptr<loop> loop_;
};

}
