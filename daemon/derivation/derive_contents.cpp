// What changes bring, by the ancestry that commits report.
#include "daemon/derivation/rows.hpp"
#include "daemon/derivation/stored_commits.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

struct deployed_commit {
  std::string id, commit, whole;
};
BOOST_DESCRIBE_STRUCT(deployed_commit, (), (id, commit, whole))

/// The whole names of commits by the deployments' ids: as this step derives them, else as stored.
std::map<std::string, std::string> commits_below(derivation& step, const std::vector<content_wish>& wishes) {
  std::map<std::string, std::string> all;
  std::set<std::string> stored;
  for (const auto& w : wishes) {
    if (w.below.empty()) continue;
    if (const auto fresh = step.fresh.find(w.below); fresh != step.fresh.end()) {
      const auto& d = fresh->second.told;
      all[w.below] = whole_name(d.commit, text_at(d.commit_facts, "/commit"));
    } else {
      stored.insert(w.below);
    }
  }
  if (!stored.empty())
    for (const auto& d : query<deployed_commit>(step.work, sql::derivation::commits_of_deployments, stored))
      all[d.id] = whole_name(d.commit, d.whole);
  return all;
}

}

void derive_contents(derivation& step, const std::vector<content_wish>& wishes) {
  std::vector<content_wish> known;
  for (const auto& w : wishes) {
    tell_content(*w.change, {}, w.is_hotfix);
    if (w.is_change && w.change->commit_facts.contains("parents")) known.push_back(w);
  }
  if (known.empty()) return;
  const auto bases = commits_below(step, known);
  stored_commits commits(step.work);
  const commit_finder find = [&](const std::string& sha) { return commits.find(sha); };
  for (const auto& w : known) {
    auto& d = *w.change;
    const auto base = bases.find(w.below);
    commits.begin_walk();
    tell_content(d,
                 content_of({whole_name(d.commit, text_at(d.commit_facts, "/commit")),
                             base == bases.end() ? std::string() : base->second, d.started_at.value_or(timestamp())},
                            find),
                 w.is_hotfix);
  }
}

void touch_contents(derivation& step, const std::vector<std::string>& changes) {
  std::vector<std::string> bases, written;
  for (const auto& [id, d] : step.deployments)
    if (d.previous) bases.push_back(id);
  if (changes.empty() && bases.empty()) return;
  for (const auto& [id, d] : step.fresh) written.push_back(id);
  const auto touched = query<std::int64_t>(step.work, sql::derivation::touch_contents, changes, bases, written);
  step.has_touched = step.has_touched || !touched.empty();
}

}
