#pragma once
// Where a private PostgreSQL lies, and who it runs as.
#include <filesystem>
#include <string>

#include <unistd.h>

namespace releasehealth::ledger {

/// Who PostgreSQL runs as: it refuses root, so a daemon that is root gives it to `postgres`, else `nobody`.
struct account {
  uid_t uid = geteuid();
  gid_t gid = getegid();
  bool other = false;
};

/// The place of the cluster: data, socket and lock, in a folder of their own. Throws std::runtime_error if this daemon
/// is root and there is no user to give it to.
struct private_cluster {
  std::filesystem::path folder, data, lock_file;
  account owner;

  explicit private_cluster(const std::filesystem::path& state_dir);

  /// Makes the folder, for its owner. Throws std::runtime_error that says what is in the way.
  void make_folder() const;
  std::string dsn() const;
  /// Whether a server takes connections there.
  bool answers() const;
};

}
