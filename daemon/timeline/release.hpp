#pragma once
// One release over several production environments (figures.md section 17): combines the changes of a group's
// environments into releases, and its rollbacks likewise. Pure.
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/timeline/identity.hpp"
#include "daemon/timeline/thing.hpp"

namespace releasehealth {

/// A change of one service in an environment of a group.
struct rolled_out {
  std::string_view environment;
  timestamp finished_at;
  const identity* what;
};
/// For each change, in stack order, the index of the first change of its release, which is its own if it begins one. A
/// change joins the latest release of the same identity whose last change is at most `window` older and which has no
/// change in this environment yet.
std::vector<std::size_t> find_releases(std::span<const rolled_out> ordered, duration window);

/// A rollback in an environment of a group.
struct group_rollback {
  timestamp finished_at;
  std::set<std::string> releases;  ///< whose changes it popped, identified by any unique name
};
/// For each rollback, in stack order, the index of the first rollback that it is combined with. Rollbacks are combined
/// if each finished at most `window` after a preceding one that popped a change of the same release.
std::vector<std::size_t> find_group_rollbacks(std::span<const group_rollback> ordered, duration window);

}
