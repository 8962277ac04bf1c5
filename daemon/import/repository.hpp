#pragma once
// A git repository as a history is read from it: its tags, its commits, what lies between two of them. The only file
// that knows libgit2. Throws std::runtime_error with libgit2's own words.
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
  bool is_cut = false;  ///< its parents are not here: the edge of a shallow clone
  git::message says;    ///< UTF-8, whatever the commit's own encoding is
};

class repository {
 public:
  /// A working copy or a bare repository on this machine, whoever owns it: reading runs nothing that it configures.
  explicit repository(const std::string& path);

  /// Of refs/tags, each peeled to a commit; what peels to something else is left out, as is a name that is not UTF-8.
  std::vector<git::tag> tags() const;
  /// The commit of HEAD; empty in an empty repository.
  std::string head() const;
  /// The newest time that the refs reach, pull requests' (refs/pull) left out: the time of the state that is read.
  std::optional<timestamp> newest() const;
  /// Calls `each` for every commit that is reachable from those, parents included, in no particular order.
  void walk(const std::vector<std::string>& begin, const std::function<void(git_commit_info)>& each) const;
  /// Lines added and removed from one commit to another, binary files left out; nothing where a partial clone lacks the
  /// files.
  std::optional<std::int64_t> lines_changed(const std::string& before, const std::string& after) const;
  /// Whether the repository holds that commit, reachable or not.
  bool has_commit(const std::string& id) const;
  bool is_shallow() const { return !cut_.empty(); }
  /// Why tags that the origin has may be absent here: a clone of a single branch, or one without tags. Empty: they are
  /// not.
  std::string lacks_tags() const;
  /// The last part of its path: acme-shop of /srv/git/acme-shop.git.
  std::string name() const;
  /// Which repository it is, wherever it was cloned to: host and path of its origin, else name().
  std::string identity() const;

 private:
  struct closer {
    void operator()(git_repository*) const;
  };
  std::string setting(const char* key) const;

  std::unique_ptr<git_repository, closer> open_;
  std::set<std::string> cut_;  ///< commits whose parents a shallow clone left out
};

/// Text of an encoding as iconv names it, or of none that is known, as UTF-8; U+FFFD for what is no text in it.
std::string to_utf8(std::string_view text, const char* encoding);
/// Host and path of a repository's URL, without scheme, user, port and .git, in lower case: github.com/acme/shop.
/// Empty: a path on this machine.
std::string repository_of_url(const std::string& url);

}
