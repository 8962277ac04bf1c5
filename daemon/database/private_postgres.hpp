#pragma once
// The daemon's own PostgreSQL, for whoever configures none: one cluster in the state directory, on a Unix socket only.
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace releasehealth::ledger {

/// A running private PostgreSQL. Whoever made it the owner stops it on destruction; others only use it.
class private_postgres {
 public:
  /// Called with one line of progress: the first start takes a second.
  using progress = std::function<void(const std::string&)>;

  /// Uses the cluster in `state_dir`/postgresql: the running one of a daemon, else one that it creates if need be and
  /// starts for as long as this object lives. Commands that need one at the same time take turns.
  /// `serve`: this is the daemon; it waits for a command that owns the cluster, and others use the daemon's.
  /// Throws std::runtime_error: no server binaries, data of another major version, a path too long for a socket,
  /// no start within the deadline. Call it from the main thread: PostgreSQL stops when the thread that started it ends.
  static private_postgres use(const std::filesystem::path& state_dir, bool serve, const progress& tell);
  /// Whether a cluster was created there.
  static bool exists(const std::filesystem::path& state_dir);
  ~private_postgres();
  private_postgres(private_postgres&&) noexcept;

  /// Starts the owner's server again if it ended by itself (killed for memory, say), and does not wait for it: until it
  /// answers, or if it ends again, this is to be called again. Main thread.
  void restart_if_gone(const progress& tell);

  /// Stops the owner's server if its files were replaced, as a package upgrade does, and stayed the same for five
  /// seconds since; restart_if_gone() then starts the new one. To be called every second or so. Main thread.
  void restart_if_replaced(const progress& tell);

  /// How to connect to it.
  std::string dsn() const;
  bool is_owner() const;

 private:
  struct running;
  explicit private_postgres(std::unique_ptr<running>);
  std::unique_ptr<running> running_;
};

/// Where the server binaries of that major version are ("" takes the newest there is).
/// Throws std::runtime_error that says what was looked for and what is there.
std::filesystem::path find_server_binaries(const std::string& major);

}
