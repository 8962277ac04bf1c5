#include <algorithm>

#include "collectors/words.hpp"
#include "daemon/derivation/rows.hpp"
#include "daemon/timeline/follow_up.hpp"
#include "sql/derivation.hpp"

namespace releasehealth {

BOOST_DESCRIBE_STRUCT(commit_seen, (),
                      (sha, repository, ref, title, pull_request, picked_from, merged_at, reached_at, told_in, told_at))
BOOST_DESCRIBE_STRUCT(follow_ups, (), (cause, is_justified, owes_merge, merged_back_at, lines_changed, done))

}

namespace releasehealth::ledger {
namespace {

// Whether the report is of a push, a merge, or an import of either.
bool is_of_push_or_merge(const report& r) {
  constexpr std::string_view said[] = {"ref", "default_branch", "pull_request", "merged_at"};
  return !r.retraction && std::ranges::any_of(said, [&](std::string_view name) { return r.fields.contains(name); });
}

// Merges the reports of all sources about a commit.
std::optional<commit_seen> fold_seen(const std::string& sha, std::vector<report> told,
                                     const repository_names& repositories) {
  order_reports(told);
  if (told.empty() || is_retracted(told)) return {};
  const auto facts = merge_reports(told);
  commit_seen c;
  c.sha = sha;
  c.repository = repositories.key(text_at(facts, "/repository"));
  // a push of the same commit reports another title and branch
  for (const auto& r : told) {
    if (r.retraction || !r.fields.contains("pull_request")) continue;
    c.pull_request = text_at(r.fields, "/pull_request");
    c.ref = text_at(r.fields, "/ref");
    c.title = text_at(r.fields, "/title");
  }
  c.picked_from = text_at(facts, "/picked_from");
  c.merged_at = time_at(facts, "/merged_at").value_or(told.front().time);
  c.told_in = without_host(c.repository);
  for (const auto& r : told)
    if (is_of_push_or_merge(r)) c.told_at = std::min(r.time, c.told_at.value_or(r.time));
  if (!flag_at(facts, "/default_branch")) return c;
  bool is_told = false;  // merged_at wins over the time of a report, and the last merged_at over earlier ones
  for (const auto& r : told) {
    if (!flag_at(r.fields, "/default_branch")) continue;
    if (const auto merged = time_at(r.fields, "/merged_at")) {
      c.reached_at = merged;
      is_told = true;
    } else if (!is_told) {
      c.reached_at = std::min(r.time, c.reached_at.value_or(r.time));
    }
  }
  return c;
}

/// The columns by which a commit may be referenced.
struct named_commit {
  std::string sha, repository, ref, title, pull_request, picked_from;
};
BOOST_DESCRIBE_STRUCT(named_commit, (), (sha, repository, ref, title, pull_request, picked_from))

// Notes the targets whose merge-backs are tracked from now on, because their figures change (figures.md section 16).
void note_tracked(derivation& in, const std::vector<commit_seen>& told) {
  std::map<std::string, timestamp> first;
  for (const auto& c : told)
    if (c.told_at && !c.told_in.empty()) {
      auto& at = first.emplace(c.told_in, *c.told_at).first->second;
      at = std::min(at, *c.told_at);
    }
  if (first.empty()) return;
  std::vector<std::string> repositories;
  std::vector<timestamp> times;
  for (const auto& [repository, at] : first) {
    repositories.push_back(repository);
    times.push_back(at);
  }
  for (auto& where : query<place>(in.work, sql::derivation::places_to_track, repositories, times))
    in.places.insert(std::move(where));
}

// Writes the touched commits. Returns the hotfixes whose code these commits may have merged back, now or before.
std::set<std::string> write_commits(derivation& in, const std::set<std::string>& touched) {
  std::set<std::string> ids;
  if (touched.empty()) return ids;
  std::map<std::string, std::vector<report>> told;
  for (auto& e : query<commit_event>(in.work, sql::derivation::events_of_shas, touched))
    told[std::move(e.sha)].push_back(std::move(e.told));
  std::vector<commit_seen> rows;
  for (auto& [sha, reports] : told)
    if (auto c = fold_seen(sha, std::move(reports), in.settings.blame.names.repositories()))
      rows.push_back(std::move(*c));
  note_tracked(in, rows);
  const auto differing = query<named_commit>(in.work, sql::derivation::write_commits, touched, by_column(rows));
  if (!differing.empty())
    for (auto& id : query<std::string>(in.work, sql::derivation::hotfixes_of_commits, by_column(differing)))
      ids.insert(std::move(id));
  return ids;
}

/// A commit that may have merged back the code of another one.
struct evidence_row {
  std::string of;
  commit_seen seen;

  static constexpr auto columns =
      std::tuple_cat(std::tuple(column("of", &evidence_row::of)), within(&evidence_row::seen, columns_of<commit_seen>));
};

std::map<std::string, std::vector<commit_seen>> load_evidence(transaction& work, const std::set<std::string>& commits) {
  std::map<std::string, std::vector<commit_seen>> all;
  if (commits.empty()) return all;
  for (auto& e : query<evidence_row>(work, sql::derivation::merge_evidence, commits))
    all[std::move(e.of)].push_back(std::move(e.seen));
  return all;
}

struct answered_row {
  std::string by;
  answered_incident is;

