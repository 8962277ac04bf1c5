#pragma once
// A repository's history as events: releases, what they contain, reverts of what was released, hotfix branches, picks.
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "daemon/import/history.hpp"
#include "daemon/import/repository.hpp"
#include "daemon/timeline/kind.hpp"

namespace releasehealth {

struct git_question {
  git::tag_scheme tags;
  history_defaults belong_to;
  std::optional<timestamp> since;   ///< events from then on; what came before still counts as predecessor
  bool with_sizes = true;           ///< lines changed of patch releases: a comparison of two trees each
  const rulebook* rules = nullptr;  ///< for `kinds`
};

/// A commit that reverts another one which had been released by then: that release failed.
struct reverted_release {
  std::string revert, reverted;  ///< commits
  timestamp at;
  std::size_t release = 0;  ///< the first one that had it
};

struct git_history {
  git::chosen_releases releases;
  std::vector<timestamp>
      reverts;  ///< on HEAD's history, by git's own words in subject or body, reapplied ones left out
  std::vector<reverted_release> reverted;  ///< by time
  std::size_t commits = 0, hotfix_branches = 0;
  std::vector<event> events;
  std::map<std::string, std::size_t> kinds;  ///< releases by what the rules say of them, and which rule
};

/// `progress(done, of)`: called while commits are read (of: 0, unknown) and while releases are.
git_history read_git_history(const repository&, const git_question&,
                             const std::function<void(std::size_t, std::size_t)>& progress);

/// By month, in the calendar's zone: releases, patches and how soon they followed in their line, reverts.
std::string summary(const git_history&, const calendar&);

}
