#include "daemon/figures/refresh.hpp"

#include <algorithm>
#include <mutex>

#include "daemon/database/failure.hpp"
#include "daemon/discover/unmatched.hpp"
#include "daemon/figures/coverage.hpp"
#include "daemon/figures/rest.hpp"
#include "daemon/system/worker.hpp"

namespace releasehealth {

using steady = std::chrono::steady_clock;
constexpr auto pause_after_failed_rebuild = std::chrono::seconds(10);

struct refresher::loop {
  session database;
  ledger::deriver derive;
  ledger::derive_settings rules;  // those of `derive`
  ledger::background_rebuild rebuild;
  ledger::reader read;
  figure_settings settings;
  latest_figures& figures;
  touch_signal& touched;
  std::function<timestamp()> clock;
  std::function<void(const std::stop_token&)> prepare;  // null after it succeeded
  std::function<void(refreshed)> publish;

  std::map<place, std::int64_t> generations;
  std::map<place, std::string> places, places_before;  ///< all targets and their teams, now and at the last refresh
  std::int64_t windows_at = -1;                        ///< the window_tick for which all targets were computed
  bool computes_all = false;                           ///< in this refresh
  bool was_successful = false;
  timestamp silence_looked_at{};
  steady::time_point rested_at, began_before = steady::now(), rebuild_again_at;

  struct settings_of_reload {
    ledger::derive_settings deriving;
    figure_settings figures;
    std::chrono::milliseconds read_limit;
  };
  std::mutex mutex;  // guards other_settings
  std::optional<settings_of_reload> other_settings;
  worker thread{"refresh"};

  loop(parts p, const ledger::derive_settings& d, figure_settings f)
      : database(p.deriving),
        derive(p.deriving.as("derive"), d),
        rules(d),
        rebuild(p.deriving.as("rebuild")),
        read(p.reading, 2),
        settings(std::move(f)),
        figures(p.figures),
        touched(p.touched),
        clock(std::move(p.clock)),
        prepare(std::move(p.prepare)),
        publish(std::move(p.publish)) {}

  void run(const std::stop_token& stop) {
    for (;;) {
      refresh_cycle cycle;
      cycle.came = touched.wait(stop, tick, rested_at);
      if (stop.stop_requested()) return;
      take_other_settings();
      refresh(stop, cycle);
    }
  }

  void take_other_settings() {
    std::unique_lock lock(mutex);
    if (!other_settings) return;
    auto other = *std::exchange(other_settings, {});
    lock.unlock();
    derive = ledger::deriver(database.as("derive"), other.deriving);
    rules = std::move(other.deriving);
    settings = std::move(other.figures);
    read.limit(other.read_limit);
    windows_at = -1;
  }

  // Targets whose figures may have changed: those derived since, by any daemon, and once a minute all of them.
  std::set<place> places_to_compute(ledger::reader& queries, timestamp now) {
    const auto latest = queries.places();
    std::set<place> changed;
    const auto tick_now = now.time_since_epoch() / duration(window_tick);  // every month begins at a tick
    computes_all = tick_now != std::exchange(windows_at, tick_now) || !was_successful;
    std::map<place, std::int64_t> known;
    places_before = std::exchange(places, places_and_teams(latest, settings));
    for (const auto& [p, team] : places) known[p] = latest.contains(p) ? latest.at(p).generation : 0;
    for (const auto& [p, generation] : known) {
      const auto previous = generations.find(p);
      if (computes_all || previous == generations.end() || previous->second != generation) changed.insert(p);
    }
    generations = std::move(known);
    std::set<place> of_groups;  // changes in an environment count for its group, too
    for (const auto& p : changed)
      if (const auto group = settings.names.group_of(p.environment); !group.empty())
        of_groups.insert({p.service, std::string(group)});
    changed.merge(of_groups);
    return changed;
  }

  std::map<std::string, double> count_unmatched_names(ledger::reader& queries, timestamp now) const {
    std::vector<std::string> sources;
    for (const auto& [name, configured] : settings.sources) sources.push_back(name);
    return discover::count_unmatched(unmatched_names(queries, settings, now), sources);
  }

