#pragma once
// Read access to a git repository: tags, commits, and the size of changes between commits. Only repository.cpp uses
// libgit2. Errors are std::runtime_error with libgit2's message.
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collectors/git/git.hpp"

struct git_repository;

namespace releasehealth {

struct git_commit_info {
  std::string id;  ///< 40 hex digits
  timestamp committed_at, authored_at;
  std::vector<std::string> parents;
  bool is_cut = false;  ///< its parents are missing: the boundary of a shallow clone
  git::message says;    ///< in UTF-8, converted from the commit's encoding
};

class repository {
 public:
  /// Opens a local working copy or bare repository. Its owner does not matter, because reading does not execute
  /// anything that the repository configures.
  explicit repository(const std::string& path);

  /// All tags, peeled to commits. Tags of other objects and names that are not UTF-8 are skipped.
  std::vector<git::tag> tags() const;
  /// The commit of HEAD; empty for an empty repository.
  std::string head() const;
  /// The newest time of any ref except pull requests (refs/pull): the time of the repository's state.
  std::optional<timestamp> newest() const;
  /// Calls `each` for every commit reachable from `begin`, in no particular order.
  void walk(const std::vector<std::string>& begin, const std::function<void(git_commit_info)>& each) const;
  /// The number of lines added and removed between two commits, without binary files; nullopt if a partial clone lacks
  /// the files.
  std::optional<std::int64_t> lines_changed(const std::string& older, const std::string& newer) const;
  /// Whether the repository holds that commit, reachable or not.
  bool has_commit(const std::string& id) const;
  bool is_shallow() const { return !cut_.empty(); }
  /// Why tags of the origin may be missing here: a shallow clone, a clone of a single branch, or one without tags.
  /// Empty: no reason is known.
  std::string lacks_tags() const;
  /// The last part of its path: acme-shop for /srv/git/acme-shop.git.
  std::string name() const;
  /// Identifies the repository independently of the clone's location: host and path of its origin, else name().
  std::string identity() const;

 private:
  struct closer {
    void operator()(git_repository*) const;
  };
  std::string setting(const char* key) const;

  std::unique_ptr<git_repository, closer> open_;
  std::set<std::string> cut_;  ///< commits whose parents a shallow clone lacks
};

/// Converts a text to UTF-8. `encoding`: a name known to iconv; null or unknown: UTF-8. Invalid bytes become U+FFFD.
std::string to_utf8(std::string_view text, const char* encoding);
/// Host and path of a repository's URL, without scheme, user, port and .git, in lower case: github.com/acme/shop.
/// Empty for a local path.
std::string repository_of_url(const std::string& url);

}
