#pragma once
// A git repository as a history is read from it: its tags, its commits, what lies between two of them. The only file
// that knows libgit2. Throws std::runtime_error with libgit2's own words.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "collectors/git/git.hpp"

struct git_repository;

namespace releasehealth {

struct git_commit_info {
  std::string id;  ///< 40 hex digits
  timestamp committed_at, authored_at;
  std::vector<std::string> parents;
  git::message says;
};

class repository {
 public:
  /// A working copy or a bare repository on this machine.
  explicit repository(const std::string& path);

  /// Of refs/tags, each peeled to a commit; what peels to something else is left out.
  std::vector<git::tag> tags() const;
  /// What HEAD stands for; empty in an empty repository.
  std::string head() const;
  /// Calls `each` for every commit that is reachable from those, parents included, in no particular order.
  void walk(const std::vector<std::string>& from, const std::function<void(git_commit_info)>& each) const;
  /// Lines added and removed from one commit to another, binary files left out.
  std::int64_t lines_changed(const std::string& from, const std::string& to) const;
  /// The last part of its path: acme-shop of /srv/git/acme-shop.git.
  std::string name() const;

 private:
  struct closer {
    void operator()(git_repository*) const;
  };
  std::unique_ptr<git_repository, closer> open_;
};

}
