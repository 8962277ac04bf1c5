#include "daemon/import/git_history.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <unordered_map>

#include "collectors/fields.hpp"
#include "collectors/signature.hpp"
#include "daemon/figures/period.hpp"

namespace releasehealth {
namespace {

using index = std::uint32_t;
constexpr index none = std::numeric_limits<index>::max();

/// The commits that releases and HEAD are made of.
struct graph {
  struct node {
    timestamp committed_at, authored_at;
    std::vector<index> parents;
    index released_in = none;  ///< the first release from which it is reachable
    bool is_on_head = false;
  };
  std::vector<std::string> ids;
  std::vector<node> nodes;
  std::unordered_map<std::string, index> by_id;
  std::unordered_map<index, git::message> messages;  ///< of those that say something of others

  index at(const std::string& id) const {
    const auto found = by_id.find(id);
    return found == by_id.end() ? none : found->second;
  }
  bool is_merge(index n) const { return nodes[n].parents.size() > 1; }

  /// Every commit reachable from one, those left out from which `enter` says no.
  template <class Enter>
  void visit(index from, Enter enter) const {
    std::vector<index> open{from};
    while (!open.empty()) {
      const auto n = open.back();
      open.pop_back();
      if (!enter(n)) continue;
      open.insert(open.end(), nodes[n].parents.begin(), nodes[n].parents.end());
    }
  }
};

graph read_graph(const repository& from, const std::vector<git::release>& releases, const std::string& head,
                 const std::function<void(std::size_t, std::size_t)>& progress) {
  graph g;
  std::vector<std::string> begin;
  std::unordered_map<std::string, bool> is_tagged;
  for (const auto& r : releases) {
    begin.push_back(r.commit);
    is_tagged[r.commit] = true;
  }
  if (!head.empty()) begin.push_back(head);
  std::vector<std::vector<std::string>> parents;
  constexpr std::size_t often = 1000;
  if (!begin.empty())
    from.walk(begin, [&](git_commit_info c) {
      const auto n = static_cast<index>(g.ids.size());
      const auto& m = c.says;
      if (!m.reverts.empty() || !m.picked_from.empty() || !m.hotfix_branch.empty() || m.is_revert || m.is_reapply ||
          is_tagged.contains(c.id))
        g.messages.emplace(n, std::move(c.says));
      g.by_id.emplace(c.id, n);
      g.ids.push_back(std::move(c.id));
      g.nodes.push_back({c.committed_at, c.authored_at, {}, none, false});
      parents.push_back(std::move(c.parents));
      if (g.ids.size() % often == 0) progress(g.ids.size(), 0);
    });
  for (std::size_t n = 0; n < parents.size(); ++n)
    for (const auto& p : parents[n])
      if (const auto known = g.at(p); known != none) g.nodes[n].parents.push_back(known);
  return g;
}

// A commit belongs to the first release from which it is reachable.
void release_commits(graph& g, const std::vector<git::release>& releases) {
  for (std::size_t r = 0; r < releases.size(); ++r)
    g.visit(g.at(releases[r].commit), [&](index n) {
      if (g.nodes[n].released_in != none) return false;
      g.nodes[n].released_in = static_cast<index>(r);
      return true;
    });
}

void mark_head(graph& g, const std::string& head) {
  if (head.empty()) return;
  g.visit(g.at(head), [&](index n) {
    if (g.nodes[n].is_on_head) return false;
    return g.nodes[n].is_on_head = true;
  });
}

/// Commits on HEAD's history by their names' beginnings.
class names_on_head {
 public:
  explicit names_on_head(const graph& g) : graph_(g) {
    for (index n = 0; n < g.ids.size(); ++n)
      if (g.nodes[n].is_on_head) sorted_.push_back(n);
    std::ranges::sort(sorted_, {}, [&](index n) -> const std::string& { return g.ids[n]; });
  }
  /// The only commit whose name begins like that.
  index find(const std::string& prefix) const {
    const auto at =
        std::ranges::lower_bound(sorted_, prefix, {}, [&](index n) -> const std::string& { return graph_.ids[n]; });
    const auto fits = [&](auto it) { return it != sorted_.end() && graph_.ids[*it].starts_with(prefix); };
    return fits(at) && !fits(std::next(at)) ? *at : none;
  }

