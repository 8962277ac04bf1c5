// The deployment targets, and those that the figures of a target, a group or a team count.
#include <algorithm>

#include "daemon/figures/coverage.hpp"
#include "daemon/figures/snapshot.hpp"

namespace releasehealth {
namespace {

// Whether work without an environment counts here. It counts in the default environment, else in the first production
// environment by name, never in a member of a group.
bool is_first(const place& where, const std::map<place, std::string>& all, const naming& names) {
  if (!names.is_target(where)) return false;
  const place preferred{where.service, std::string(default_environment)};
  if (where == preferred || (names.is_target(preferred) && all.contains(preferred))) return where == preferred;
  for (auto p = all.lower_bound({where.service, ""}); p != all.end() && p->first.service == where.service; ++p)
    if (names.is_target(p->first)) return p->first == where;
  return false;
}

}

std::string crew_of(const std::string& service, const std::string& team) {
  return team.empty() ? "service " + service : "team " + team;
}

std::string figure_settings::team_of(const std::string& service, const std::string& told) const {
  auto configured = names.team(service);
  return configured.empty() ? told : configured;
}

std::map<std::string, std::string, std::less<>> figure_settings::kinds_of_sources() const {
  std::map<std::string, std::string, std::less<>> all;
  for (const auto& [name, configured] : sources) all[name] = configured.kind;
  return all;
}

std::vector<std::string> figure_settings::watched_sources() const {
  std::vector<std::string> all;
  for (const auto& [name, configured] : sources)
    if (!configured.only_incidents) all.push_back(name);
  return all;
}

std::vector<discover::unmatched_name> unmatched_names(ledger::reader& database, const figure_settings& settings,
                                                      timestamp now) {
  return discover::find_unmatched(database.seen_services(now - coverage_window), settings.names,
                                  settings.kinds_of_sources());
}

naming names_as_derived(ledger::reader& database, const naming& names) {
  auto [productions, groups] = database.names();
  auto derived = names.with_productions(std::move(productions));
  return groups ? derived.with_groups(std::move(*groups)) : derived;
}

figure_settings as_derived(ledger::reader& database, figure_settings settings) {
  settings.names = names_as_derived(database, settings.names);
  return settings;
}

std::map<place, std::string> places_and_teams(const std::map<place, ledger::place_state>& known,
                                              const figure_settings& settings) {
  std::map<place, std::string> all;
  std::set<std::string> placed;
  for (const auto& [p, state] : known) {
    all[p] = settings.team_of(p.service, state.team);
    if (settings.names.is_production(p.environment)) placed.insert(p.service);
    if (const auto group = settings.names.group_of(p.environment); !group.empty())
      all.try_emplace({p.service, std::string(group)}, all[p]);
  }
  // unless the configuration names production, a configured service has the environment that its deployments report
  for (const auto& p : settings.names.configured())
    if (settings.names.names_production() || !placed.contains(p.service))
      all.try_emplace(p, settings.team_of(p.service, {}));
  return all;
}

namespace {

// Follow-ups of things that finished more than the due time before the first report are not tracked.
bool is_tracked(timestamp since, timestamp finished, timestamp now, duration due) {
  return since <= now && finished >= since - due;
}

}

bool tracked_follow_ups::tracks_review(std::string_view service, timestamp finished, timestamp now,
                                       const figure_settings& settings) const {
  const auto crew = crews.find(service);
  const auto start = crew == crews.end() ? reviews.end() : reviews.find(crew->second);
  return start != reviews.end() && is_tracked(start->second, finished, now, settings.review_due);
}

bool tracked_follow_ups::tracks_merge(std::string_view service, std::optional<timestamp> reported, timestamp finished,
                                      timestamp now, const figure_settings& settings) const {
  const auto start = merges.find(service);
  const auto tracks = [&](timestamp first) { return is_tracked(first, finished, now, settings.merge_back_due); };
  return (reported && tracks(*reported)) || (start != merges.end() && tracks(start->second));
}

tracked_follow_ups find_tracked(ledger::reader& database, const std::map<place, std::string>& all,
                                const figure_settings& settings, const std::set<std::string>* only_crews) {
  tracked_follow_ups found;
  auto& crews = found.crews;
  std::vector<std::string> services;
  for (const auto& [where, team] : all) {
    if (where.service.empty()) continue;
    const auto [known, is_new] = crews.emplace(where.service, crew_of(where.service, team));
    if (is_new && (!only_crews || only_crews->contains(known->second))) services.push_back(where.service);
  }
  const auto keep_first = [](auto& kept, const std::string& name, timestamp reported) {
    const auto [known, is_new] = kept.emplace(name, reported);
    if (!is_new) known->second = std::min(known->second, reported);
  };
  for (const auto& first : database.first_reports(services)) {
    const auto crew = crews.find(first.service);
    if (crew == crews.end()) continue;
    if (first.merged_at) keep_first(found.merges, first.service, *first.merged_at);
    if (first.reviewed_at && !settings.reviews_since) keep_first(found.reviews, crew->second, *first.reviewed_at);
  }
  if (settings.reviews_since)
    for (const auto& [service, crew] : crews) found.reviews.emplace(crew, *settings.reviews_since);
  return found;
}

ledger::scope scope_of(const place& where, const std::string& team, const std::map<place, std::string>& all,
                       const figure_settings& settings, const tracked_follow_ups& tracked) {
  const auto& names = settings.names;
  ledger::scope out;
  const auto start_of = [](const auto& starts, const std::string& name) {
    const auto known = starts.find(name);
    return known == starts.end() ? std::nullopt : std::optional(known->second);
  };
  const auto add = [&](const place& p, const std::string& its_team) {
    const auto* rule = names.rule_of(p.service);
    const auto crew = crew_of(p.service, its_team);
    ledger::scope_place one{.where = p,
                            .crew = crew,
                            .is_first = is_first(p, all, names),
                            .is_member = false,
                            .since = {},
                            .until = names.retired(p.service),
                            .reviews_since = start_of(tracked.reviews, crew),
                            .merges_since = start_of(tracked.merges, p.service),
                            .has_incident_source = rule && std::ranges::any_of(rule->aliases, [&](const alias& a) {
                                                     return settings.incident_sources.contains(a.source);
                                                   })};
    out.push_back(one);
    one.is_first = false;
    one.is_member = true;
    for (auto& environment : names.members_of(p.environment)) {
      one.where.environment = std::move(environment);
      out.push_back(one);
    }
  };
  if (!where.environment.empty()) {
    if (const auto known = all.find(where); known != all.end()) add(where, known->second);
    return out;
  }
  for (const auto& [p, its_team] : all)
    if (its_team == team && names.is_target(p)) add(p, its_team);
  return out;
}

ledger::scope deployed_in(const ledger::scope& all) {
  ledger::scope out;
  std::ranges::copy_if(all, std::back_inserter(out), [](const auto& p) { return !p.is_member; });
  return out;
}

}
