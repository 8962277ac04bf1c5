#include "daemon/database/private_postgres.hpp"

#include <fstream>
#include <optional>
#include <thread>

#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/io.hpp>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "collectors/base/text.hpp"
#include "daemon/database/file_lock.hpp"
#include "daemon/database/private_cluster.hpp"
#include "daemon/system/random_id.hpp"

namespace releasehealth::ledger {

namespace {

namespace fs = std::filesystem;
namespace bp = boost::process;
using namespace std::chrono_literals;

constexpr auto start_deadline = 60s;  // crash recovery included
constexpr auto retry_deadline = 5s;
constexpr auto stop_deadline = 30s;
constexpr auto turn_deadline = 60s;
constexpr auto pause = 50ms;
constexpr auto settle_time = 5s;  // a package upgrade replaces files one by one

// Durable, private and small; everything else keeps PostgreSQL's default.
constexpr const char* settings[] = {"listen_addresses=",
                                    "unix_socket_permissions=0700",
                                    "fsync=on",
                                    "synchronous_commit=on",
                                    "full_page_writes=on",
                                    "max_connections=40",
                                    "jit=off",
                                    "max_wal_size=1GB",
                                    "logging_collector=on",
                                    "log_directory=log",
                                    "log_filename=postgresql-%a.log",
                                    "log_truncate_on_rotation=on",
                                    "log_rotation_age=1d",
                                    "log_rotation_size=0",
                                    "log_timezone=UTC",
                                    "timezone=UTC",
                                    "cluster_name=releasehealthd"};

// 0 if the text is not a number.
int number(std::string_view text) { return take_number<int>(text).value_or(0); }

std::string first_line(const fs::path& file) {
  std::ifstream input(file);
  std::string line;
  std::getline(input, line);
  return line;
}

// Runs in the child between fork and exec. The child becomes the unprivileged user in its own session (a Ctrl-C on the
// terminal must only reach the daemon, which drains first), and stops when the daemon is gone, even by kill -9. Its
// output goes to `log`, which root has opened: in a folder of the unprivileged user a name may be a link to anything.
auto in_child(const account& owner, const own_file& log) {
  if (ftruncate(log.descriptor(), 0) != 0) throw std::runtime_error("private PostgreSQL: cannot write its log");
  return bp::extend::on_exec_setup = [owner, output = log.descriptor()](auto&) {
    setsid();
    if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0) _exit(126);
    if (owner.other && (setgroups(0, nullptr) != 0 || setgid(owner.gid) != 0 || setuid(owner.uid) != 0)) _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGINT);  // after setuid, which clears it
    for (const char* ours :
         {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"})
      unsetenv(ours);  // otherwise PostgreSQL would notify systemd in the daemon's place
    if (chdir("/") != 0) _exit(126);
  };
}

// Each attempt uses a new folder, renamed when complete, because the initdb of a killed daemon may still be deleting
// its own folder.
void create(const private_cluster& c, const fs::path& binaries) {
  const std::string name = "data.partial";
  std::error_code ignored;
  for (const auto& left : fs::directory_iterator(c.folder, ignored))
    if (left.path().filename().string().starts_with(name)) fs::remove_all(left.path(), ignored);
  const auto partial = c.folder / (name + '-' + random_id());
  const auto log = c.folder / "initdb.log";
  bp::child initdb((binaries / "initdb").string(), "-D", partial.string(), "-U", "releasehealthd", "-A", "trust", "-E",
                   "UTF8", "--no-locale", "--no-instructions", bp::std_in < bp::null, in_child(c.owner, own_file(log)));
  initdb.wait();
  if (initdb.exit_code() != 0) throw std::runtime_error("private PostgreSQL: initdb failed; see " + log.string());
  fs::rename(partial, c.data);
}

/// Identifies the server's files on disk: after a package upgrade replaced them, the running server would load
/// libraries of another version. Empty while a file is missing.
std::string stamp_of(const fs::path& binaries) {
  std::string all;
  for (const auto& file :
       {binaries / "postgres", binaries.parent_path() / "lib", binaries.parent_path() / "lib/plpgsql.so"}) {
    struct stat s {};
    if (stat(file.c_str(), &s) != 0) return {};
    for (const auto n : {static_cast<std::int64_t>(s.st_ino), static_cast<std::int64_t>(s.st_size),
                         static_cast<std::int64_t>(s.st_mtim.tv_sec), static_cast<std::int64_t>(s.st_mtim.tv_nsec)})
      all += std::to_string(n) + ' ';
  }
  return all;
}

bool is_postgres_of(const fs::path& data, pid_t pid) {
  std::ifstream input("/proc/" + std::to_string(pid) + "/cmdline");
  const std::string words((std::istreambuf_iterator<char>(input)), {});
  return words.find('\0' + data.string() + '\0') != words.npos;
}

// Cleans up after an earlier run. A server that outlived its daemon is asked to stop. A pid file is removed if its
// process is gone or is another program by now (for example after a power failure); the lock guarantees that no other
// process runs this cluster. Returns false while such a server runs.
bool clear_leftovers(const private_cluster& c) {
  const auto pid = number(first_line(c.data / "postmaster.pid"));
  if (pid > 1 && is_postgres_of(c.data, pid)) {
    kill(pid, SIGINT);
    return false;
  }
  for (const auto& left : {c.data / "postmaster.pid", c.folder / ".s.PGSQL.5432.lock"}) fs::remove(left);
  return true;
}

}

struct private_postgres::running {
  private_cluster where;
  std::optional<file_lock> lock;  // only the owner holds it
  bp::child server;
  fs::path binaries;     // of `server`
  std::string stamp;     // stamp_of() its files when it started
  std::string replaced;  // stamp_of() its files at the last check
  std::chrono::steady_clock::time_point replaced_at;
  bool is_to_restart = false;

