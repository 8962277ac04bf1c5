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
void note_tracked(derivation& step, const std::vector<commit_seen>& told) {
  std::map<std::string, timestamp> first;
  for (const auto& c : told)
    if (c.told_at && !c.told_in.empty()) {
      auto& earliest = first.emplace(c.told_in, *c.told_at).first->second;
      earliest = std::min(earliest, *c.told_at);
    }
  if (first.empty()) return;
  std::vector<std::string> repositories;
  std::vector<timestamp> times;
  for (const auto& [repository, earliest] : first) {
    repositories.push_back(repository);
    times.push_back(earliest);
  }
  for (auto& where : query<place>(step.work, sql::derivation::places_to_track, repositories, times))
    step.places.insert(std::move(where));
}

// Writes the touched commits. Returns the hotfixes whose code these commits may have merged back, now or before.
std::set<std::string> write_commits(derivation& step, const std::set<std::string>& touched) {
  std::set<std::string> ids;
  if (touched.empty()) return ids;
  std::map<std::string, std::vector<report>> told;
  for (auto& e : query<commit_event>(step.work, sql::derivation::events_of_shas, touched))
    told[std::move(e.sha)].push_back(std::move(e.told));
  std::vector<commit_seen> rows;
  for (auto& [sha, reports] : told)
    if (auto c = fold_seen(sha, std::move(reports), step.settings.blame.names.repositories()))
      rows.push_back(std::move(*c));
  note_tracked(step, rows);
  const auto differing = query<named_commit>(step.work, sql::derivation::write_commits, touched, by_column(rows));
  if (!differing.empty())
    for (auto& id : query<std::string>(step.work, sql::derivation::hotfixes_of_commits, by_column(differing)))
      ids.insert(std::move(id));
  return ids;
}

/// A commit that may have merged back the code of another one.
struct evidence_row {
  std::string merged;
  commit_seen seen;

  static constexpr auto columns = std::tuple_cat(std::tuple(column("of", &evidence_row::merged)),
                                                 within(&evidence_row::seen, columns_of<commit_seen>));
};

std::map<std::string, std::vector<commit_seen>> load_evidence(transaction& work, const std::set<std::string>& commits) {
  std::map<std::string, std::vector<commit_seen>> all;
  if (commits.empty()) return all;
  for (auto& e : query<evidence_row>(work, sql::derivation::merge_evidence, commits))
    all[std::move(e.merged)].push_back(std::move(e.seen));
  return all;
}

struct answered_row {
  std::string answer;
  answered_incident is;

  static constexpr auto columns = std::tuple(column("by", &answered_row::answer),
                                             column("is_named", &answered_row::is, &answered_incident::is_named),
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

void write_follow_ups(derivation& step, const std::set<std::string>& hotfixes) {
  if (hotfixes.empty()) return;
  std::map<std::string, std::vector<answered_incident>> answered;
  for (auto& a : query<answered_row>(step.work, sql::derivation::answered_incidents, hotfixes))
    answered[std::move(a.answer)].push_back(std::move(a.is));
  const auto all = query<hotfix_row>(step.work, sql::derivation::follow_ups_of, hotfixes);
  std::set<std::string> commits;
  for (const auto& d : all)
    if (d.is_hotfix && !d.commit.empty()) commits.insert(d.commit);
  const auto evidence = load_evidence(step.work, commits);
  std::vector<follow_up_row> rows;
  for (const auto& d : all) {
    auto& f = rows.emplace_back(follow_up_row{d.id, d.is_hotfix && d.is_attributed, {}}).is;
    if (d.is_hotfix) {
      const auto seen = evidence.find(d.commit);
      f = follow_up(d.facts, d.commit_facts, answered[d.id],
                    seen == evidence.end() ? std::nullopt : merged_back(d.commit, seen->second));
    }
  }
  for (const auto& [id, where] : query<written_row>(step.work, sql::derivation::write_follow_ups, by_column(rows)))
    step.note(id, where);
}

}

std::set<std::string> derive_follow_ups(derivation& step, const std::set<std::string>& touched_commits) {
  auto hotfixes = write_commits(step, touched_commits);
  hotfixes.insert(step.hotfixes.begin(), step.hotfixes.end());
  for (const auto& r : load_remedies(step.work, {}, step.changed_incidents()))
    if (r.by_way == way::hotfix) hotfixes.insert(r.actor);
  write_follow_ups(step, hotfixes);
  return hotfixes;
}

}
