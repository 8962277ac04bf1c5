#include <algorithm>

#include "daemon/derivation/derivation.hpp"
#include "daemon/timeline/follow_up.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

// Of a commit that several sources speak of, what they say together.
std::optional<commit_seen> fold_seen(const std::string& sha, std::vector<report> told) {
  order_reports(told);
  if (told.empty() || is_retracted(told)) return {};
  const auto facts = merge_reports(told);
  commit_seen c;
  c.sha = sha;
  c.repository = text_at(facts, "/repository");
  // a push of the same commit tells its own title and branch
  for (const auto& r : told) {
    if (r.retraction || !r.fields.contains("pull_request")) continue;
    c.pull_request = text_at(r.fields, "/pull_request");
    c.ref = text_at(r.fields, "/ref");
    c.title = text_at(r.fields, "/title");
  }
  c.picked_from = text_at(facts, "/picked_from");
  c.merged_at = time_at(facts, "/merged_at").value_or(told.front().time);
  if (!flag_at(facts, "/default_branch")) return c;
  bool is_told = false;  // a merge's own time beats that of the report about it; a later one corrects it
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

// Writes what the touched commits say. Returns the hotfixes whose code may have come back by them, or no longer.
std::set<std::string> write_commits(derivation& in, const std::set<std::string>& touched) {
  std::set<std::string> ids;
  if (touched.empty()) return ids;
  std::map<std::string, std::vector<report>> told;
  for (const auto& row : run(in.work, sql::derivation::events_of_shas, text_array(touched)))
    told[text(row["subject"])].push_back(read_report(row));
  json::array rows, differing;
  for (auto& [sha, reports] : told)
    if (const auto c = fold_seen(sha, std::move(reports)))
      rows.push_back(json::object{{"sha", c->sha},
                                  {"repository", c->repository},
                                  {"ref", c->ref},
                                  {"title", c->title},
                                  {"pull_request", c->pull_request},
                                  {"picked_from", c->picked_from},
                                  {"merged_at", format_time(c->merged_at)},
                                  {"reached_at", time_or_null(c->reached_at)}});
  for (const auto& row : run(in.work, sql::derivation::write_commits, text_array(touched), json::serialize(rows)))
    differing.push_back(json::object{{"sha", text(row["sha"])},
                                     {"repository", text(row["repository"])},
                                     {"ref", text(row["ref"])},
                                     {"title", text(row["title"])},
                                     {"pull_request", text(row["pull_request"])},
                                     {"picked_from", text(row["picked_from"])}});
  if (!differing.empty())
    for (const auto& row : run(in.work, sql::derivation::hotfixes_of_commits, json::serialize(differing)))
      ids.insert(text(row[0]));
  return ids;
}

// By commit.
std::map<std::string, std::vector<commit_seen>> load_evidence(transaction& work, const std::set<std::string>& commits) {
  std::map<std::string, std::vector<commit_seen>> all;
  if (commits.empty()) return all;
  for (const auto& row : run(work, sql::derivation::merge_evidence, text_array(commits)))
    all[text(row["of"])].push_back({.sha = text(row["sha"]),
                                    .repository = text(row["repository"]),
                                    .ref = text(row["ref"]),
                                    .title = text(row["title"]),
                                    .pull_request = text(row["pull_request"]),
                                    .picked_from = text(row["picked_from"]),
                                    .merged_at = *time_from_microseconds(row["merged_at"]),
                                    .reached_at = time_from_microseconds(row["reached_at"])});
  return all;
}

int whole_or_zero(const pqxx::field& f) { return f.is_null() ? 0 : f.as<int>(); }

void write_follow_ups(derivation& in, const std::set<std::string>& hotfixes) {
  if (hotfixes.empty()) return;
  std::map<std::string, std::vector<answered_incident>> answered;
  for (const auto& row : run(in.work, sql::derivation::answered_incidents, text_array(hotfixes)))
    answered[text(row["by"])].push_back({.is_named = row["is_named"].as<bool>(),
                                         .severity = whole_or_zero(row["severity"]),
                                         .cause = text(row["cause"]),
                                         .detected_at = *time_from_microseconds(row["detected_at"])});
  const auto all = run(in.work, sql::derivation::follow_ups_of, text_array(hotfixes));
  std::set<std::string> commits;
  for (const auto& row : all)
    if (row["is_hotfix"].as<bool>() && !text(row["commit"]).empty()) commits.insert(text(row["commit"]));
  const auto evidence = load_evidence(in.work, commits);
  json::array rows;
  for (const auto& row : all) {
    const auto id = text(row["id"]), commit = text(row["commit"]);
    const bool is_hotfix = row["is_hotfix"].as<bool>();
    follow_ups f;
    if (is_hotfix) {
      const auto seen = evidence.find(commit);
      f = follow_up(json_object(row["facts"]), json_object(row["commit_facts"]), answered[id],
                    seen == evidence.end() ? std::nullopt : merged_back(commit, seen->second));
    }
    rows.push_back(
        json::object{{"id", id},
                     {"cause", text_or_null(f.cause)},
                     {"is_justified", f.is_justified},
                     {"is_attributed", is_hotfix && row["is_attributed"].as<bool>()},
                     {"owes_merge", f.owes_merge},
                     {"merged_back_at", time_or_null(f.merged_back_at)},
                     {"lines_changed", f.lines_changed ? json::value(*f.lines_changed) : json::value(nullptr)},
                     {"done", json::value_from(f.done)}});
  }
  for (const auto& row : run(in.work, sql::derivation::write_follow_ups, json::serialize(rows)))
    in.places.insert({text(row[0]), text(row[1])});
}

/// What is concluded about an incident depends on this, beside what blames and remedies say.
struct incident_facts {
  int severity = 0;
  std::optional<timestamp> resolved_at;
  json::object told;
};

std::map<std::string, incident_facts> load_facts(transaction& work, const std::set<std::string>& ids) {
  std::map<std::string, incident_facts> all;
  for (const auto& row : run(work, sql::derivation::incidents_to_conclude, text_array(ids)))
    all[text(row["id"])] = {whole_or_zero(row["severity"]), time_from_microseconds(row["resolved_at"]),
                            json_object(row["facts"])};
  return all;
}

std::map<std::string, merge_debt> load_debts(transaction& work, const std::vector<remedy>& remedies) {
  std::set<std::string> hotfixes;
  for (const auto& r : remedies)
    if (r.by_way == way::hotfix) hotfixes.insert(r.by);
  std::map<std::string, merge_debt> all;
  if (hotfixes.empty()) return all;
  for (const auto& row : run(work, sql::derivation::merge_debts, text_array(hotfixes)))
    all[text(row[0])] = {row[1].as<bool>(), time_from_microseconds(row[2])};
  return all;
}

// The hotfixes that answer an incident: those that name it, and those of what it blames that began while it was open.
std::vector<merge_debt> debts_of(const blaming& i, const std::vector<remedy>& candidates,
                                 const std::map<std::string, merge_debt>& known) {
  std::vector<merge_debt> all;
  for (const auto& r : candidates) {
    if (r.by_way != way::hotfix) continue;
    const bool names = r.incident_source == i.source && r.incident_subject == i.subject;
    const bool answers = !i.change.empty() && r.change == i.change && i.open_at(r.started_at);
    if (const auto debt = known.find(r.by); (names || answers) && debt != known.end()) all.push_back(debt->second);
  }
  return all;
}

json::object as_row(const incident_row& i, const incident_facts& facts, const std::vector<remedy>& candidates,
                    const std::map<std::string, merge_debt>& debts, const policy& rules) {
  const auto* first = i.production ? deciding_remedy(i.told, candidates) : nullptr;
  const auto since = first ? first->started_at - i.told.detected_at : duration{0};
  const auto said = i.production ? recommend(rules, read_policy_facts(facts.told), since) : std::nullopt;
  const bool too_early = i.production && is_closed_too_early(facts.resolved_at, facts.severity,
                                                             time_at(facts.told, "/review_held_at").has_value(),
                                                             debts_of(i.told, candidates, debts));
  return {{"id", i.id},
          {"decided_at", time_or_null(first ? std::optional(first->started_at) : std::nullopt)},
          {"decided_way", first ? json::value(name_of(first->by_way)) : json::value(nullptr)},
          {"recommended", text_or_null(said ? said->then : "")},
          {"policy", said ? said->rule : ""},
          {"is_against_policy", first && said && said->then != name_of(first->by_way)},
          {"is_closed_too_early", too_early}};
}

// Incidents: those that changed, that a changed remedy is about, or that one of the hotfixes answers.
void write_conclusions(derivation& in, const std::set<std::string>& hotfixes) {
  std::set<std::string> changes, ids;
  things named;
  auto about = in.remedies;
  if (!hotfixes.empty())
    for (const auto& row : run(in.work, sql::derivation::remedies_by, text_array(hotfixes)))
      about.push_back(read_remedy(row));
  for (const auto& r : about) {
    if (!r.change.empty()) changes.insert(r.change);
    if (!r.incident_subject.empty()) named.emplace(r.incident_source, r.incident_subject);
  }
  for (const auto& [id, i] : in.incidents) ids.insert(id);
  if (changes.empty() && ids.empty() && named.empty()) return;
  const auto [sources, subjects] = thing_arrays(named);
  std::vector<incident_row> all;
  std::set<std::string> blamed, concluded;
  things decided;
  for (const auto& row :
       run(in.work, sql::derivation::incidents_about, text_array(changes), text_array(ids), sources, subjects)) {
    auto& i = all.emplace_back(read_incident(row));
    concluded.insert(i.id);
    decided.emplace(i.told.source, i.told.subject);
    if (!i.told.change.empty()) blamed.insert(i.told.change);
  }
  if (all.empty()) return;
  const auto remedies = load_remedies(in.work, blamed, decided);
  std::map<std::string, std::vector<remedy>> of_change;
  std::map<thing_key, std::vector<remedy>> of_incident;
  for (const auto& r : remedies) {
    of_change[r.change].push_back(r);
    of_incident[{r.incident_source, r.incident_subject}].push_back(r);
  }
  auto facts = load_facts(in.work, concluded);
  const auto debts = load_debts(in.work, remedies);
  json::array rows;
  for (const auto& i : all) {
    auto candidates = of_incident[{i.told.source, i.told.subject}];
    if (const auto more = of_change.find(i.told.change); !i.told.change.empty() && more != of_change.end())
      candidates.insert(candidates.end(), more->second.begin(), more->second.end());
    rows.push_back(as_row(i, facts[i.id], candidates, debts, in.settings.decisions));
  }
  for (const auto& row : run(in.work, sql::derivation::write_conclusions, json::serialize(rows)))
    in.places.insert({text(row[0]), text(row[1])});
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
