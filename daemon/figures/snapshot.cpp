#include "daemon/figures/snapshot.hpp"

#include <algorithm>
#include <functional>

#include "daemon/figures/populations.hpp"

namespace releasehealth {
namespace {

constexpr std::size_t few_places = 16;  // up to here counting takes less time than planning the statements

/// The scopes of a computation and the destination of each scope's figures.
struct plan {
  std::vector<ledger::scope> scopes;       ///< for incidents and work
  std::vector<ledger::scope> deployments;  ///< for deployments: without the members of groups
  std::vector<scope_figures*> destinations;
  std::map<std::string, std::set<std::string>> services_of;  ///< by crew

  void add(ledger::scope s, scope_figures& destination) {
    deployments.push_back(deployed_in(s));
    scopes.push_back(std::move(s));
    destinations.push_back(&destination);
  }
  const std::vector<ledger::scope>& scopes_of(counts what) const {
    return what == counts::deployments ? deployments : scopes;
  }
};

void add_columns(std::vector<std::string>& all, const std::vector<std::string>& more) {
  for (const auto& c : more)
    if (std::ranges::find(all, c) == all.end()) all.push_back(c);
}

/// A set of statements: PostgreSQL runs them in any order, and their results are added to the snapshot in this order.
class inquiry {
 public:
  inquiry(snapshot& s, const figure_settings& settings) : filled_(s), settings_(settings) {}

  void add(const plan& p, std::span<const population_over_periods> asked, std::span<const population_now> asked_now) {
    if (p.scopes.empty()) return;
    for (const auto& one : asked)
      questions_.push_back({p, false, [this, &p, &one](auto& database) {
                              return one.ask(one.statement, {database, filled_.periods, p.scopes_of(one.what),
                                                             settings_, p.services_of});
                            }});
    for (const auto& one : asked_now)
      questions_.push_back({p, true, [this, &p, &one](auto& database) {
                              return one.ask(one.statement, {database, p.scopes_of(one.what), settings_, filled_.at});
                            }});
  }

  /// `few`: at most few_places scopes; the statements then run on one connection with kept plans.
  void ask(ledger::reader& database, bool few) {
    std::vector<std::function<void(ledger::reader&)>> all;
    all.reserve(questions_.size());
    for (auto& q : questions_) all.emplace_back([&q](ledger::reader& one) { q.found = q.ask(one); });
    database.keep_plans(few);
    database.ask_all(all, !few);
    for (const auto& q : questions_) {
      add_columns(q.is_now ? filled_.columns_now : filled_.columns, q.found.columns);
      for (const auto& row : q.found.rows) {
        auto& destination = *q.basis.destinations[row.scope];
        auto& values = q.is_now ? destination.now : destination.values[row.period];
        values.insert(values.end(), row.values.begin(), row.values.end());
      }
    }
  }

