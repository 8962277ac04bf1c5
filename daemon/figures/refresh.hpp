#pragma once
// The refresh loop: on its own thread it derives what was touched, computes the figures that changed, and hands
// them over. Scrapes are answered from that and never wait for PostgreSQL.
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "daemon/derivation/background_rebuild.hpp"
#include "daemon/figures/latest.hpp"
#include "daemon/system/touch_signal.hpp"

namespace releasehealth {

/// What a refresh came to.
struct refreshed {
  bool success = false;
  bool database_up = false;  ///< PostgreSQL answered, even if the refresh failed
  std::string failure;       ///< why not
  std::string_view reason;   ///< the same, as one of ledger::failure_reasons()
  std::string_view limit;    ///< the key of the limit that it met, if it was one
  timestamp at;              ///< when it began
  duration took{};
  ledger::ledger_counts ledger;
  /// By source; none: not looked at this time.
  std::optional<std::map<std::string, double>> unjoined, unmatched, silent;
  std::size_t folded_names = 0;  ///< that met figures.max_names
  bool schema_is_newer = false;  ///< a newer daemon derives; this one shows what that derived
  bool is_rebuilding = false;    ///< rows of an older derivation are shown until a rebuild replaces them
  std::optional<ledger::rebuilt> rebuilt;
  bool rules_changed = false;  ///< the past was derived by other rules: a rebuild applies these
};

class refresher {
 public:
  /// The functions run on the refresher's thread.
  struct parts {
    session deriving, reading;
    touch_signal& touched;    ///< refreshes at once; this is the thread that waits for it
    latest_figures& figures;  ///< stay as they were when a refresh fails
    std::function<timestamp()> clock;
    /// Runs before the first refresh, again and again until it does not throw; it ends early when it is to stop.
    std::function<void(const std::stop_token&)> prepare;
    std::function<void(refreshed)> publish;  ///< hands over, and does nothing else
  };
  refresher(parts, const ledger::derive_settings&, figure_settings);
  ~refresher();  ///< lets the refresh on its way end

  /// After a reload: other settings, from the next refresh on. Any thread.
  void use(ledger::derive_settings, figure_settings, std::chrono::milliseconds read_limit);

  static constexpr auto tick = std::chrono::seconds{1};  ///< between looks at the queue and at other daemons' work
  static constexpr auto window_tick = std::chrono::minutes{1};  ///< windows move without events

 private:
  struct loop;
  std::unique_ptr<loop> loop_;
};

}
