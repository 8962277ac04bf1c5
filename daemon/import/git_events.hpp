#pragma once
// Converts the state of a repository to events that report differences from the stored state (figures.md section 22).
// Importing again updates the ledger, in whichever order two states are read.
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/import/git_history.hpp"

namespace releasehealth {

/// The history that was read, and its extent. Repository, service, environment and prefix are part of the identity of
/// everything that an import reports, because two repositories may have the same tags.
struct git_read {
  std::string repository, service, environment, prefix;
  std::string
      former_service;  ///< the service name that imports before 2026-12 derived from this repository; may be empty
  bool is_complete = false;  ///< all tags and commits were read: stored things that were not found are retracted
  timestamp state_at;
  const std::vector<git_thing>& things;
  const std::vector<git::tag>& others;  ///< tags that the pattern excludes; another import may have stored them
  const std::map<std::string, timestamp>& reached_head;  ///< commits on HEAD's history
  std::function<bool(const std::string&)> has_commit;

  /// The prefix of its events' ids.
  std::string id_prefix() const;
};

/// The prefix of the ids of all repositories' events.
inline constexpr std::string_view git_id_prefix = "git-";

struct git_update {
  std::vector<event> events;
  std::size_t retracted = 0;
  std::optional<timestamp> newer_state;  ///< the time of a newer stored state, if any; then there are no events
  std::string stored_as;  ///< another repository name with the same releases stored; if not empty, no events
};

/// `stored`: the source's stored events, in any order: those whose id begins with id_prefix(), deployments and
/// incidents of the service and of `former_service` in the environment, and those about the commits of `things`.
git_update tell_differences(const git_read&, const std::vector<event>& stored);

}
