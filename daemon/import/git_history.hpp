#pragma once
// What a repository's history says: releases, what they contain, reverts of what was released, hotfix branches, picks.
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
      until;               ///< what happened in [since, until); what came before still counts as predecessor
  bool with_sizes = true;  ///< lines changed of patch releases: a comparison of two trees each
  const stack_settings* rules = nullptr;  ///< for `kinds`
};

/// A commit that reverts another one which had been released by then: that release failed.
struct reverted_release {
  std::string revert, reverted;  ///< commits
  timestamp at;
  std::size_t release = 0;  ///< the first one that had it
};

/// A release, a failure by a revert, a commit or a tag, as the history shows it now.
struct git_thing {
  thing_type type;           ///< deployment, incident, commit or tag
  std::string name;          ///< the release's tag, the commit that reverts, the commit, the tag
  timestamp at;              ///< when it happened
  std::string culprit = {};  ///< of an incident: the tag of the release that failed
  json::object fields = {};  ///< null: known to be absent; without an entry: not looked at
};

struct git_history {
  git::chosen_releases releases;
  std::vector<timestamp>
      reverts;  ///< on HEAD's history, by git's own words in subject or body, reapplied ones left out
  std::vector<reverted_release> reverted;                     ///< by time
  std::size_t commits = 0, hotfix_branches = 0, unsized = 0;  ///< the last: a partial clone lacks the files
  std::vector<git_thing> things;
  timestamp state_at;                             ///< the newest time that its refs reach
  std::map<std::string, timestamp> reached_head;  ///< commits on HEAD's history
  std::map<std::string, std::size_t> kinds;       ///< releases by what rules and stack say of them, and why
};

/// `progress(done, of)`: called while commits are read (of: 0, unknown) and while releases are. What is dated after
/// `now` counts as of now for `state_at`.
git_history read_git_history(const repository&, const git_question&, timestamp now,
                             const std::function<void(std::size_t, std::size_t)>& progress);

/// By month, in the calendar's zone: releases, patches and how soon they followed in their line, reverts; then `kinds`.
std::string summary(const git_history&, const calendar&);
/// What would make hotfixes of a history that shows none; empty: it shows some, or nothing would.
std::string advice_on_hotfixes(const git_history&);

}