  explicit running(const fs::path& state_dir) : where(state_dir) {}

  void start(const progress& tell) {
    const auto major = fs::exists(where.data / "PG_VERSION") ? first_line(where.data / "PG_VERSION") : std::string();
    const auto found = find_server_binaries(major);
    if (major.empty()) {
      tell("creating a private PostgreSQL in " + where.folder.string());
      create(where, found);
    }
    const auto deadline = std::chrono::steady_clock::now() + stop_deadline;
    while (!clear_leftovers(where)) {
      if (std::chrono::steady_clock::now() > deadline)
        throw std::runtime_error("private PostgreSQL: the server of an earlier run does not stop");
      std::this_thread::sleep_for(pause);
    }
    spawn(found);
    const auto began = std::chrono::steady_clock::now();
    while (!where.answers()) {
      const auto waited = std::chrono::steady_clock::now() - began;
      const bool ended = !server.running();
      if (ended && waited > retry_deadline)
        throw std::runtime_error("private PostgreSQL did not start; see " + (where.data / "log").string() + " and " +
                                 (where.folder / "start.log").string());
      if (waited > start_deadline)
        throw std::runtime_error("private PostgreSQL did not answer within 60 seconds; see " +
                                 (where.data / "log").string());
      std::this_thread::sleep_for(pause);
      if (ended) spawn(found);  // backends of a killed server hold its shared memory for a moment
    }
  }

  void spawn(const fs::path& found) {
    binaries = found;
    stamp = stamp_of(binaries);
    is_to_restart = false;
    std::vector<std::string> words = {"-D", where.data.string(), "-k", where.folder.string(), "-p", "5432"};
    for (const char* s : settings) words.insert(words.end(), {"-c", s});
    server = bp::child((binaries / "postgres").string(), bp::args(words), bp::std_in < bp::null,
                       in_child(where.owner, own_file(where.folder / "start.log")));
  }

