#pragma once
// The daemon's private PostgreSQL, used if none is configured: one cluster in the state directory, on a Unix socket
// only.
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace releasehealth::ledger {

/// A running private PostgreSQL. The owner stops it on destruction; other objects only use it.
class private_postgres {
 public:
  /// Receives lines of progress, because the first start takes about a second.
  using progress = std::function<void(const std::string&)>;

  /// Uses the cluster in `state_dir`/postgresql: that of a running daemon, or else one that is created if necessary and
  /// runs for the lifetime of this object. Concurrent commands take turns.
  /// `serve`: the caller is the daemon; it waits for a command that owns the cluster, and commands use the daemon's.
  /// Throws std::runtime_error: no server binaries, data of another major version, a path too long for a socket, or no
  /// start within the deadline. Main thread: PostgreSQL stops when the thread that started it ends.
  static private_postgres use(const std::filesystem::path& state_dir, bool serve, const progress& tell);
  /// Whether a cluster was created there.
  static bool exists(const std::filesystem::path& state_dir);
  ~private_postgres();
  private_postgres(private_postgres&&) noexcept;

  /// Restarts the owner's server if it exited (for example killed by the OOM killer). Does not wait for the server, so
  /// it must be called periodically. Main thread.
  void restart_if_gone(const progress& tell);

  /// Stops the owner's server if its files were replaced, as by a package upgrade, and have not changed for five
  /// seconds since; restart_if_gone() then starts the new version. Must be called about once a second. Main thread.
  void restart_if_replaced(const progress& tell);

  /// The connection string.
  std::string dsn() const;
  bool is_owner() const;

 private:
  struct running;
  explicit private_postgres(std::unique_ptr<running>);
  std::unique_ptr<running> running_;
};

/// The folder with the server binaries of a major version ("": the newest installed one). Throws std::runtime_error
/// that names the wanted and the installed versions.
std::filesystem::path find_server_binaries(const std::string& major);

}