 private:
  const graph& graph_;
  std::vector<index> sorted_;
};

void find_reverts(const graph& g, const std::vector<git::release>& releases, git_history& into) {
  const names_on_head names(g);
  for (const auto& [n, m] : g.messages) {
    const bool is_by_git = m.subject.starts_with("Revert \"") || !m.reverts.empty();
    if (!g.nodes[n].is_on_head || !is_by_git || m.is_reapply) continue;
    const auto at = g.nodes[n].committed_at;
    into.reverts.push_back(at);
    const auto target = m.reverts.empty() ? none : names.find(m.reverts);
    if (target == none || g.nodes[target].released_in == none) continue;
    const auto release = g.nodes[target].released_in;
    if (releases[release].at <= at) into.reverted.push_back({g.ids[n], g.ids[target], at, release});
  }
  std::ranges::sort(into.reverts);
  std::ranges::sort(into.reverted,
                    [](const auto& a, const auto& b) { return std::tie(a.at, a.revert) < std::tie(b.at, b.revert); });
}

/// Hotfix branches that were merged: by what follows `hotfix/`, without a `v`.
std::map<std::string, std::string> find_hotfix_branches(const graph& g) {
  std::map<std::string, std::string> all;
  for (const auto& [n, m] : g.messages) {
    if (m.hotfix_branch.empty()) continue;
    auto name = m.hotfix_branch.substr(m.hotfix_branch.find_first_of("/-", 4) + 1);
    if (name.starts_with('v')) name.erase(0, 1);
    all.emplace(std::move(name), m.hotfix_branch);
  }
  return all;
}

std::string short_id(const std::string& what) {
  constexpr std::size_t enough = 32;
  return sha256_hex(what).substr(0, enough);
}

event make(const std::string& type, const std::string& id, const std::string& subject, timestamp at) {
  event e;
  e.type = e.thing = type;
  e.id = "git-" + short_id(id);
  e.subject = subject;
  e.time = at;
  return e;
}

/// Oldest of the commits that a release brought, merges left out.
std::vector<std::optional<timestamp>> first_commits(const graph& g, std::size_t releases) {
  std::vector<std::optional<timestamp>> all(releases);
  for (index n = 0; n < g.nodes.size(); ++n) {
    const auto r = g.nodes[n].released_in;
    if (r == none || g.is_merge(n)) continue;
    all[r] = std::min(all[r].value_or(timestamp::max()), g.nodes[n].committed_at);
  }
  return all;
}

class event_writer {
 public:
  event_writer(const graph& g, const git_question& q, git_history& into)
      : graph_(g), asked_(q), into_(into), branches_(find_hotfix_branches(g)) {
    into.hotfix_branches = branches_.size();
  }

  void release(const git::release& r, std::optional<timestamp> first_commit, std::optional<std::int64_t> lines) {
    auto e = make("deployment", "release " + r.name, r.name, r.at);
    place(e);
    put(e, "state", "succeeded");
    put(e, "version", r.version);
    put(e, "tag", r.name);
    put(e, "commit", r.commit);
    put(e, "finished_at", r.at);
    if (first_commit && *first_commit <= r.at)
      put(e, "first_commit_at", first_commit);
    else
      e.fields["first_commit_at"] = nullptr;  // no new commit: the author's time of the tagged one is no lead time
    if (r.predecessor) put(e, "line_released_at", into_.releases.all[*r.predecessor].at);
    if (lines) e.fields["lines_changed"] = *lines;
    put(e, "ref", branch_of(r));
    count_kind(r, e);
    add(std::move(e));
    commit(graph_.at(r.commit));
  }

  // What a hotfix owes is seen from where its commit is, and from picks of it.
  void commit(index n) {
    const auto& c = graph_.nodes[n];
    const auto& m = graph_.messages.at(n);
    auto e = make("commit", "commit " + graph_.ids[n], graph_.ids[n], c.committed_at);
    put(e, "commit", graph_.ids[n]);
    put(e, "title", m.subject.substr(0, max_text));
    put(e, "authored_at", c.authored_at);
    put(e, "picked_from", m.picked_from);
    put(e, "reverts", m.reverts);
    e.fields["default_branch"] = c.is_on_head;
    add(std::move(e));
  }

  // The release failed with its revert, and was mended by the release that has it; one that nothing has yet is open.
  void failure(const reverted_release& f, const git::release& failed, const git::release* mended, bool is_last) {
    auto e = make("incident", "revert " + f.revert, "revert-" + f.revert.substr(0, 12), f.at);
    place(e);
    put(e, "culprit", failed.name);
    put(e, "started_at", f.at);
    put(e, "detected_at", f.at);
    put(e, "title", graph_.messages.at(graph_.at(f.revert)).subject.substr(0, max_text));
    const bool is_open = !mended && is_last;
    put(e, "state", is_open ? "open" : "resolved");
    if (!is_open) put(e, "resolved_at", mended ? std::max(mended->at, f.at) : f.at);
    add(std::move(e));
  }

