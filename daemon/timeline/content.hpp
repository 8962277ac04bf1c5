#pragma once
// What a change brings: the commits between it and the change that was live before, by the ancestry that commits
// report.
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/time.hpp"

namespace releasehealth {

/// A commit as reports describe it.
struct commit_node {
  std::string sha;
  std::optional<std::vector<std::string>> parents;  ///< none: not reported
  std::optional<timestamp> committed_at;
  std::optional<std::int64_t> lines_changed;
  std::optional<timestamp> reached_at;  ///< the default branch
  std::string pull_request;
};

/// Finds a commit by its whole name; null if no report names it.
using commit_finder = std::function<const commit_node*(const std::string& sha)>;

/// A walk over more commits ends without a result.
inline constexpr std::size_t most_commits = 10'000;
/// A commit that is older than its own ancestors by more than this may be taken for a new one.
inline constexpr std::chrono::hours most_clock_skew{24};

struct content_question {
  std::string commit;    ///< of the change
  std::string base;      ///< the commit of the change that was live before; empty: none is known
  timestamp started_at;  ///< of the change
};

struct change_content {
  bool is_known = false;                      ///< false: a commit is missing, or the walk is too long
  std::string missing;                        ///< a commit whose report would continue the walk
  std::optional<timestamp> first_commit_at;   ///< the earliest `committed_at`; none without new commits
  std::size_t commits = 0;                    ///< without merges
  std::optional<std::int64_t> lines_changed;  ///< the sum; none if a commit does not report its lines
  /// Whether the commit that the change was based on is the base: the first of its first parents that is the base, or
  /// that was in the default branch when the change started. Commits of its own pull request are passed over.
  std::optional<bool> is_based_on_live;
  bool operator==(const change_content&) const = default;
};

/// A commit of the default branch, and when it reached it.
struct branch_commit {
  std::string sha;
  timestamp reached_at;
};
/// When the default branch first contained a commit, by commits of it in the order of `reached_at`. Follows no commits
/// that are older than `committed_at` by more than most_clock_skew; at most most_commits in all.
std::optional<timestamp> first_contained(const std::string& commit, timestamp committed_at,
                                         std::span<const branch_commit>, const commit_finder&);

/// The commits that are reachable from the change and not from the base (git log base..commit), without merges.
change_content content_of(const content_question&, const commit_finder&);

}
