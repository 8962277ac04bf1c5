#pragma once
// A state of a repository that was read becomes events, which say what differs from what is stored (figures.md section
// 22): importing again updates, whichever of two states is read first.
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/import/git_history.hpp"

namespace releasehealth {

/// Whose history was read, and how much of it. Repository, service, environment and prefix belong to the identity of
/// everything that an import tells: two repositories may have the same tags.
struct git_read {
  std::string repository, service, environment, prefix;
  std::string
      former_service;  ///< the name by which releases before 2026-12 took this repository for a service; may be empty
  bool is_complete = false;  ///< all tags and commits: what is stored and not found is retracted
  timestamp state_at;
  const std::vector<git_thing>& things;
  const std::vector<git::tag>& others;  ///< tags that the pattern leaves out: another import may have stored them
  const std::map<std::string, timestamp>& reached_head;  ///< commits on HEAD's history
  std::function<bool(const std::string&)> has_commit;

  /// What the ids of its events begin with.
  std::string id_prefix() const;
};

/// The beginning that all ids of repositories' events have.
inline constexpr std::string_view git_id_prefix = "git-";

struct git_update {
  std::vector<event> events;
  std::size_t retracted = 0;
  std::optional<timestamp> newer_state;  ///< stored already, so that nothing of this one is
  std::string stored_as;  ///< not empty: the same releases are stored under this repository's name; nothing is told
};

/// `stored`: what the source told before, in any order: everything whose id begins with id_prefix(), the deployments
/// and incidents of its service and of `former_service` in its environment, and everything about the commits of
/// `things`.
git_update tell_differences(const git_read&, const std::vector<event>& stored);

}
