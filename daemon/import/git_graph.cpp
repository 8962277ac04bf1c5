#include "daemon/import/git_graph.hpp"

#include <algorithm>

namespace releasehealth {
namespace {

// Visits every commit reachable from the first one. If `enter` returns false for a commit, its parents are not
// followed.
template <class Enter>
void visit(const commit_graph& g, commit_index first, Enter enter) {
  std::vector<commit_index> open;
  if (first != no_commit) open.push_back(first);
  while (!open.empty()) {
    const auto n = open.back();
    open.pop_back();
    if (!enter(n)) continue;
    open.insert(open.end(), g.nodes[n].parents.begin(), g.nodes[n].parents.end());
  }
}

// Follows HEAD's first parents from the oldest on. A commit reached HEAD with the first of them that contains it.
void reach_head(commit_graph& g, const std::string& head) {
  std::vector<commit_index> line;
  for (auto n = g.at(head); n != no_commit; n = g.nodes[n].parents.empty() ? no_commit : g.nodes[n].parents.front())
    line.push_back(n);
  for (auto own = line.rbegin(); own != line.rend(); ++own) {
    const auto reached = g.nodes[*own].committed_at;
    visit(g, *own, [&](commit_index n) {
      if (g.nodes[n].reached_head) return false;
      g.nodes[n].reached_head = reached;
      return true;
    });
  }
}

bool says_something(const git::message& m) {
  return !m.reverts.empty() || !m.picked_from.empty() || !m.hotfix_branch.empty() || m.is_revert || m.is_reapply;
}

}

commit_graph read_graph(const repository& history, const std::vector<git::release>& releases, const std::string& head,
                        const std::function<void(std::size_t, std::size_t)>& progress) {
  commit_graph g;
  std::vector<std::string> begin;
  std::unordered_map<std::string, bool> is_tagged;
  for (const auto& r : releases) {
    begin.push_back(r.commit);
    is_tagged[r.commit] = true;
  }
  if (!head.empty()) begin.push_back(head);
  std::vector<std::vector<std::string>> parents;
  constexpr std::size_t often = 1000;
  history.walk(begin, [&](git_commit_info c) {
    const auto n = static_cast<commit_index>(g.ids.size());
    if (says_something(c.says) || is_tagged.contains(c.id)) g.messages.emplace(n, std::move(c.says));
    g.by_id.emplace(c.id, n);
    g.ids.push_back(std::move(c.id));
    g.nodes.push_back({c.committed_at, c.authored_at, {}, c.is_cut, no_commit, {}});
    parents.push_back(std::move(c.parents));
    if (g.ids.size() % often == 0) progress(g.ids.size(), 0);
  });
  for (std::size_t n = 0; n < parents.size(); ++n)
    for (const auto& p : parents[n]) g.nodes[n].parents.push_back(g.at(p));
  reach_head(g, head);
  return g;
}

std::vector<release_content> release_commits(commit_graph& g, const std::vector<git::release>& releases) {
  std::vector<release_content> all(releases.size());
  for (std::size_t r = 0; r < releases.size(); ++r)
    visit(g, g.at(releases[r].commit), [&](commit_index n) {
      auto& node = g.nodes[n];
      if (node.released_in != no_commit) return false;
      node.released_in = static_cast<commit_index>(r);
      all[r].is_cut |= node.is_cut;
      if (!node.is_merge()) {
        ++all[r].commits;
        all[r].first = std::min(all[r].first.value_or(timestamp::max()), node.committed_at);
      }
      return true;
    });
  return all;
}

names_on_head::names_on_head(const commit_graph& g) : graph_(g) {
  for (commit_index n = 0; n < g.ids.size(); ++n)
    if (g.nodes[n].reached_head) sorted_.push_back(n);
  std::ranges::sort(sorted_, {}, [&](commit_index n) -> const std::string& { return g.ids[n]; });
}

commit_index names_on_head::find(const std::string& beginning) const {
  const auto found = std::ranges::lower_bound(sorted_, beginning, {},
                                              [&](commit_index n) -> const std::string& { return graph_.ids[n]; });
  const auto fits = [&](auto it) { return it != sorted_.end() && graph_.ids[*it].starts_with(beginning); };
  return fits(found) && !fits(std::next(found)) ? *found : no_commit;
}

}
