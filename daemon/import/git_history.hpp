#pragma once
// Reads a repository's history: releases and their commits, reverts of released commits, hotfix branches, cherry-picks.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daemon/import/history.hpp"
#include "daemon/import/repository.hpp"
#include "daemon/timeline/stack.hpp"

namespace releasehealth {

struct git_question {
  git::tag_scheme tags;
  history_defaults belong_to;
  std::optional<timestamp> since,
      until;               ///< read things in [since, until); earlier releases still count as predecessors
  bool with_sizes = true;  ///< count changed lines of patch releases, by comparing two trees each
  const stack_settings* rules = nullptr;  ///< for git_history::kinds; null: none
};

/// A commit that reverts an already released commit, so that the release counts as failed.
struct reverted_release {
  std::string revert, reverted;  ///< commits
  timestamp reverted_at;
  std::size_t release = 0;  ///< the first release that contains `reverted`
};

/// A release, a failure shown by a revert, a commit or a tag, in the current state of the history.
struct git_thing {
  thing_type type;           ///< deployment, incident, commit or tag
  std::string name;          ///< the release's tag, the reverting commit, the commit, the tag
  timestamp at;              ///< when it happened
  std::string culprit = {};  ///< for an incident: the tag of the failed release
  json::object fields = {};  ///< null: known to be absent; missing: not read
};

struct git_history {
  git::chosen_releases releases;
  std::vector<timestamp>
      reverts;  ///< on HEAD's history, recognized by git's own wording in subject or body, without reapplied ones
  std::vector<reverted_release> reverted;                     ///< by time
  std::size_t commits = 0, hotfix_branches = 0, unsized = 0;  ///< unsized: releases whose files a partial clone lacks
  std::vector<git_thing> things;
  timestamp state_at;                             ///< the newest time reachable from its refs
  std::map<std::string, timestamp> reached_head;  ///< commits on HEAD's history
  std::map<std::string, std::size_t> kinds;       ///< number of releases by kind and reason
};

/// `progress(done, total)`: called while commits are read (`total` is 0: unknown) and while releases are. `state_at` is
/// at most `now`.
git_history read_git_history(const repository&, const git_question&, timestamp now,
                             const std::function<void(std::size_t, std::size_t)>& progress);

/// A table by month in the calendar's time zone: releases, patches and how soon they followed their predecessor,
/// reverts; then `kinds`.
std::string summary(const git_history&, const calendar&);
/// A rule that would classify releases as hotfixes, if no release is one; empty if there are hotfixes or no candidates.
std::string advice_on_hotfixes(const git_history&);

}