  ~running() {
    if (!server.valid() || !server.running()) return;
    kill(server.id(), SIGINT);  // a fast shutdown: ends sessions and writes everything to disk
    const auto end = std::chrono::steady_clock::now() + stop_deadline;
    std::error_code ec;
    while (server.running(ec) && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(pause);
  }
};

private_postgres::private_postgres(std::unique_ptr<running> r) : running_(std::move(r)) {}
private_postgres::~private_postgres() = default;
private_postgres::private_postgres(private_postgres&&) noexcept = default;

private_postgres private_postgres::use(const fs::path& state_dir, bool serve, const progress& tell) {
  auto r = std::make_unique<running>(state_dir);
  r->where.make_folder();
  file_lock lock(r->where.lock_file);
  const auto deadline = std::chrono::steady_clock::now() + turn_deadline;
  bool told = false;
  while (!lock.take(serve ? "serve" : "command")) {
    const bool by_daemon = first_line(r->where.lock_file) == "serve";
    if (serve && by_daemon) throw std::runtime_error(state_dir.string() + " is served by another releasehealthd");
    if (by_daemon && r->where.answers()) return private_postgres(std::move(r));
    if (!std::exchange(told, true)) tell("waiting for another releasehealthd that uses " + r->where.folder.string());
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("another releasehealthd has held " + r->where.lock_file.string() + " for 60 seconds");
    std::this_thread::sleep_for(pause);
  }
  r->lock.emplace(std::move(lock));
  r->start(tell);
  return private_postgres(std::move(r));
}

bool private_postgres::exists(const fs::path& state_dir) {
  std::error_code ec;  // a directory without permission counts as existing, so that use() reports the error
  return fs::exists(private_cluster(state_dir).data / "PG_VERSION", ec) || ec;
}

void private_postgres::restart_if_gone(const progress& tell) {
  if (!is_owner() || running_->server.running()) return;
  if (!clear_leftovers(running_->where)) return;
  tell(running_->is_to_restart ? "private PostgreSQL stopped, starting its new version"
                               : "private PostgreSQL exited unexpectedly, restarting it");
  running_->spawn(find_server_binaries(first_line(running_->where.data / "PG_VERSION")));
}

void private_postgres::restart_if_replaced(const progress& tell) {
  auto& r = *running_;
  if (!is_owner() || r.is_to_restart || !r.server.running()) return;
  const auto now = std::chrono::steady_clock::now();
  const auto stamp = stamp_of(r.binaries);
  if (stamp != r.replaced) {
    r.replaced = stamp;
    r.replaced_at = now;
  }
  if (stamp.empty() || stamp == r.stamp || now - r.replaced_at < settle_time) return;
  tell("private PostgreSQL's files were replaced, restarting it");
  r.is_to_restart = true;
  kill(r.server.id(), SIGINT);  // a fast shutdown; restart_if_gone() starts the server again
}

std::string private_postgres::dsn() const { return running_->where.dsn(); }
bool private_postgres::is_owner() const { return running_->lock.has_value(); }

fs::path find_server_binaries(const std::string& major) {
  std::map<int, fs::path> found;
  std::error_code ec;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", ec))
    if (fs::exists(version.path() / "bin/postgres") && fs::exists(version.path() / "bin/initdb"))
      found[number(version.path().filename().string())] = version.path() / "bin";
  if (found.empty())
    throw std::runtime_error(
        "private PostgreSQL: no server binaries in /usr/lib/postgresql/*/bin; install the package "
        "postgresql, or set [database] url");
  if (major.empty()) return found.rbegin()->second;
  if (const auto same = found.find(number(major)); same != found.end()) return same->second;
  std::string there;
  for (const auto& [version, path] : found) there += (there.empty() ? "" : ", ") + std::to_string(version);
  throw std::runtime_error("private PostgreSQL: the data needs PostgreSQL " + major + "; installed: " + there +
                           "; install postgresql-" + major +
                           ", or move the data with `export events` and `import events`");
}

}
