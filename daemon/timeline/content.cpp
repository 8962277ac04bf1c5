#include "daemon/timeline/content.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace releasehealth {
namespace {

/// Walks from the change and from its base towards older commits, the newest first, and marks what each of them
/// contains.
class commit_walk {
 public:
  explicit commit_walk(const commit_finder& find) : find_(find) {}

  change_content run(const content_question& q) {
    change_content out;
    enter(q.commit, by_change, timestamp::max());
    enter(q.base, by_base, timestamp::max());
    while (!open_.empty() && !is_done()) {
      const auto sha = open_.begin()->second;
      auto& own = visits_.at(sha);
      leave_open(own, sha);
      const auto* node = find_(sha);
      if (!node || !node->parents) {
        out.missing = sha;
        return out;
      }
      if (own.marks == by_change) add_new(own, *node);
      const auto marks = own.marks;
      const auto instant = own.instant;
      for (const auto& parent : *node->parents) enter(parent, marks, instant);
      if (visits_.size() > most_commits) return out;
    }
    out.is_known = true;
    sum_up(out);
    return out;
  }

 private:
  static constexpr unsigned by_change = 1, by_base = 2;
  struct visit {
    unsigned marks = 0;
    timestamp instant = {};  ///< of the commit; if not reported, of the commit that led to it
    bool is_open = false;
    const commit_node* added = nullptr;  ///< among the new commits
  };
  /// The newest first; equal times by name, so that the walk does not depend on the order of reports.
  using open_visits = std::set<std::pair<timestamp, std::string>, std::greater<>>;

  void enter(const std::string& sha, unsigned marks, timestamp instant) {
    auto& p = visits_[sha];
    if ((p.marks | marks) == p.marks) return;
    if (p.marks == 0) {
      const auto* node = find_(sha);
      p.instant = node && node->committed_at ? *node->committed_at : instant;
    }
    if (p.is_open) leave_open(p, sha);
    p.marks |= marks;
    if (p.added && p.marks != by_change) remove_new(p);
    open_.emplace(p.instant, sha);
    p.is_open = true;
    new_open_ += p.marks == by_change ? 1 : 0;
  }

  void leave_open(visit& p, const std::string& sha) {
    open_.erase({p.instant, sha});
    p.is_open = false;
    new_open_ -= p.marks == by_change ? 1 : 0;
  }

  void add_new(visit& p, const commit_node& node) {
    p.added = &node;
    new_.emplace(p.instant, &node);
  }
  void remove_new(visit& p) {
    new_.erase({p.instant, p.added});
    p.added = nullptr;
  }

  // The base may still contain a commit that looks new as long as it has commits to visit that are not clearly older.
  bool is_done() const {
    if (new_open_ > 0) return false;
    return new_.empty() || open_.begin()->first < new_.begin()->first - most_clock_skew;
  }

  void sum_up(change_content& out) const {
    std::int64_t lines = 0;
    bool are_lines_known = true;
    for (const auto& [instant, node] : new_) {
      if (node->parents->size() > 1) continue;
      ++out.commits;
      if (node->committed_at)
        out.first_commit_at = std::min(out.first_commit_at.value_or(timestamp::max()), *node->committed_at);
      are_lines_known = are_lines_known && node->lines_changed;
      lines += node->lines_changed.value_or(0);
    }
    if (are_lines_known && out.commits > 0) out.lines_changed = lines;
  }

  const commit_finder& find_;
  std::unordered_map<std::string, visit> visits_;
  open_visits open_;
  std::set<std::pair<timestamp, const commit_node*>> new_;  ///< contained in the change alone
  std::size_t new_open_ = 0;
};

void find_branch_point(const content_question& q, const commit_finder& find, change_content& out) {
  const auto* own = find(q.commit);
  const auto* node = own;
  for (std::size_t passed = 0; passed < most_commits; ++passed) {
    if (!node || !node->parents || node->parents->empty()) return;
    const auto& parent = node->parents->front();
    if (parent == q.base) {
      out.is_based_on_live = true;
      return;
    }
    node = find(parent);
    if (!node) {
      if (out.missing.empty()) out.missing = parent;
      return;
    }
    const bool is_own = !own->pull_request.empty() && node->pull_request == own->pull_request;
    if (!is_own && node->reached_at && *node->reached_at <= q.started_at) {
      out.is_based_on_live = false;
      return;
    }
  }
}

}

change_content content_of(const content_question& q, const commit_finder& find) {
  if (q.base.empty()) return {};
  auto out = commit_walk(find).run(q);
  if (out.is_known && out.commits > 0) find_branch_point(q, find, out);
  return out;
}

std::optional<timestamp> first_contained(const std::string& commit, timestamp committed_at,
                                         std::span<const branch_commit> branch, const commit_finder& find) {
  std::set<std::string> visited;  // by earlier commits of the branch, which do not contain it
  for (const auto& b : branch) {
    std::vector<std::string> open = {b.sha};
    while (!open.empty()) {
      const auto sha = std::move(open.back());
      open.pop_back();
      if (sha == commit) return b.reached_at;
      if (visited.size() >= most_commits || !visited.insert(sha).second) continue;
      const auto* node = find(sha);
      const bool is_older = node && node->committed_at && *node->committed_at < committed_at - most_clock_skew;
      if (node && node->parents && !is_older) open.insert(open.end(), node->parents->begin(), node->parents->end());
    }
  }
  return {};
}

}
