#include "daemon/figures/snapshot.hpp"

#include <algorithm>

#include "sql.hpp"

namespace releasehealth {
namespace {

using asker = ledger::population (*)(ledger::reader&, const std::vector<period>&, const std::vector<ledger::scope>&,
                                     const figure_settings&,
                                     const std::map<std::string, std::set<std::string>>& services_of);

ledger::population plain(std::string_view statement, ledger::reader& from, const std::vector<period>& periods,
                         const std::vector<ledger::scope>& scopes) {
  return from.count(statement, periods, scopes);
}

/// What is measured, in the order of the columns. Only the first population has something to say outside production.
constexpr asker populations[] = {
    [](auto& from, auto& periods, auto& scopes, auto&, auto&) {
      return plain(sql::figures_deployments, from, periods, scopes);
    },
    [](auto& from, auto& periods, auto& scopes, auto&, auto&) {
      return plain(sql::figures_changes, from, periods, scopes);
    },
    [](auto& from, auto& periods, auto& scopes, auto&, auto&) {
      return plain(sql::figures_incidents, from, periods, scopes);
    },
    [](auto& from, auto& periods, auto& scopes, auto& settings, auto&) {
      return from.count(sql::figures_hotfixes, periods, scopes,
                        std::chrono::duration<double>(settings.response_target).count());
    },
    [](auto& from, auto& periods, auto& scopes, auto&, auto& services_of) {
      return from.count_work(periods, scopes, services_of);
    },
};

// Whose people work on a service: its team, or it stands alone.
std::string crew_of(const std::string& service, const std::string& team) {
  return team.empty() ? "service " + service : "team " + team;
}

/// The scopes of a computation and where each one's figures go.
struct plan {
  std::vector<ledger::scope> scopes;
  std::vector<scope_figures*> into;
  std::map<std::string, std::set<std::string>> services_of;  ///< by crew

