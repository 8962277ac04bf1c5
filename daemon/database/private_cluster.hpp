#pragma once
// Location and user of a private PostgreSQL.
#include <filesystem>
#include <string>

#include <unistd.h>

namespace releasehealth::ledger {

/// The user that PostgreSQL runs as. PostgreSQL refuses to run as root, so a daemon that runs as root starts it as
/// `postgres`, or else as `nobody`.
struct account {
  uid_t uid = geteuid();
  gid_t gid = getegid();
  bool other = false;
};

/// The cluster's data, socket and lock, in one folder. The constructor throws std::runtime_error if the daemon runs as
/// root and there is no unprivileged user.
struct private_cluster {
  std::filesystem::path folder, data, lock_file;
  account owner;

  explicit private_cluster(const std::filesystem::path& state_dir);

  /// Creates the folder for its owner. Throws std::runtime_error with the cause.
  void make_folder() const;
  std::string dsn() const;
  /// Whether a server accepts connections there.
  bool answers() const;
};

}