 private:
  struct question {
    const plan& basis;
    bool is_now;
    std::function<ledger::population(ledger::reader&)> ask;
    ledger::population found = {};
  };
  snapshot& filled_;
  const figure_settings& settings_;
  std::vector<question> questions_;
};

bool is_of_a_team(const place& where, const std::string& team, const naming& names) {
  return !team.empty() && names.is_target(where);
}

std::set<std::string> teams_of(const std::map<place, std::string>& all, const naming& names) {
  std::set<std::string> teams;
  for (const auto& [where, team] : all)
    if (is_of_a_team(where, team, names)) teams.insert(team);
  return teams;
}

}

std::vector<label> figure_row::labels() const {
  std::vector<label> all;
  if (!shown.label.empty()) all.emplace_back(shown.label, part.value);
  if (!quantile.empty()) all.emplace_back("quantile", quantile);
  return all;
}

bool is_defined(const figure& f, const place& where, const naming& names) {
  if (f.owners == belongs::teams) return false;
  if (where.service.empty()) return f.without_service && names.is_production(where.environment);
  return f.owners == belongs::everywhere || names.is_production(where.environment);
}

bool is_beside_its_group(const snapshot& s, const place& where, const naming& names) {
  const auto group = names.group_of(where.environment);
  return !group.empty() && s.places.contains({where.service, std::string(group)});
}

double capacity(const figure_settings& settings, std::string_view team, const period& span) {
  const auto engineers = settings.engineers.find(team);
  if (engineers == settings.engineers.end()) return 0;
  const std::chrono::duration<double> working = settings.zone.working_time(settings.working_week, span.begin, span.end);
  return engineers->second * working.count();
}

snapshot compute(ledger::reader& database, const std::vector<period>& periods, const std::map<place, std::string>& all,
                 const std::map<place, std::string>& previous, const std::set<place>& changed,
                 const figure_settings& settings, timestamp now) {
  snapshot found;
  found.at = now;
  found.periods = periods;
  std::set<std::string> changed_teams, changed_services, crews;
  for (const auto& [where, team] : previous)
    if (is_of_a_team(where, team, settings.names) && (changed.contains(where) || !all.contains(where)))
      changed_teams.insert(team);
  for (const auto& where : changed) changed_services.insert(where.service);
  for (const auto& [where, team] : all)  // a service may have another team in another environment
    if (changed_services.contains(where.service)) crews.insert(crew_of(where.service, team));
  for (const auto& team : changed_teams) crews.insert(crew_of({}, team));
  const auto tracked = find_tracked(database, all, settings, &crews);
  plan production, others;
  for (const auto& [where, team] : all) {
    if (!where.service.empty()) production.services_of[crew_of(where.service, team)].insert(where.service);
    if (!changed.contains(where)) continue;
    if (is_of_a_team(where, team, settings.names)) changed_teams.insert(team);
    auto& destination = found.places[where] = {.team = team, .values = {}, .now = {}};
    (settings.names.is_production(where.environment) ? production : others)
        .add(scope_of(where, team, all, settings, tracked), destination);
  }
  for (const auto& name : teams_of(all, settings.names)) {
    if (!changed_teams.contains(name)) continue;
    auto& destination = found.teams[name] = {.team = name, .values = {}, .now = {}};
    production.add(scope_of({}, name, all, settings, tracked), destination);
  }
  inquiry figures_of(found, settings);
  figures_of.add(production, populations(), populations_now());
  figures_of.add(others, populations().first(1), populations_now().first(1));
  figures_of.ask(database, production.scopes.size() + others.scopes.size() <= few_places);
  return found;
}

void merge(snapshot& merged, snapshot changed, const std::map<place, std::string>& all, const naming& names) {
  merged.at = changed.at;
  merged.periods = std::move(changed.periods);
  // outside production only the first columns are counted, in the same order
  if (changed.places.size() == all.size() || changed.columns.size() > merged.columns.size()) {
    merged.columns = std::move(changed.columns);
    merged.columns_now = std::move(changed.columns_now);
  }
  changed.places.merge(merged.places);
  merged.places = std::move(changed.places);
  std::erase_if(merged.places, [&](const auto& entry) { return !all.contains(entry.first); });
  changed.teams.merge(merged.teams);
  merged.teams = std::move(changed.teams);
  const auto teams = teams_of(all, names);
  std::erase_if(merged.teams, [&](const auto& entry) { return !teams.contains(entry.first); });
}

namespace {

std::set<place> places_asked(const figure_question& q, const std::map<place, std::string>& all) {
  std::set<place> asked;
  for (const auto& [p, team] : all)
    if ((q.service.empty() || q.service == p.service) && (q.environment.empty() || q.environment == p.environment) &&
        (q.team.empty() || q.team == team))
      asked.insert(p);
  return asked;
}

// Returns the periods with `partial` and `has_data` set, and sets has_incidents of the snapshot.
std::vector<period> look_at_data(const figure_question& q, ledger::reader& database, timestamp now, snapshot& found) {
  auto periods = q.periods;
  auto earliest = now;
  for (const auto& p : periods) earliest = std::min(earliest, p.begin);
  database.keep_plans(true);  // planning takes longer than the statement
  const auto known = database.first_known(earliest);
  found.has_incidents = known.has_incidents;
  for (auto& p : periods) {
    p.partial = p.partial || !known.since || p.begin < *known.since;
    p.has_data = !known.since || p.end > *known.since;
  }
  return periods;
}

}

std::size_t size_of(ledger::reader& database, const figure_question& q, const figure_settings& settings) {
  return places_asked(q, places_and_teams(database.places(), settings)).size() * q.periods.size();
}

snapshot answer_question(ledger::reader& outside, const figure_question& q, const figure_settings& settings,
                         timestamp now) {
  snapshot s;
  outside.at_one_instant([&](ledger::reader& database) {
    const auto all = places_and_teams(database.places(), settings);
    snapshot known;
    const auto periods = look_at_data(q, database, now, known);
    s = compute(database, periods, all, {}, places_asked(q, all), settings, now);
    s.has_incidents = known.has_incidents;
  });
  if (!q.service.empty() || !q.environment.empty()) s.teams.clear();
  std::erase_if(s.teams, [&](const auto& entry) { return !q.team.empty() && q.team != entry.first; });
  return s;
}

snapshot answer_together(ledger::reader& outside, const figure_question& q, const figure_settings& settings,
                         timestamp now) {
  snapshot s;
  s.at = now;
  s.together.team = q.team;
  outside.at_one_instant([&](ledger::reader& database) {
    const auto all = places_and_teams(database.places(), settings);
    const auto asked = places_asked(q, all);
    s.periods = look_at_data(q, database, now, s);
    const auto tracked = find_tracked(database, all, settings);
    plan pooled;
    ledger::scope scope;
    for (const auto& [where, team] : all) {
      if (where.service.empty()) continue;
      pooled.services_of[crew_of(where.service, team)].insert(where.service);
      const bool is_one =
          q.environment.empty() ? settings.names.is_target(where) : settings.names.is_production(where.environment);
      if (!asked.contains(where) || !is_one) continue;
      for (auto& p : scope_of(where, team, all, settings, tracked)) scope.push_back(std::move(p));
    }
    if (scope.empty()) return;
    const bool few = scope.size() <= few_places;
    pooled.add(std::move(scope), s.together);
    inquiry figures_of(s, settings);
    figures_of.add(pooled, populations(), populations_now());
    figures_of.ask(database, few);
    s.together.since = database.count_hotfix_months(pooled.deployments, {s.at, s.at}).front().since;
  });
  return s;
}

}
