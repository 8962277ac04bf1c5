#pragma once
// The commits that releases and HEAD are made of: which release each came with, and when it reached HEAD's history.
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "daemon/import/repository.hpp"

namespace releasehealth {

/// A commit's place in the graph.
using commit_index = std::uint32_t;
inline constexpr commit_index no_commit = std::numeric_limits<commit_index>::max();

struct commit_graph {
  struct node {
    timestamp committed_at, authored_at;
    std::vector<commit_index> parents;
    bool is_cut = false;                    ///< what came before it is not here
    commit_index released_in = no_commit;   ///< the first release from which it is reachable
    std::optional<timestamp> reached_head;  ///< the first commit of HEAD's own line (first parents) that has it
    bool is_merge() const { return parents.size() > 1; }
  };
  std::vector<std::string> ids;
  std::vector<node> nodes;
  std::unordered_map<std::string, commit_index> by_id;
  std::unordered_map<commit_index, git::message> messages;  ///< of those that say something of others, or are released

  commit_index at(const std::string& id) const {
    const auto found = by_id.find(id);
    return found == by_id.end() ? no_commit : found->second;
  }
};

/// `progress(done, 0)`: called while commits are read.
commit_graph read_graph(const repository&, const std::vector<git::release>&, const std::string& head,
                        const std::function<void(std::size_t, std::size_t)>& progress);

/// What a release brought: commits that no earlier release had, merges left out.
struct release_content {
  std::size_t commits = 0;
  std::optional<timestamp> first;  ///< the oldest one
  bool is_cut = false;             ///< a shallow clone lacks some of it
};
/// Assigns commits to the first release that has them. One content for each release, in their order.
std::vector<release_content> release_commits(commit_graph&, const std::vector<git::release>&);

/// Commits on HEAD's history by the beginnings of their names.
class names_on_head {
 public:
  explicit names_on_head(const commit_graph&);
  /// The only commit whose name begins like that, else no_commit.
  commit_index find(const std::string& beginning) const;

 private:
  const commit_graph& graph_;
  std::vector<commit_index> sorted_;
};

}
