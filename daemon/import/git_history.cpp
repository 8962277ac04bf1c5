#include "daemon/import/git_history.hpp"

#include <algorithm>
#include <map>

#include "collectors/base/utf8.hpp"
#include "collectors/fields.hpp"
#include "collectors/words.hpp"
#include "daemon/import/git_graph.hpp"

namespace releasehealth {
namespace {

void find_reverts(const commit_graph& g, const std::vector<git::release>& releases, git_history& read) {
  const names_on_head names(g);
  for (const auto& [n, m] : g.messages) {
    const bool is_by_git = m.subject.starts_with("Revert \"") || !m.reverts.empty();
    if (!g.nodes[n].reached_head || !is_by_git || m.is_reapply) continue;
    const auto instant = g.nodes[n].committed_at;
    read.reverts.push_back(instant);
    const auto target = m.reverts.empty() ? no_commit : names.find(m.reverts);
    if (target == no_commit || g.nodes[target].released_in == no_commit) continue;
    const auto release = g.nodes[target].released_in;
    if (releases[release].at <= instant) read.reverted.push_back({g.ids[n], g.ids[target], instant, release});
  }
  std::ranges::sort(read.reverts);
  std::ranges::sort(read.reverted, [](const auto& a, const auto& b) {
    return std::tie(a.reverted_at, a.revert) < std::tie(b.reverted_at, b.revert);
  });
}

/// Merged hotfix branches, by the part after `hotfix/` without a leading `v`.
std::map<std::string, std::string> find_hotfix_branches(const commit_graph& g) {
  std::map<std::string, std::string> all;
  for (const auto& [n, m] : g.messages) {
    if (m.hotfix_branch.empty()) continue;
    auto name = m.hotfix_branch.substr(m.hotfix_branch.find_first_of("/-", 4) + 1);
    if (name.starts_with('v')) name.erase(0, 1);
    all.emplace(std::move(name), m.hotfix_branch);
  }
  return all;
}

json::value or_null(const std::string& text) { return text.empty() ? json::value(nullptr) : json::value(text); }
json::value or_null(std::optional<timestamp> instant) {
  return instant ? json::value(format_time(*instant)) : json::value(nullptr);
}

// Truncates to the maximum length of a text field.
std::string cut_text(std::string_view text) { return std::string(first_bytes(text, max_text)); }

class thing_writer {
 public:
  thing_writer(const commit_graph& g, const git_question& q, git_history& read)
      : graph_(g), asked_(q), history_(read), branches_(find_hotfix_branches(g)) {
    read.hotfix_branches = branches_.size();
  }

  // The first release contains the whole earlier history, so its first commit does not show how long changes waited.
  void release(const git::release& r, const release_content& brought, bool is_first, std::optional<json::value> lines) {
    git_thing t{.type = thing_type::deployment, .name = r.name, .at = r.at};
    place(t);
    t.fields["state"] = word(deployment_state::succeeded);
    t.fields["version"] = r.version;
    t.fields["tag"] = r.name;
    t.fields["commit"] = r.commit;
    t.fields["finished_at"] = format_time(r.at);
    t.fields["ref"] = or_null(branch_of(r));
    const auto& all = history_.releases.all;
    t.fields["line_released_at"] = or_null(r.predecessor ? std::optional(all[*r.predecessor].at) : std::nullopt);
    if (!brought.is_cut) {
      const bool is_known = !is_first && brought.first && *brought.first <= r.at;
      t.fields["first_commit_at"] = or_null(is_known ? brought.first : std::nullopt);
      t.fields["new_commits"] = static_cast<std::int64_t>(brought.commits);
    }
    if (lines) t.fields["lines_changed"] = std::move(*lines);
    add(std::move(t));
    commit(graph_.at(r.commit));
  }

  // Whether a hotfix is merged back follows from where its commit is, and from cherry-picks of it.
  void commit(commit_index n) {
    const auto& c = graph_.nodes[n];
    const auto& m = graph_.messages.at(n);
    git_thing t{.type = thing_type::commit, .name = graph_.ids[n], .at = c.committed_at};
    t.fields["commit"] = graph_.ids[n];
    t.fields["title"] = or_null(cut_text(m.subject));
    t.fields["authored_at"] = format_time(c.authored_at);
    t.fields["picked_from"] = or_null(m.picked_from);
    t.fields["reverts"] = or_null(m.reverts);
    t.fields["default_branch"] = c.reached_head.has_value();
    t.fields["merged_at"] = or_null(c.reached_head);
    add(std::move(t));
  }

  // Reports every tag, because other tools may name versions by any of them. A date outside the limits of event times
  // is omitted.
  void tag(const git::tag& t, timestamp now) {
    if (!t.name.starts_with(asked_.tags.prefix) || count_characters(t.name) > max_name) return;
    git_thing out{.type = thing_type::tag, .name = t.name, .at = t.at};
    out.fields = {{"name", t.name}, {"commit", t.commit}, {"object", or_null(t.object)}, {"deleted", nullptr}};
    if (is_sane_time(t.at, now)) out.fields["at"] = format_time(t.at);
    add(std::move(out));
  }

