#pragma once
// Commits and their ancestry, as stored, for walks over them.
#include <optional>
#include <string>
#include <unordered_map>

#include "daemon/database/connection.hpp"
#include "daemon/timeline/content.hpp"

namespace releasehealth::ledger {

/// The whole name of a deployment's commit, if the deployment abbreviates the one that reports name.
std::string whole_name(const std::string& commit, std::string_view reported);

/// Commits by name. One that is not loaded yet is loaded with its ancestors, because a walk asks for these next.
class stored_commits {
 public:
  explicit stored_commits(transaction& work) : work_(work) {}

  /// Valid until the next walk begins; null if no report names the commit.
  const commit_node* find(const std::string& sha);
  /// Begins a walk: commits of earlier walks may be dropped.
  void begin_walk();

 private:
  static constexpr std::int64_t first_ = 64, most_ = 4096;

  void load(const std::string& sha);

  transaction& work_;
  std::unordered_map<std::string, std::optional<commit_node>> loaded_;  ///< none: not reported
  std::int64_t next_ = first_;                                          ///< how many are loaded next
};

}