  std::map<std::string, double> silent_sources(ledger::reader& queries, timestamp now) const {
    std::map<std::string, double> all;
    for (const auto& r : queries.rhythms(settings.watched_sources())) all[r.source] = r.is_silent(now);
    return all;
  }

  void refresh(const std::stop_token& stop, refresh_cycle cycle) {
    refreshed out;
    out.began_at = clock();
    const auto began = steady::now();
    cycle.since_last = began - std::exchange(began_before, began);
    try {
      if (prepare) prepare(stop);
      if (stop.stop_requested()) return;
      prepare = nullptr;
      out.limit = "database.statement_timeout";
      derive.report_due(out.began_at);
      const auto derived = derive.derive_batch();
      out.folded_names = derived.folded_names;
      cycle.has_more = derived.has_more;  // figures do not wait for the backlog
      if (cycle.has_more) touched.wake();
      out.schema_is_newer = derive.schema_is_newer();
      out.rebuilt = rebuild.ended();
      if (out.rebuilt && out.rebuilt->failure.empty()) touched.wake();
      if (out.rebuilt && !out.rebuilt->failure.empty()) rebuild_again_at = began + pause_after_failed_rebuild;
      if (derive.rebuild_is_due() && began >= rebuild_again_at) rebuild.begin(rules);
      out.is_rebuilding = rebuild.is_running();
      out.limit = "figures.timeout";
      read.at_one_instant([&](ledger::reader& queries) {
        queries.keep_plans(true);
        settings.names = names_as_derived(queries, settings.names);  // unchanged if it throws
        const auto changed = places_to_compute(queries, out.began_at);
        if (!changed.empty() || places != places_before || !was_successful) {
          const auto periods = current_periods(settings.rolling, settings.zone, out.began_at);
          figures.put(compute(queries, periods, places, places_before, changed, settings, out.began_at), places,
                      settings);
        }
        out.ledger = queries.counts(rules.max_names);
        if (computes_all || !changed.empty()) {
          out.unjoined.emplace();
          for (const auto& [source, incidents] : queries.unjoined_incidents(rules.joins.followers()))
            (*out.unjoined)[source] = static_cast<double>(incidents);
        }
        if (computes_all) {
          out.unmatched = count_unmatched_names(queries, out.began_at);
          if (out.began_at - silence_looked_at >= std::chrono::hours(1))
            out.silent = silent_sources(queries, out.began_at);
        }
      });
      out.rules_changed = !out.ledger.derived_by.empty() && out.ledger.derived_by != rules.fingerprint;
      out.success = out.database_up = was_successful = true;
      if (out.silent) silence_looked_at = out.began_at;
      out.limit = {};
    } catch (const std::exception& e) {  // the last good figures stay; the next tick retries
      if (stop.stop_requested() || database.stop.stop_requested()) return;
      out.failure = ledger::description_of(e);
      out.reason = ledger::reason_of(e);
      if (!ledger::is_timeout(e)) out.limit = {};
      out.database_up = ledger::reader(database.without_replica()).answers();
      was_successful = false;
    }
    cycle.took = steady::now() - began;
    // an immediate retry would most likely fail again
    rested_at = steady::now() + (out.success ? rest_after(cycle) : tick);
    out.took = std::chrono::duration_cast<duration>(cycle.took);
    publish(std::move(out));
  }
};

refresher::refresher(parts p, const ledger::derive_settings& d, figure_settings f)
    : loop_(std::make_unique<loop>(std::move(p), d, std::move(f))) {
  loop_->thread.post([l = loop_.get()] { l->run(l->thread.stopping()); });
}

refresher::~refresher() = default;

void refresher::use(ledger::derive_settings d, figure_settings f, std::chrono::milliseconds read_limit) {
  {
    const std::lock_guard lock(loop_->mutex);
    loop_->other_settings = loop::settings_of_reload{std::move(d), std::move(f), read_limit};
  }
  loop_->touched.wake();
}

}
