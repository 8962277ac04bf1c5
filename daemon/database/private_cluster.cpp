#include "daemon/database/private_cluster.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "daemon/database/connection.hpp"
#include "daemon/database/failure.hpp"
#include "daemon/database/own_file.hpp"

namespace releasehealth::ledger {
namespace {

namespace fs = std::filesystem;

account find_account() {
  if (geteuid() != 0) return {};
  for (const char* name : {"postgres", "nobody"})
    if (const auto* entry = getpwnam(name)) return {entry->pw_uid, entry->pw_gid, true};
  throw std::runtime_error("private PostgreSQL: cannot run as root, and there is no user postgres or nobody");
}

}

private_cluster::private_cluster(const fs::path& state_dir)
    : folder(fs::absolute(state_dir) / "postgresql"),
      data(folder / "data"),
      lock_file(folder / "lock"),
      owner(find_account()) {}

// PostgreSQL's user needs to enter the parent folder, which is otherwise private to the daemon's user.
void private_cluster::make_folder() const {
  const bool is_new = !fs::exists(folder.parent_path());
  make_own_folder(folder.parent_path());
  if (is_new && owner.other)
    fs::permissions(folder.parent_path(), fs::perms::group_exec | fs::perms::others_exec, fs::perm_options::add);
  make_own_folder(folder);
  const auto socket = folder / ".s.PGSQL.5432.lock";
  if (socket.string().size() >= sizeof(sockaddr_un::sun_path))
    throw std::runtime_error("private PostgreSQL: " + folder.string() +
                             " is too long for a Unix socket (107 bytes); set a shorter state_dir");
  if (!owner.other) return;
  if (chown(folder.c_str(), owner.uid, owner.gid) != 0)
    throw std::runtime_error("private PostgreSQL: cannot change the owner of " + folder.string());
  for (auto up = folder.parent_path(); up != up.root_path(); up = up.parent_path())
    if (struct stat s{}; stat(up.c_str(), &s) == 0 && (s.st_mode & S_IXOTH) == 0 && s.st_uid != owner.uid)
      throw std::runtime_error("private PostgreSQL: cannot run as root, and other users cannot enter " + up.string() +
                               "; set another state_dir or run chmod o+x on it");
}

std::string private_cluster::dsn() const {
  return "host='" + folder.string() + "' port=5432 user=releasehealthd dbname=postgres";
}

bool private_cluster::answers() const {
  try {
    return connection({dsn(), "releasehealthd probe"}).is_open();
  } catch (const postgres_failure&) {
    return false;
  }
}

}
