#pragma once
// The commits of releases and HEAD: the release that contains each first, and when each reached HEAD's history.
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/import/repository.hpp"

namespace releasehealth {

/// A commit's index in the graph.
using commit_index = std::uint32_t;
inline constexpr commit_index no_commit = std::numeric_limits<commit_index>::max();

struct commit_graph {
  struct node {
    timestamp committed_at, authored_at;
    std::vector<commit_index> parents;
    bool is_cut = false;                    ///< its parents are missing (shallow clone)
    commit_index released_in = no_commit;   ///< the first release from which it is reachable
    std::optional<timestamp> reached_head;  ///< time of the first commit on HEAD's first-parent line that contains it
    bool is_merge() const { return parents.size() > 1; }
  };
  std::vector<std::string> ids;
  std::vector<node> nodes;
  std::unordered_map<std::string, commit_index> by_id;
  std::unordered_map<commit_index, git::message> messages;  ///< of releases, reverts, cherry-picks and hotfix merges

  commit_index at(const std::string& id) const {
    const auto found = by_id.find(id);
    return found == by_id.end() ? no_commit : found->second;
  }
};

/// `progress(done, 0)`: called while commits are read.
commit_graph read_graph(const repository&, const std::vector<git::release>&, const std::string& head,
                        const std::function<void(std::size_t, std::size_t)>& progress);

/// The content of a release: commits that no earlier release contains, without merges.
struct release_content {
  std::size_t commits = 0;
  std::optional<timestamp> first;  ///< the oldest one
  bool is_cut = false;             ///< a shallow clone lacks some of its commits
};
/// Assigns commits to the first release that contains them. Returns one content per release, in the same order.
std::vector<release_content> release_commits(commit_graph&, const std::vector<git::release>&);

/// Finds commits on HEAD's history by abbreviated ids.
class names_on_head {
 public:
  explicit names_on_head(const commit_graph&);
  /// The only commit whose id begins with `beginning`; no_commit if there is none or several.
  commit_index find(const std::string& beginning) const;

 private:
  const commit_graph& graph_;
  std::vector<commit_index> sorted_;
};

}
