#include "daemon/reports/coverage.hpp"

#include <algorithm>
#include <cmath>

#include "collectors/base/text.hpp"
#include "daemon/discover/names.hpp"
#include "daemon/discover/repositories.hpp"
#include "daemon/discover/toml.hpp"
#include "daemon/figures/readable.hpp"
#include "daemon/reports/report.hpp"

namespace releasehealth {
namespace {

constexpr std::int64_t max_things = 50'000;
constexpr std::string_view incident = "incident";

json::object evidence_json(const std::vector<covered_evidence>& all) {
  json::object out;
  for (const auto& one : all)
    out[one.rule->name] = one.share ? json::value({{"value", json_number(one.share->value)},
                                                   {"known", json_number(one.share->numerator.value_or(0))},
                                                   {"of", json_number(one.share->denominator.value_or(0))},
                                                   {"unknown", one.unknown}})
                                    : json::value(nullptr);
  return out;
}

json::array missing_json(const std::vector<covered_evidence>& all) {
  json::array out;
  for (const auto& one : all)
    if (one.is_gap()) out.emplace_back(one.rule->name);
  return out;
}

// Whether the scope has the columns of the figure. Only production scopes have all columns.
bool counts(const scope_figures& known, const snapshot& s, const figure& f) {
  return std::ranges::all_of(f.slices, [&](const slice& part) {
    return std::ranges::all_of(part.columns, [&](const auto& name) {
      const auto position = std::ranges::find(s.columns_now, name) - s.columns_now.begin();
      return static_cast<std::size_t>(position) < known.now.size();
    });
  });
}

// Whether anything was ever deployed to a target. Names with incidents only are unmatched and have no coverage.
bool was_deployed(const scope_figures& known, const snapshot& s) {
  static const period now;
  const auto& f = *find_figure("last_deployment_timestamp_seconds");
  return std::ranges::any_of(f.slices, [&](const slice& part) {
    const auto last = evaluate(f, part, {s.columns_now, known.now, now});
    return last && last->value > 0;
  });
}

// Counts the listed services that an incident source knows, which the metric of a team or the fleet cannot distinguish
// from the others.
void count_known_services(std::vector<covered_evidence>& scope, const std::vector<covered_scope>& services,
                          const std::string* team) {
  for (std::size_t n = 0; n < scope.size(); ++n) {
    if (scope[n].rule->name != incident) continue;
    double known = 0;
    for (const auto& s : services) {
      if (team && s.team != *team) continue;
      if (s.evidence[n].share)
        ++known;
      else
        ++scope[n].unknown;
    }
    scope[n].share = known > 0 ? std::optional(figure_value{1, known, known, {}}) : std::nullopt;
  }
}

void sort_by_gaps(std::vector<covered_scope>& all) {
  std::ranges::stable_sort(all, std::ranges::greater(), &covered_scope::gaps);
}

}

bool covered_evidence::is_gap() const { return share ? share->value < enough_coverage : rule->name == incident; }

std::size_t covered_scope::gaps() const {
  return static_cast<std::size_t>(std::ranges::count_if(evidence, &covered_evidence::is_gap));
}

std::vector<covered_evidence> coverage_of(const scope_figures& known, const snapshot& s) {
  static const period now;
  std::vector<covered_evidence> all;
  const auto& f = *find_figure(coverage_ratio);
  if (!counts(known, s, f)) return all;
  for (std::size_t n = 0; n < f.slices.size(); ++n)
    all.push_back({&evidence_rules()[n], evaluate(f, f.slices[n], {s.columns_now, known.now, now})});
  return all;
}

std::vector<covered_evidence> gaps_of(const figure& f, const scope_figures& known, const snapshot& s) {
  std::vector<covered_evidence> gaps;
  for (auto& one : coverage_of(known, s)) {
    const bool is_needed = std::ranges::find(f.rests_on, one.rule->name) != f.rests_on.end();
    if (is_needed && one.is_gap()) gaps.push_back(std::move(one));
  }
  return gaps;
}

std::string in_words(const covered_evidence& one) {
  if (!one.share) return "none";
  char share[32];
  (void)std::snprintf(share, sizeof share, "%.0f %%", std::floor(one.share->value * 100));
  return std::string(share) + " of " + std::string(one.rule->counted) + " (" +
         std::to_string(std::llround(*one.share->numerator)) + " of " +
         std::to_string(std::llround(*one.share->denominator)) + ')';
}

void propose_from_ledger(ledger::reader& database, const discover::configured_names& known, timestamp now,
                         discover::proposals& proposed) {
  const auto since = now - coverage_window;
  const auto names = database.reported_names();
  const auto things = database.reported_things(since, max_things);
  discover::propose_from_names(names, things, known, proposed);
  discover::propose_repositories(database.reported_tags(since, max_things), names, things, known, proposed);
}

std::vector<std::string> names_of(std::span<const discover::unmatched_name> all) {
  std::vector<std::string> names;
  for (const auto& one : all) names.push_back(one.name);
  return names;
}

std::string in_words(const std::vector<std::string>& unmatched) {
  constexpr std::size_t most_named = 3;
  const auto named = std::span(unmatched).first(std::min(unmatched.size(), most_named));
  std::string text = std::to_string(unmatched.size()) +
                     (unmatched.size() == 1 ? " name matches no service: " : " names match no service: ") +
                     joined(named);
  if (const auto more = unmatched.size() - named.size(); more > 0) text += ", and " + std::to_string(more) + " more";
  return text;
}

discover::configured_names configured_names_of(const figure_settings& settings) {
  discover::configured_names known{settings.names};
  for (const auto& [team, engineers] : settings.engineers) known.teams.insert(team);
  known.kinds = settings.kinds_of_sources();
  return known;
}

std::vector<covered_scope> covered_services(const snapshot& s, const figure_settings& settings) {
  std::vector<covered_scope> all;
  for (const auto& [where, known] : s.places)
    if (!where.service.empty() && settings.names.is_target(where) && was_deployed(known, s) &&
        !settings.names.is_retired(where.service, s.at))
      all.push_back({where, known.team, coverage_of(known, s)});
  return all;
}

coverage_report report_coverage(ledger::reader& database, const figure_settings& settings, timestamp now,
                                bool propose) {
  coverage_report out;
  const figure_question everything{.periods = {}, .service = {}, .environment = {}, .team = {}};
  const auto s = answer_question(database, everything, settings, now);
  out.services = covered_services(s, settings);
  for (const auto& [name, known] : s.teams) out.teams.push_back({{}, name, coverage_of(known, s)});
  const auto together = answer_together(database, everything, settings, now);
  out.fleet = coverage_of(together.together, together);
  count_known_services(out.fleet, out.services, nullptr);
  for (auto& team : out.teams) count_known_services(team.evidence, out.services, &team.team);
  sort_by_gaps(out.services);
  sort_by_gaps(out.teams);
  out.unmatched = unmatched_names(database, settings, now);
  if (!propose || out.unmatched.empty()) return out;
  const auto known = configured_names_of(settings);
  discover::proposals found;
  propose_from_ledger(database, known, now, found);
  out.proposal = discover::new_tables(found);
  out.proposal += joined(discover::missing_lines(found, known), "");
  return out;
}

json::object as_json(const coverage_report& r, timestamp now) {
  json::array rules, services, teams, unmatched;
  for (const auto& e : evidence_rules())
    rules.push_back(
        json::object{{"name", e.name}, {"share_of", e.counted}, {"needed_by", e.needed_by}, {"cure", e.cure}});
  for (const auto& one : r.services)
    services.push_back(json::object{{"service", one.where.service},
                                    {"environment", one.where.environment},
                                    {"team", one.team},
                                    {"evidence", evidence_json(one.evidence)},
                                    {"missing", missing_json(one.evidence)}});
  for (const auto& one : r.teams)
    teams.push_back(json::object{
        {"team", one.team}, {"evidence", evidence_json(one.evidence)}, {"missing", missing_json(one.evidence)}});
  for (const auto& one : r.unmatched)
    unmatched.push_back(json::object{{"name", one.name},
                                     {"sources", json::value_from(one.sources)},
                                     {"has_incidents", one.has_incidents},
                                     {"similar", json::value_from(one.similar)}});
  return {{"at", format_time(now)},    {"rules", std::move(rules)},       {"fleet", evidence_json(r.fleet)},
          {"teams", std::move(teams)}, {"services", std::move(services)}, {"unmatched", std::move(unmatched)},
          {"proposal", r.proposal}};
}

}