  void add(ledger::scope s, scope_figures& to) {
    scopes.push_back(std::move(s));
    into.push_back(&to);
  }
};

void run(const plan& p, std::span<const asker> asked, snapshot& s, ledger::reader& from,
         const figure_settings& settings) {
  if (p.scopes.empty()) return;
  for (const auto ask : asked) {
    const auto counted = ask(from, s.periods, p.scopes, settings, p.services_of);
    for (const auto& c : counted.columns)
      if (std::ranges::find(s.columns, c) == s.columns.end()) s.columns.push_back(c);
    for (const auto& row : counted.rows) {
      auto& values = p.into[row.scope]->values[row.period];
      values.insert(values.end(), row.values.begin(), row.values.end());
    }
  }
}

// Whether work that names no environment counts here: in `production`, else in the first production environment by
// name.
bool is_first(const place& where, const std::map<place, std::string>& all, const naming& names) {
  if (!names.is_production(where.environment)) return false;
  if (where.environment == "production" || all.contains({where.service, "production"}))
    return where.environment == "production";
  for (auto p = all.lower_bound({where.service, ""}); p != all.end() && p->first.service == where.service; ++p)
    if (names.is_production(p->first.environment)) return p->first == where;
  return false;
}

std::vector<label> identity(const place& where, const std::string& team) {
  if (where.environment.empty()) return {{"team_name", team}};
  return {{"service_name", where.service}, {"team_name", team}, {"deployment_environment", where.environment}};
}

void render_figures(exposition& out, const snapshot& s, const figure_settings& settings) {
  struct family {
    std::string metric, observations;
    const figure* of = nullptr;
    std::vector<std::pair<std::vector<label>, double>> counted;
  };
  family current;
  bool is_team = false;
  const auto end_family = [&] {
    if (current.counted.empty()) return;
    out.family(current.observations, metric_type::gauge, "Observations behind " + current.metric + ".");
    for (const auto& [labels, n] : current.counted) out.sample(labels, n);
  };
  for_each_figure(s, settings, [&](const figure_row& row) {
    if (current.of != &row.of || is_team != row.is_team()) {
      end_family();
      is_team = row.is_team();
      const std::string prefix = is_team ? "releasehealth_team_" : "releasehealth_";
      current = {prefix + std::string(row.of.name), prefix + std::string(row.of.name), &row.of, {}};
      if (row.of.looks == shape::quantiles) {
        constexpr std::string_view unit = "_seconds";
        current.observations.replace(current.observations.rfind(unit), unit.size(), "_observations");
      }
      out.family(current.metric, row.of.looks == shape::quantiles ? metric_type::summary : metric_type::gauge,
                 row.of.help);
    }
    if (row.of.looks == shape::quantiles && (row.quantile == quantiles[0].label)) {
      auto labels = identity(row.where, row.team);
      if (!row.of.label.empty()) labels.emplace_back(row.of.label, row.in.value);
      labels.emplace_back("period", row.over.label);
      current.counted.emplace_back(std::move(labels), row.value ? row.value->observations.value_or(0) : 0);
    }
    if (!row.value) return;
    auto labels = identity(row.where, row.team);
    for (const auto& l : row.labels()) labels.push_back(l);
    labels.emplace_back("period", row.over.label);
    out.sample(labels, row.value->value);
  });
  end_family();
}

/// Calls `each(prefix, place, figures)` for places, then for teams.
template <class Family, class Each>
void for_each_scope(const snapshot& s, Family family, Each each) {
  static const place no_place;
  family("releasehealth_");
  for (const auto& [where, known] : s.places) each(where, known);
  family("releasehealth_team_");
  for (const auto& [name, known] : s.teams) each(no_place, known);
}

void render_instants(exposition& out, const snapshot& s, const figure_settings& settings) {
  for_each_scope(
      s,
      [&](const std::string& prefix) {
        out.family(prefix + "last_deployment_timestamp_seconds", metric_type::gauge,
                   "When the last succeeded deployment of the kind finished.");
      },
      [&](const place& where, const scope_figures& known) {
        for (const auto& [kind, finished] : known.last) {
          auto labels = identity(where, known.team);
          labels.emplace_back("kind", kind);
          out.sample(labels, unix_seconds(finished));
        }
      });
  const auto has_incidents = [&](const place& where) {
    return where.environment.empty() || settings.names.is_production(where.environment);
  };
  for_each_scope(
      s,
      [&](const std::string& prefix) {
        out.family(prefix + "open_incidents", metric_type::gauge, "Incidents that are open now.");
      },
      [&](const place& where, const scope_figures& known) {
        if (has_incidents(where)) out.sample(identity(where, known.team), static_cast<double>(known.open.count));
      });
  for_each_scope(
      s,
      [&](const std::string& prefix) {
        out.family(prefix + "oldest_open_incident_timestamp_seconds", metric_type::gauge,
                   "When the oldest open incident started.");
      },
      [&](const place& where, const scope_figures& known) {
        if (has_incidents(where) && known.open.since)
          out.sample(identity(where, known.team), unix_seconds(*known.open.since));
      });
}

void render_thresholds(exposition& out, const snapshot& s, const figure_settings& settings) {
  const auto each = [&](auto write) {
    for (const auto& [where, known] : s.places) {
      if (!settings.names.is_production(where.environment) || where.service.empty()) continue;
      for (const auto& t : thresholds_of(settings.thresholds, where.service))
        write(t, std::vector<label>{{"service_name", where.service},
                                    {"team_name", known.team},
                                    {"deployment_environment", where.environment},
                                    {"figure", t.figure},
                                    {"period", t.period}});
    }
    for (const auto& [name, known] : s.teams)
      for (const auto& t : thresholds_of_team(settings.thresholds, name))
        write(t, std::vector<label>{{"service_name", ""},
                                    {"team_name", name},
                                    {"deployment_environment", ""},
                                    {"figure", t.figure},
                                    {"period", t.period}});
  };
  out.family("releasehealth_threshold", metric_type::gauge, "The limit of a figure, and on which side it is broken.");
  each([&](const threshold& t, std::vector<label> labels) {
    labels.emplace_back("bound", t.above ? "above" : "below");
    out.sample(labels, t.limit);
  });
  out.family("releasehealth_threshold_minimum", metric_type::gauge,
             "How much there must be to measure before the limit applies.");
  each([&](const threshold& t, const std::vector<label>& labels) {
    if (t.minimum > 0) out.sample(labels, t.minimum);
  });
}

}

std::string figure_settings::team_of(const std::string& service, const std::string& told) const {
  auto configured = names.team(service);
  return configured.empty() ? told : configured;
}

std::vector<label> figure_row::labels() const {
  std::vector<label> all;
  if (!of.label.empty()) all.emplace_back(of.label, in.value);
  if (!quantile.empty()) all.emplace_back("quantile", quantile);
  return all;
}

bool is_defined(const figure& f, const place& where, const naming& names) {
  if (f.to == belongs::teams) return false;
  if (where.service.empty()) return f.name == "incidents" || f.name == "unattributed_incidents";
  return f.to == belongs::everywhere || names.is_production(where.environment);
}

double capacity(const figure_settings& settings, std::string_view team, const period& over) {
  const auto engineers = settings.engineers.find(team);
  if (engineers == settings.engineers.end()) return 0;
  const std::chrono::duration<double> working = settings.zone.working_time(settings.working_week, over.begin, over.end);
  return engineers->second * working.count();
}

std::map<place, std::string> places_and_teams(const std::map<place, ledger::place_state>& known,
                                              const figure_settings& settings) {
  std::map<place, std::string> all;
  std::set<std::string> placed;
  for (const auto& [p, state] : known) {
    all[p] = settings.team_of(p.service, state.team);
    if (settings.names.is_production(p.environment)) placed.insert(p.service);
  }
  // where nothing says what production is called, a configured service has the name that its deployments use
  for (const auto& p : settings.names.configured())
    if (settings.names.names_production() || !placed.contains(p.service))
      all.try_emplace(p, settings.team_of(p.service, {}));
  return all;
}

ledger::scope scope_of(const place& where, const std::string& team, const std::map<place, std::string>& all,
                       const naming& names) {
  ledger::scope out;
  const auto add = [&](const place& p, const std::string& its_team) {
    out.push_back({p, crew_of(p.service, its_team), is_first(p, all, names)});
  };
  if (!where.environment.empty()) {
    if (const auto known = all.find(where); known != all.end()) add(where, known->second);
    return out;
  }
  for (const auto& [p, its_team] : all)
    if (its_team == team && names.is_production(p.environment) && !p.service.empty()) add(p, its_team);
  return out;
}

void compute(snapshot& into, ledger::reader& from, const std::vector<period>& periods,
             const std::map<place, std::string>& all, const std::set<place>& changed, const figure_settings& settings,
             timestamp now) {
  into.at = now;
  into.periods = periods;
  std::erase_if(into.places, [&](const auto& entry) { return !all.contains(entry.first); });
  std::set<std::string> teams, changed_teams;
  plan production, others;
  for (const auto& [where, team] : all) {
    const bool counts = settings.names.is_production(where.environment) && !where.service.empty();
    if (!where.service.empty()) production.services_of[crew_of(where.service, team)].insert(where.service);
    if (counts && !team.empty()) teams.insert(team);
    if (!changed.contains(where)) continue;
    if (counts) changed_teams.insert(team);
    auto& to = into.places[where];
    if (counts) changed_teams.insert(to.team);
    to = {.team = team, .values = {}, .last = {}, .open = {}};
    (settings.names.is_production(where.environment) ? production : others)
        .add(scope_of(where, team, all, settings.names), to);
  }
  std::erase_if(into.teams, [&](const auto& entry) { return !teams.contains(entry.first); });
  for (const auto& name : teams) {
    if (!changed_teams.contains(name)) continue;
    auto& to = into.teams[name] = {.team = name, .values = {}, .last = {}, .open = {}};
    production.add(scope_of({}, name, all, settings.names), to);
  }
  run(production, populations, into, from, settings);
  run(others, std::span(populations).first(1), into, from, settings);
  const auto open = from.count_open(production.scopes);
  for (std::size_t n = 0; n < open.size(); ++n) production.into[n]->open = open[n];
  for (const auto& last : from.last_deployments(changed, now))
    if (const auto to = into.places.find(last.where); to != into.places.end())
      to->second.last[last.kind] = last.finished_at;
  for (const auto& [where, known] : into.places)
    if (const auto team = into.teams.find(known.team);
        team != into.teams.end() && settings.names.is_production(where.environment))
      for (const auto& [kind, finished] : known.last)
        team->second.last[kind] = std::max(finished, team->second.last[kind]);
}

snapshot answer_question(ledger::reader& from, const figure_question& q, const figure_settings& settings,
                         timestamp now) {
  const auto all = places_and_teams(from.places(), settings);
  std::set<place> asked;
  for (const auto& [p, team] : all)
    if ((q.service.empty() || q.service == p.service) && (q.environment.empty() || q.environment == p.environment) &&
        (q.team.empty() || q.team == team))
      asked.insert(p);
  snapshot s;
  compute(s, from, q.periods, all, asked, settings, now);
  if (!q.service.empty() || !q.environment.empty()) s.teams.clear();
  std::erase_if(s.teams, [&](const auto& entry) { return !q.team.empty() && q.team != entry.first; });
  return s;
}

std::string render(const snapshot& s, const figure_settings& settings, text_format format) {
  exposition out(format);
  render_figures(out, s, settings);
  render_instants(out, s, settings);
  render_thresholds(out, s, settings);
  return out.text();
}

}
