#pragma once
// From a deployment's version to the commit that was deployed: by tags, and by commits that a version contains
// (figures.md section 14).
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/timeline/fold.hpp"
#include "daemon/timeline/repository.hpp"

namespace releasehealth {

/// What versions of tags are looked up by: without leading `v`s and build metadata (`+42`).
std::string version_key(std::string_view version);
/// The keys of every version that a tag of that name may stand for.
std::vector<std::string> versions_of_tag(std::string_view name, std::span<const tag_template>);

/// The names of a version's tags, the first to be tried first: by the service's template, by its names,
/// bare. The version is tried as reported, then without build metadata.
std::vector<std::string> tag_names(std::string_view version, const std::optional<tag_template>& of_service,
                                   std::span<const std::string> service_names);

/// The parts of a version that may be commits: 7 to 40 hexadecimal digits, in lower case.
std::vector<std::string> commit_tokens(std::string_view version);

/// A tag, and the commits that it pointed to.
struct tag {
  std::string repository;  ///< its key in repository_names
  std::string name;
  std::map<timestamp, std::string> history;  ///< from when on it points to a commit; empty: to none that is known

  /// The commit that a deployment of that start was made of; empty: none.
  std::string commit_at(timestamp start) const;
};

/// Tags by their names.
class known_tags {
 public:
  explicit known_tags(std::vector<tag>);
  /// Of that name in that repository; null: there is none.
  const tag* find(std::string_view name, std::string_view repository) const;

 private:
  std::map<std::string, std::vector<tag>, std::less<>> by_name_;
};

/// A commit that a report named.
struct known_commit {
  std::string sha;
  std::string repository;  ///< as the report writes it; empty: it belongs to any
};

/// Commits by their digits. A shorter name of a longer one is the same commit.
class known_commits {
 public:
  explicit known_commits(const std::vector<known_commit>&, const repository_names& = {});
  /// Those that begin so, of any of these repositories, by their keys, or of none that was named.
  std::vector<std::string> find(std::string_view digits, std::span<const std::string> repositories) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> repositories_;  ///< keys; empty: any
};

/// The tags that reports of any sources name. The target of a ref (`object`) is the tag's commit if it is a known
/// commit; another report of the tag may give the commit of that object.
std::vector<tag> fold_tags(std::map<thing_id, std::vector<report>> reports, const known_commits& = known_commits({}),
                           const repository_names& = {});

/// What a version is resolved by.
struct resolution_question {
  std::string_view version;
  timestamp start;                            ///< of the deployment
  std::span<const std::string> repositories;  ///< keys of its source repositories, in order
  std::span<const std::string> names;         ///< tag_names()
};

/// A commit, and by what: "tag v1.8.4 of github.com/acme/checkout".
struct resolved_commit {
  std::string commit, evidence;
};
std::optional<resolved_commit> resolve(const resolution_question&, const known_tags&, const known_commits&);

}