 private:
  void count_kind(const git::release& r, const event& e) {
    if (!asked_.rules) return;
    deployment d;
    d.version = r.version;
    d.finished_at = r.at;
    d.facts = e.fields;
    d.commit_facts["title"] = graph_.messages.at(graph_.at(r.commit)).subject;
    const auto before = r.predecessor ? std::optional(into_.releases.all[*r.predecessor].at) : std::nullopt;
    const auto decided = decide_by_rules(*asked_.rules, d, before);
    ++into_.kinds[decided.kind + ": " + decided.reason];
  }
  void place(event& e) const {
    put(e, "service", asked_.belong_to.service);
    put(e, "environment", asked_.belong_to.environment);
  }
  void add(event e) {
    if (!asked_.since || e.time >= *asked_.since) into_.events.push_back(std::move(e));
  }
  // The hotfix branch that is named like the version, or that the released commit merges.
  std::string branch_of(const git::release& r) const {
    auto version = r.version;
    if (version.starts_with('v')) version.erase(0, 1);
    if (const auto named = branches_.find(version); named != branches_.end()) return named->second;
    return graph_.messages.at(graph_.at(r.commit)).hotfix_branch;
  }

  const graph& graph_;
  const git_question& asked_;
  git_history& into_;
  std::map<std::string, std::string> branches_;
};

}

git_history read_git_history(const repository& from, const git_question& q,
                             const std::function<void(std::size_t, std::size_t)>& progress) {
  git_history h;
  h.releases = git::choose_releases(from.tags(), q.tags);
  const auto& releases = h.releases.all;
  const auto head = from.head();
  auto g = read_graph(from, releases, head, progress);
  h.commits = g.ids.size();
  release_commits(g, releases);
  mark_head(g, head);
  find_reverts(g, releases, h);

  event_writer write(g, q, h);
  const auto first = first_commits(g, releases.size());
  for (std::size_t n = 0; n < releases.size(); ++n) {
    const auto& r = releases[n];
    const bool is_wanted = !q.since || r.at >= *q.since;
    std::optional<std::int64_t> lines;
    if (q.with_sizes && is_wanted && r.is_patch && r.predecessor)
      lines = from.lines_changed(releases[*r.predecessor].commit, r.commit);
    write.release(r, n > 0 ? first[n] : std::nullopt, lines);  // what the first one brought is everything before it
    progress(n + 1, releases.size());
  }
  for (const auto& f : h.reverted) {
    const auto mended = g.nodes[g.at(f.revert)].released_in;
    write.failure(f, releases[f.release], mended == none ? nullptr : &releases[mended], releases.back().at < f.at);
  }
  std::vector<index> picks;
  for (const auto& [n, m] : g.messages)
    if (!m.picked_from.empty()) picks.push_back(n);
  std::ranges::sort(picks);
  for (const auto n : picks) write.commit(n);
  return h;
}

std::string summary(const git_history& h, const calendar& zone) {
  struct row {
    std::size_t releases = 0, patches = 0, day = 0, two_days = 0, week = 0, reverts = 0, reverted = 0;
  };
  std::map<std::string, row> months;
  const auto month_at = [&](timestamp at) -> row& { return months[format_month(zone.month_of(at))]; };
  constexpr duration day = std::chrono::hours{24}, two_days = 2 * day, week = 7 * day;
  for (const auto& r : h.releases.all) {
    auto& m = month_at(r.at);
    ++m.releases;
    if (!r.is_patch) continue;
    ++m.patches;
    const auto gap = r.gap(h.releases.all);
    if (!gap || *gap < duration{0}) continue;
    m.day += *gap <= day ? 1 : 0;
    m.two_days += *gap <= two_days ? 1 : 0;
    m.week += *gap <= week ? 1 : 0;
  }
  for (const auto at : h.reverts) ++month_at(at).reverts;
  for (const auto& f : h.reverted) ++month_at(f.at).reverted;
  std::string out = "month    releases  patches  within 24h  within 48h  within 7d  reverts  of a release\n";
  for (const auto& [name, m] : months) {
    char line[120];
    (void)std::snprintf(line, sizeof line, "%-8s %8zu %8zu %11zu %11zu %10zu %8zu %13zu\n", name.c_str(), m.releases,
                        m.patches, m.day, m.two_days, m.week, m.reverts, m.reverted);
    out += line;
  }
  for (const auto& [kind, count] : h.kinds) out += kind + "  " + std::to_string(count) + '\n';
  return out;
}

}
