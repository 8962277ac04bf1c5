#pragma once
// One release over several production environments (figures.md section 17): which changes of a group's environments are
// one, and which of its rollbacks. Pure.
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
/// For each change, in the order of the stack, the first change of its release; itself: it begins one. A change joins
/// the latest release of the same identity whose last change is at most `window` older, and which is not in its
/// environment yet.
std::vector<std::size_t> find_releases(std::span<const rolled_out> ordered, duration window);

/// A rollback in an environment of a group.
struct group_rollback {
  timestamp finished_at;
  std::set<std::string> releases;  ///< whose changes it popped, each by any name of its own
};
/// For each rollback, in the order of the stack, the first of those that are one with it: they follow each other, each
/// at most `window` after one before it that popped a change of the same release.
std::vector<std::size_t> find_group_rollbacks(std::span<const group_rollback> ordered, duration window);

}