  static constexpr auto columns =
      std::tuple(column("by", &answered_row::by), column("is_named", &answered_row::is, &answered_incident::is_named),
                 column("severity", &answered_row::is, &answered_incident::severity),
                 column("cause", &answered_row::is, &answered_incident::cause),
                 column("detected_at", &answered_row::is, &answered_incident::detected_at));
};

/// The columns of a deployment from which its follow-ups are derived.
struct hotfix_row {
  std::string id, commit;
  bool is_hotfix = false;
  json::object facts, commit_facts;
  bool is_attributed = false;
};
BOOST_DESCRIBE_STRUCT(hotfix_row, (), (id, commit, is_hotfix, facts, commit_facts, is_attributed))

struct follow_up_row {
  std::string id;  ///< the id of the deployment
  bool is_attributed = false;
  follow_ups is;

  static constexpr auto columns = std::tuple_cat(
      std::tuple(column("id", &follow_up_row::id), column("is_attributed", &follow_up_row::is_attributed)),
      within(&follow_up_row::is, columns_of<follow_ups>));
};

void write_follow_ups(derivation& in, const std::set<std::string>& hotfixes) {
  if (hotfixes.empty()) return;
  std::map<std::string, std::vector<answered_incident>> answered;
  for (auto& a : query<answered_row>(in.work, sql::derivation::answered_incidents, hotfixes))
    answered[std::move(a.by)].push_back(std::move(a.is));
  const auto all = query<hotfix_row>(in.work, sql::derivation::follow_ups_of, hotfixes);
  std::set<std::string> commits;
  for (const auto& d : all)
    if (d.is_hotfix && !d.commit.empty()) commits.insert(d.commit);
  const auto evidence = load_evidence(in.work, commits);
  std::vector<follow_up_row> rows;
  for (const auto& d : all) {
    auto& f = rows.emplace_back(follow_up_row{d.id, d.is_hotfix && d.is_attributed, {}}).is;
    if (d.is_hotfix) {
      const auto seen = evidence.find(d.commit);
      f = follow_up(d.facts, d.commit_facts, answered[d.id],
                    seen == evidence.end() ? std::nullopt : merged_back(d.commit, seen->second));
    }
  }
  for (const auto& [id, where] : query<written_row>(in.work, sql::derivation::write_follow_ups, by_column(rows)))
    in.note(id, where);
}

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
    if (r.by_way == way::hotfix) hotfixes.insert(r.by);
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
    if (const auto debt = known.find(r.by); (names || answers) && debt != known.end()) all.push_back(debt->second);
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
  const auto since = first ? first->started_at - i.told.detected_at : duration{0};
  const auto said = i.production ? recommend(rules, read_policy_facts(facts.facts), since) : std::nullopt;
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

// Writes the conclusions about incidents that changed, that a changed remediation is about, or that a hotfix fixes.
void write_conclusions(derivation& in, const std::set<std::string>& hotfixes) {
  std::set<std::string> changes, ids;
  things named;
  auto about = in.remedies;
  if (!hotfixes.empty())
    for (auto& r : query<remedy>(in.work, sql::derivation::remedies_by, hotfixes)) about.push_back(std::move(r));
  for (const auto& r : about) {
    if (!r.change.empty()) changes.insert(r.change);
    if (!r.incident.subject.empty()) named.insert(r.incident);
  }
  for (const auto& [id, i] : in.incidents) ids.insert(id);
  if (changes.empty() && ids.empty() && named.empty()) return;
  const auto all = query<incident_row>(in.work, sql::derivation::incidents_about, changes, ids, by_column(named));
  std::set<std::string> blamed, concluded;
  things decided;
  for (const auto& i : all) {
    concluded.insert(i.id);
    decided.insert(i.told.thing);
    if (!i.told.change.empty()) blamed.insert(i.told.change);
  }
  if (all.empty()) return;
  const auto remedies = load_remedies(in.work, blamed, decided);
  std::map<std::string, std::vector<remedy>> of_change;
  std::map<thing_id, std::vector<remedy>> of_incident;
  for (const auto& r : remedies) {
    of_change[r.change].push_back(r);
    of_incident[r.incident].push_back(r);
  }
  auto facts = load_facts(in.work, concluded);
  const auto debts = load_debts(in.work, remedies);
  std::vector<conclusion_row> rows;
  for (const auto& i : all) {
    auto candidates = of_incident[i.told.thing];
    if (const auto more = of_change.find(i.told.change); !i.told.change.empty() && more != of_change.end())
      candidates.insert(candidates.end(), more->second.begin(), more->second.end());
    rows.push_back(as_row(i, facts[i.id], candidates, debts, in.settings.decisions));
  }
  for (auto& where : query<place>(in.work, sql::derivation::write_conclusions, by_column(rows)))
    in.places.insert(std::move(where));
}

}

void derive_follow_ups(derivation& in, const std::set<std::string>& touched_commits) {
  auto hotfixes = write_commits(in, touched_commits);
  hotfixes.insert(in.hotfixes.begin(), in.hotfixes.end());
  for (const auto& r : load_remedies(in.work, {}, in.changed_incidents()))
    if (r.by_way == way::hotfix) hotfixes.insert(r.by);
  write_follow_ups(in, hotfixes);
  write_conclusions(in, hotfixes);
}

}
