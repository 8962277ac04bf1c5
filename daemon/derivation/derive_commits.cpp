// Resolves versions to commits with the stored tags and commits.
#include <algorithm>

#include "collectors/fields.hpp"
#include "daemon/derivation/rows.hpp"
#include "daemon/timeline/resolution.hpp"
#include "sql/derivation.hpp"

namespace releasehealth {

BOOST_DESCRIBE_STRUCT(known_commit, (), (sha, repository))

}

namespace releasehealth::ledger {
namespace {

/// A deployment to resolve, with the repositories, tag names and commit tokens to search for.
struct unresolved {
  deployment* folded;
  std::vector<std::string> repositories, names, tokens;
};

/// The repository that a deployment reports.
struct reported_repository {
  bool is_of_manifests;
  std::string key;  ///< also empty if it holds manifests

  reported_repository(const repository_names& names, const deployment& d)
      : is_of_manifests(false), key(names.key(text_at(d.facts, "/repository"))) {
    const auto manifests = names.key(text_at(d.facts, "/manifest_repository"));
    is_of_manifests = !manifests.empty() && same_repository(key, manifests);
    if (is_of_manifests) key.clear();
  }
};

std::vector<std::string> repositories_to_search(const repository_names& names, const service_rule* rule,
                                                const std::string& reported) {
  if (rule && !rule->repositories.empty()) return rule->repositories;
  std::vector<std::string> all;
  if (rule && !rule->repository.empty()) all.push_back(names.key(rule->repository));
  if (!reported.empty() && (all.empty() || all.front() != reported)) all.push_back(reported);
  return all;
}

// A commit of another repository, such as one with manifests, is shown but does not identify the live code.
bool is_foreign(const service_rule& rule, const std::string& reported) {
  return !reported.empty() && !rule.repositories.empty() && !is_one_of(reported, rule.repositories);
}

// A commit with this prefix may resolve the deployment later.
void add_digits(deployment& d, std::string_view commit) {
  auto digits = lower_case(commit.substr(0, shortest_commit));
  if (std::ranges::find(d.commit_digits, digits) == d.commit_digits.end()) d.commit_digits.push_back(std::move(digits));
}

/// The objects that refs point to, by tag name, from reports that do not state whether the object is the commit.
using objects_by_name = std::map<std::string, std::set<std::string>, std::less<>>;
objects_by_name objects_in(const reports_of_things& told) {
  objects_by_name all;
  for (const auto& [key, reports] : told)
    for (const auto& r : reports)
      if (auto object = text_at(r.fields, "/object"); !object.empty() && !r.fields.contains("commit"))
        all[text_at(r.fields, "/name")].insert(lower_case(object));
  return all;
}

std::vector<unresolved> find_unresolved(const naming& names, std::vector<deployment>& folded) {
  std::vector<unresolved> all;
  for (auto& d : folded) {
    const auto* rule = names.rule_of(d.where.service);
    const reported_repository reported(names.repositories(), d);
    auto repositories = repositories_to_search(names.repositories(), rule, reported.key);
    d.facts.erase("commit_evidence");  // set only by the daemon
    if (!d.overrides.contains("commit") && (reported.is_of_manifests || (rule && is_foreign(*rule, reported.key))))
      d.commit.clear();
    if (!d.commit.empty() || d.version.empty() || repositories.empty()) continue;
    d.tag_version = version_key(d.version);
    unresolved one{&d, std::move(repositories),
                   tag_names(d.version, rule ? rule->tag : std::nullopt, names.names_of(d.where.service)),
                   commit_tokens(d.version)};
    for (const auto& token : one.tokens) add_digits(d, token);
    all.push_back(std::move(one));
  }
  return all;
}

}

std::vector<std::string> source_repositories(const naming& names, const deployment& d) {
  const reported_repository reported(names.repositories(), d);
  return repositories_to_search(names.repositories(), names.rule_of(d.where.service), reported.key);
}

void touch_by_tags(transaction& work, const naming& names, const reports_of_things& told, things& touched,
                   std::set<std::string>& commits) {
  const auto templates = names.tag_templates();
  std::set<std::string> versions;
  for (const auto& [key, reports] : told)
    for (const auto& r : reports) {
      if (auto commit = text_at(r.fields, "/commit"); !commit.empty()) commits.insert(std::move(commit));
      for (auto& version : versions_of_tag(text_at(r.fields, "/name"), templates)) versions.insert(std::move(version));
    }
  if (versions.empty()) return;
  for (auto& key : query<thing_id>(work, sql::derivation::things_of_versions, versions)) touched.insert(std::move(key));
}

void resolve_commits(transaction& work, const naming& names, std::vector<deployment>& folded) {
  const auto all = find_unresolved(names, folded);
  if (all.empty()) return;
  std::set<std::string> tag_names, tokens;
  for (const auto& one : all) {
    tag_names.insert(one.names.begin(), one.names.end());
    tokens.insert(one.tokens.begin(), one.tokens.end());
  }
  reports_of_things reports;
  for (auto& e : query<told_event>(work, sql::derivation::events_of_tags, tag_names))
    reports[std::move(e.thing)].push_back(std::move(e.told));
  const auto objects = objects_in(reports);
  for (const auto& [name, some] : objects) tokens.insert(some.begin(), some.end());
  std::vector<known_commit> named;
  if (!tokens.empty()) named = query<known_commit>(work, sql::derivation::known_commits, tokens);
  const known_commits commits(named, names.repositories());
  const known_tags tags(fold_tags(std::move(reports), commits, names.repositories()));
  for (const auto& one : all) {
    auto& d = *one.folded;
    for (const auto& name : one.names)
      if (const auto known = objects.find(name); known != objects.end())
        for (const auto& object : known->second) add_digits(d, object);
    const auto start = d.started_at.value_or(d.created_at.value_or(timestamp()));
    const auto found = resolve({d.version, start, one.repositories, one.names}, tags, commits);
    if (!found) continue;
    d.commit = found->commit;
    d.facts["commit_evidence"] = found->evidence;
  }
}

}
