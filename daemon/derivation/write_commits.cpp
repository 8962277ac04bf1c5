// What the reports of all sources say about each commit: its path to the default branch, and its ancestry.
#include <algorithm>

#include "daemon/derivation/rows.hpp"
#include "daemon/timeline/follow_up.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

// Whether the report is of a push, a merge, or an import of either.
bool is_of_push_or_merge(const report& r) {
  constexpr std::string_view said[] = {"ref", "default_branch", "pull_request", "merged_at"};
  return !r.retraction && std::ranges::any_of(said, [&](std::string_view name) { return r.fields.contains(name); });
}

// The reporter of a commit's parents has read the whole repository, which is thus tracked from its first commit on.
std::optional<timestamp> tracked_since(const report& r) {
  if (!is_of_push_or_merge(r)) return {};
  return r.fields.contains("parents") ? std::min(r.time, time_at(r.fields, "/committed_at").value_or(r.time)) : r.time;
}

/// A row of commit_seen.
struct commit_row {
  commit_seen is;
  std::optional<std::string> parents;  ///< separated by spaces
  std::optional<timestamp> committed_at;
  std::optional<std::int64_t> lines_changed;

  static constexpr auto columns = std::tuple_cat(
      within(&commit_row::is, columns_of<commit_seen>),
      std::tuple(column("parents", &commit_row::parents), column("committed_at", &commit_row::committed_at),
                 column("lines_changed", &commit_row::lines_changed)));
};

void put_ancestry(const json::object& facts, commit_row& row) {
  row.committed_at = time_at(facts, "/committed_at");
  row.lines_changed = number_at(facts, "/lines_changed");
  const auto* parents = facts.if_contains("parents");
  if (!parents || !parents->is_array()) return;
  row.parents.emplace();
  for (const auto& one : parents->get_array())
    row.parents->append(row.parents->empty() ? "" : " ").append(std::string_view(one.get_string()));
}

// Merges the reports of all sources about a commit.
std::optional<commit_row> fold_seen(const std::string& sha, std::vector<report> told,
                                    const repository_names& repositories) {
  order_reports(told);
  if (told.empty() || is_retracted(told)) return {};
  const auto facts = merge_reports(told);
  commit_row row;
  put_ancestry(facts, row);
  auto& c = row.is;
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
    if (const auto since = tracked_since(r)) c.told_at = std::min(*since, c.told_at.value_or(*since));
  if (!flag_at(facts, "/default_branch")) return row;
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
  return row;
}

// Notes the targets whose merge-backs are tracked from now on, because their figures change (figures.md section 16).
void note_tracked(derivation& step, const std::vector<commit_row>& told) {
  std::map<std::string, timestamp> first;
  for (const auto& [c, parents, committed_at, lines_changed] : told)
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

/// The stored ancestry of a commit.
struct known_ancestry {
  std::string sha, parents;
  std::optional<timestamp> committed_at;
  std::optional<std::int64_t> lines_changed;
  std::optional<timestamp> reached_at;
  std::string pull_request;
};
BOOST_DESCRIBE_STRUCT(known_ancestry, (), (sha, parents, committed_at, lines_changed, reached_at, pull_request))

/// What differs in the ancestry of known commits.
struct ancestry_changes {
  bool are_others = false;        ///< a commit was corrected or retracted, which is rare
  std::set<timestamp> described;  ///< times of commits whose size or pull request differs
  std::optional<timestamp>
      reached_since;  ///< the earliest time at which a commit reached the default branch, or did not

  void add(const known_ancestry& was, const commit_row* is) {
    const bool is_other = !is || is->parents != was.parents || is->committed_at != was.committed_at;
    if (is_other) return (void)(are_others = true);
    if (is->lines_changed != was.lines_changed || is->is.pull_request != was.pull_request) {
      if (!was.committed_at) return (void)(are_others = true);
      described.insert(*was.committed_at);
    }
    if (is->is.reached_at == was.reached_at) return;
    constexpr auto never = timestamp::max();
    const auto since = std::min(is->is.reached_at.value_or(never), was.reached_at.value_or(never));
    reached_since = std::min(since, reached_since.value_or(never));
  }
  bool empty() const { return !are_others && described.empty() && !reached_since; }
};

// Queues the deployments that read a commit which is reported differently now: their rows do not name it.
void touch_by_ancestry(derivation& step, const std::set<std::string>& touched, const std::vector<commit_row>& now) {
  std::map<std::string, const commit_row*> told;
  for (const auto& row : now) told[row.is.sha] = &row;
  ancestry_changes differs;
  for (const auto& was : query<known_ancestry>(step.work, sql::derivation::known_ancestry, touched)) {
    const auto is = told.find(was.sha);
    differs.add(was, is == told.end() ? nullptr : is->second);
  }
  if (differs.empty()) return;
  const auto queued = query<std::int64_t>(step.work, sql::derivation::touch_by_ancestry, differs.are_others,
                                          differs.described, differs.reached_since);
  step.has_touched = step.has_touched || !queued.empty();
}

}

void write_commits(derivation& step, const std::set<std::string>& touched) {
  if (touched.empty()) return;
  std::map<std::string, std::vector<report>> told;
  for (auto& e : query<commit_event>(step.work, sql::derivation::events_of_shas, touched))
    told[std::move(e.sha)].push_back(std::move(e.told));
  std::vector<commit_row> rows;
  for (auto& [sha, reports] : told)
    if (auto c = fold_seen(sha, std::move(reports), step.settings.blame.names.repositories()))
      rows.push_back(std::move(*c));
  note_tracked(step, rows);
  touch_by_ancestry(step, touched, rows);
  step.commits = query<named_commit>(step.work, sql::derivation::write_commits, touched, by_column(rows));
}

}