  // A revert marks the failure of the reverted release. The failure is resolved by the first release that contains the
  // revert, and open until then.
  void failure(const reverted_release& f, const git::release& failed, const git::release* mended) {
    git_thing t{.type = thing_type::incident, .name = f.revert, .at = f.reverted_at, .culprit = failed.name};
    place(t);
    t.fields["started_at"] = format_time(f.reverted_at);
    t.fields["detected_at"] = format_time(f.reverted_at);
    t.fields["title"] = cut_text(graph_.messages.at(graph_.at(f.revert)).subject);
    t.fields["state"] = word(mended ? incident_state::resolved : incident_state::open);
    t.fields["resolved_at"] = or_null(mended ? std::optional(std::max(mended->at, f.reverted_at)) : std::nullopt);
    add(std::move(t));
  }

 private:
  void place(git_thing& t) const {
    t.fields["service"] = asked_.belong_to.service;
    t.fields["environment"] = asked_.belong_to.environment;
  }
  void add(git_thing t) {
    if ((asked_.since && t.at < *asked_.since) || (asked_.until && t.at >= *asked_.until)) return;
    history_.things.push_back(std::move(t));
  }
  // The hotfix branch that has the version in its name, or that the released commit merges. A feature release (x.y.0)
  // that happens to end with such a merge has no hotfix branch.
  std::string branch_of(const git::release& r) const {
    auto version = r.version;
    if (version.starts_with('v')) version.erase(0, 1);
    if (const auto named = branches_.find(version); named != branches_.end()) return named->second;
    const bool is_feature_release = r.numbers.size() > 2 && !r.is_patch;
    return is_feature_release ? std::string() : graph_.messages.at(graph_.at(r.commit)).hotfix_branch;
  }

  const commit_graph& graph_;
  const git_question& asked_;
  git_history& history_;
  std::map<std::string, std::string> branches_;
};

// Counts the kinds that derivation would assign if nothing else were deployed.
void count_kinds(git_history& h, const git_question& q) {
  std::map<std::string, json::object> commits;
  for (const auto& t : h.things)
    if (t.type == thing_type::commit) commits[t.name] = t.fields;
  std::vector<deployment> all;
  for (const auto& t : h.things) {
    if (t.type != thing_type::deployment) continue;
    deployment d;
    d.where = {q.belong_to.service, q.belong_to.environment};
    d.thing.subject = t.name;
    d.state = deployment_state::succeeded;
    d.version = text_at(t.fields, "/version");
    d.commit = text_at(t.fields, "/commit");
    d.started_at = d.finished_at = t.at;
    d.facts = t.fields;
    d.commit_facts = commits[d.commit];
    all.push_back(std::move(d));
  }
  order_deployments(all);
  for (const auto& v : run_stack(all, *q.rules)) ++h.kinds[std::string(word(v.kind.kind)) + ": " + v.kind.reason];
}

void write_releases(const repository& history, const git_question& q, const std::vector<release_content>& contents,
                    thing_writer& write, git_history& h,
                    const std::function<void(std::size_t, std::size_t)>& progress) {
  const auto& releases = h.releases.all;
  for (std::size_t n = 0; n < releases.size(); ++n) {
    const auto& r = releases[n];
    const bool is_wanted = (!q.since || r.at >= *q.since) && (!q.until || r.at < *q.until);
    std::optional<json::value> lines;
    if (q.with_sizes && is_wanted) {
      lines = nullptr;
      if (r.is_patch && r.predecessor) {
        const auto counted = history.lines_changed(releases[*r.predecessor].commit, r.commit);
        lines = counted ? std::optional<json::value>(*counted) : std::nullopt;
        h.unsized += counted ? 0 : 1;
      }
    }
    write.release(r, contents[n], n == 0, std::move(lines));
    progress(n + 1, releases.size());
  }
}

timestamp state_time(const repository& history, const commit_graph& g, const git::chosen_releases& releases,
                     timestamp now) {
  auto last = history.newest().value_or(timestamp{});
  for (const auto& n : g.nodes) last = std::max(last, n.committed_at);
  for (const auto& r : releases.all) last = std::max(last, r.at);
  return std::min(last, now);
}

}

git_history read_git_history(const repository& history, const git_question& q, timestamp now,
                             const std::function<void(std::size_t, std::size_t)>& progress) {
  git_history h;
  const auto tags = history.tags();
  h.releases = git::choose_releases(tags, q.tags);
  const auto& releases = h.releases.all;
  const auto head = history.head();
  auto g = read_graph(history, releases, head, progress);
  h.commits = g.ids.size();
  h.state_at = state_time(history, g, h.releases, now);
  const auto contents = release_commits(g, releases);
  for (commit_index n = 0; n < g.ids.size(); ++n)
    if (g.nodes[n].reached_head) h.reached_head.emplace(g.ids[n], *g.nodes[n].reached_head);
  find_reverts(g, releases, h);

  thing_writer write(g, q, h);
  write_releases(history, q, contents, write, h, progress);
  if (!history.is_shallow())  // without the full history, the first release with a commit is unknown
    for (const auto& f : h.reverted) {
      const auto mended = g.nodes[g.at(f.revert)].released_in;
      write.failure(f, releases[f.release], mended == no_commit ? nullptr : &releases[mended]);
    }
  std::vector<commit_index> picks;
  for (const auto& [n, m] : g.messages)
    if (!m.picked_from.empty()) picks.push_back(n);
  std::ranges::sort(picks, {}, [&](commit_index n) -> const std::string& { return g.ids[n]; });
  for (const auto n : picks) write.commit(n);
  for (const auto& t : tags) write.tag(t, now);
  if (q.rules) count_kinds(h, q);
  return h;
}

}
