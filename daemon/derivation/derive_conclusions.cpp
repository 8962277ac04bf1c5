// Conclusions about incidents: when and how they were decided, what the policy recommends, whether they were closed too
// early.
#include "daemon/derivation/derivation.hpp"
#include "daemon/derivation/rows.hpp"
#include "daemon/timeline/follow_up.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

/// The facts of an incident on which its conclusions depend, in addition to attribution and remediation.
struct incident_facts {
  std::string id;
  int severity = 0;  ///< 0: unknown
  std::optional<timestamp> resolved_at;
  json::object facts;
};
BOOST_DESCRIBE_STRUCT(incident_facts, (), (id, severity, resolved_at, facts))

struct debt_row {
  std::string id;
  merge_debt is;

  static constexpr auto columns =
      std::tuple(column("id", &debt_row::id), column("owes", &debt_row::is, &merge_debt::owes),
                 column("merged_back_at", &debt_row::is, &merge_debt::merged_back_at));
};

std::map<std::string, incident_facts> load_facts(transaction& work, const std::set<std::string>& ids) {
  std::map<std::string, incident_facts> all;
  for (auto& i : query<incident_facts>(work, sql::derivation::incidents_to_conclude, ids)) {
    auto id = i.id;
    all.emplace(std::move(id), std::move(i));
  }
  return all;
}

std::map<std::string, merge_debt> load_debts(transaction& work, const std::vector<remedy>& remedies) {
  std::set<std::string> hotfixes;
  for (const auto& r : remedies)
    if (r.by_way == way::hotfix) hotfixes.insert(r.actor);
  std::map<std::string, merge_debt> all;
  if (hotfixes.empty()) return all;
  for (auto& d : query<debt_row>(work, sql::derivation::merge_debts, hotfixes)) all.emplace(std::move(d.id), d.is);
  return all;
}

// The merge-backs of the hotfixes that fix an incident: those that name it, and those of its attributed change that
// began while it was open.
std::vector<merge_debt> debts_of(const blaming& i, const std::vector<remedy>& candidates,
                                 const std::map<std::string, merge_debt>& known) {
  std::vector<merge_debt> all;
  for (const auto& r : candidates) {
    if (r.by_way != way::hotfix) continue;
    const bool names = r.incident == i.thing;
    const bool answers = !i.change.empty() && r.change == i.change && i.open_at(r.started_at);
    if (const auto debt = known.find(r.actor); (names || answers) && debt != known.end()) all.push_back(debt->second);
  }
  return all;
}

/// The conclusions about an incident.
struct conclusion_row {
  std::string id;
  std::optional<timestamp> decided_at;
  std::optional<way> decided_way, recommended;
  std::string policy;
  bool is_against_policy, is_closed_too_early;
};
BOOST_DESCRIBE_STRUCT(conclusion_row, (),
                      (id, decided_at, decided_way, recommended, policy, is_against_policy, is_closed_too_early))

conclusion_row as_row(const incident_row& i, const incident_facts& facts, const std::vector<remedy>& candidates,
                      const std::map<std::string, merge_debt>& debts, const policy& rules) {
  const auto* first = i.production ? deciding_remedy(i.told, candidates) : nullptr;
  const auto delay = first ? first->started_at - i.told.detected_at : duration{0};
  const auto said = i.production ? recommend(rules, read_policy_facts(facts.facts), delay) : std::nullopt;
  const bool too_early = i.production && is_closed_too_early(facts.resolved_at, facts.severity,
                                                             time_at(facts.facts, "/review_held_at").has_value(),
                                                             debts_of(i.told, candidates, debts));
  return {.id = i.id,
          .decided_at = first ? std::optional(first->started_at) : std::nullopt,
          .decided_way = first ? std::optional(first->by_way) : std::nullopt,
          .recommended = said ? std::optional(said->then) : std::nullopt,
          .policy = said ? said->rule : "",
          .is_against_policy = first && said && said->then != first->by_way,
          .is_closed_too_early = too_early};
}

}

void derive_conclusions(derivation& step, const std::set<std::string>& hotfixes) {
  std::set<std::string> changes, ids;
  things named;
  auto fixed = step.remedies;
  if (!hotfixes.empty())
    for (auto& r : query<remedy>(step.work, sql::derivation::remedies_by, hotfixes)) fixed.push_back(std::move(r));
  for (const auto& r : fixed) {
    if (!r.change.empty()) changes.insert(r.change);
    if (!r.incident.subject.empty()) named.insert(r.incident);
  }
  for (const auto& [id, i] : step.incidents) ids.insert(id);
  if (changes.empty() && ids.empty() && named.empty()) return;
  const auto all = query<incident_row>(step.work, sql::derivation::incidents_about, changes, ids, by_column(named));
  std::set<std::string> blamed, concluded;
  things decided;
  for (const auto& i : all) {
    concluded.insert(i.id);
    decided.insert(i.told.thing);
    if (!i.told.change.empty()) blamed.insert(i.told.change);
  }
  if (all.empty()) return;
  const auto remedies = load_remedies(step.work, blamed, decided);
  std::map<std::string, std::vector<remedy>> of_change;
  std::map<thing_id, std::vector<remedy>> of_incident;
  for (const auto& r : remedies) {
    of_change[r.change].push_back(r);
    of_incident[r.incident].push_back(r);
  }
  auto facts = load_facts(step.work, concluded);
  const auto debts = load_debts(step.work, remedies);
  std::vector<conclusion_row> rows;
  for (const auto& i : all) {
    auto candidates = of_incident[i.told.thing];
    if (const auto more = of_change.find(i.told.change); !i.told.change.empty() && more != of_change.end())
      candidates.insert(candidates.end(), more->second.begin(), more->second.end());
    rows.push_back(as_row(i, facts[i.id], candidates, debts, step.settings.decisions));
  }
  for (auto& where : query<place>(step.work, sql::derivation::write_conclusions, by_column(rows)))
    step.places.insert(std::move(where));
}

}
