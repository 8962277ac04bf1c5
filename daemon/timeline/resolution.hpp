#pragma once
// Resolves a deployment's version to its commit: by tags, and by commits that the version contains (figures.md section
// 14).
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/timeline/fold.hpp"
#include "daemon/timeline/repository.hpp"

namespace releasehealth {

/// The key for looking up a tag by version: without leading `v`s and build metadata (`+42`).
std::string version_key(std::string_view version);
/// The keys of all versions that a tag of that name may represent.
std::vector<std::string> versions_of_tag(std::string_view name, std::span<const tag_template>);

/// The candidate tag names of a version, in order of preference: from the service's template, from the service's names,
/// then bare. Each with the version as reported, then without build metadata.
std::vector<std::string> tag_names(std::string_view version, const std::optional<tag_template>& of_service,
                                   std::span<const std::string> service_names);

/// The parts of a version that may be commits: 7 to 40 hexadecimal digits, in lower case.
std::vector<std::string> commit_tokens(std::string_view version);

/// A tag, with the commits it has pointed to.
struct tag {
  std::string repository;  ///< a key of repository_names
  std::string name;
  std::map<timestamp, std::string> history;  ///< the commit from each instant on; empty: none known

  /// The commit of a deployment that started then; empty if none is known.
  std::string commit_at(timestamp start) const;
};

/// Tags by name.
class known_tags {
 public:
  explicit known_tags(std::vector<tag>);
  /// The tag of that name in that repository; null if there is none.
  const tag* find(std::string_view name, std::string_view repository) const;

 private:
  std::map<std::string, std::vector<tag>, std::less<>> by_name_;
};

/// A reported commit.
struct known_commit {
  std::string sha;
  std::string repository;  ///< as reported; empty: any repository
};

/// Commits by their digits. A shorter name of a longer one counts as the same commit.
class known_commits {
 public:
  explicit known_commits(const std::vector<known_commit>&, const repository_names& = {});
  /// The commits that begin with `digits` and belong to any of these repositories (keys), or were reported without one.
  std::vector<std::string> find(std::string_view digits, std::span<const std::string> repositories) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> repositories_;  ///< keys; empty: any
};

/// The tags of all sources' reports. The target of a ref (`object`) is the tag's commit if it is a known commit;
/// another report of the tag may state the commit of that object.
std::vector<tag> fold_tags(std::map<thing_id, std::vector<report>> reports, const known_commits& = known_commits({}),
                           const repository_names& = {});

/// The inputs for resolving a version.
struct resolution_question {
  std::string_view version;
  timestamp start;                            ///< the deployment's start
  std::span<const std::string> repositories;  ///< keys of its source repositories, in order of preference
  std::span<const std::string> names;         ///< tag_names()
};

/// A commit, with its evidence: "tag v1.8.4 of github.com/acme/checkout".
struct resolved_commit {
  std::string commit, evidence;
};
std::optional<resolved_commit> resolve(const resolution_question&, const known_tags&, const known_commits&);

}
