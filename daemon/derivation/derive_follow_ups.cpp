#include <algorithm>

#include "collectors/words.hpp"
#include "daemon/derivation/rows.hpp"
#include "daemon/derivation/stored_commits.hpp"
#include "daemon/timeline/follow_up.hpp"
#include "sql/derivation.hpp"

namespace releasehealth {

BOOST_DESCRIBE_STRUCT(branch_commit, (), (sha, reached_at))
BOOST_DESCRIBE_STRUCT(follow_ups, (), (cause, is_justified, owes_merge, merged_back_at, lines_changed, done))

}

namespace releasehealth::ledger {
namespace {

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
  std::string repository;
};
BOOST_DESCRIBE_STRUCT(hotfix_row, (), (id, commit, is_hotfix, facts, commit_facts, is_attributed, repository))

// When the default branch first contained the hotfix's commit, by ancestry. A reporter that says whether the commit is
// in the default branch has looked itself.
std::optional<timestamp> contained(transaction& work, stored_commits& commits, const hotfix_row& d) {
  if (!d.commit_facts.contains("parents") || d.commit_facts.contains("default_branch")) return {};
  const auto committed_at = time_at(d.commit_facts, "/committed_at");
  if (!committed_at) return {};
  const auto branch = query<branch_commit>(work, sql::derivation::default_branch_of, d.repository,
                                           *committed_at - most_clock_skew, static_cast<std::int64_t>(most_commits));
  commits.begin_walk();
  return first_contained(whole_name(d.commit, text_at(d.commit_facts, "/commit")), *committed_at, branch,
                         [&](const std::string& sha) { return commits.find(sha); });
}

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
  stored_commits ancestry(step.work);
  std::vector<follow_up_row> rows;
  for (const auto& d : all) {
    auto& f = rows.emplace_back(follow_up_row{d.id, d.is_hotfix && d.is_attributed, {}}).is;
    if (d.is_hotfix) {
      const auto seen = evidence.find(d.commit);
      auto back = seen == evidence.end() ? std::nullopt : merged_back(d.commit, seen->second);
      if (const auto first = contained(step.work, ancestry, d)) back = std::min(*first, back.value_or(*first));
      f = follow_up(d.facts, d.commit_facts, answered[d.id], back);
    }
  }
  for (const auto& [id, where] : query<written_row>(step.work, sql::derivation::write_follow_ups, by_column(rows)))
    step.note(id, where);
}

}

std::set<std::string> derive_follow_ups(derivation& step) {
  std::set<std::string> hotfixes;
  if (!step.commits.empty())  // whose code these commits may have merged back, now or before
    for (auto& id : query<std::string>(step.work, sql::derivation::hotfixes_of_commits, by_column(step.commits)))
      hotfixes.insert(std::move(id));
  hotfixes.insert(step.hotfixes.begin(), step.hotfixes.end());
  for (const auto& r : load_remedies(step.work, {}, step.changed_incidents()))
    if (r.by_way == way::hotfix) hotfixes.insert(r.actor);
  write_follow_ups(step, hotfixes);
  return hotfixes;
}

}
