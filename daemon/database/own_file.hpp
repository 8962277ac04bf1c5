#pragma once
// Files in the state directory: private to the daemon's user, and never opened through a link planted by another user.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace releasehealth::ledger {

/// A file opened for reading and writing with mode 0600, created if absent. If another user can write to the directory,
/// its entries may link to any file, so a symbolic link, a file with several hard links or a special file is an error.
/// Throws std::runtime_error that names the file.
class own_file {
 public:
  explicit own_file(const std::filesystem::path& path)
      : fd_(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600)) {
    if (fd_ < 0 && errno == ELOOP) throw std::runtime_error(path.string() + ": symbolic link; expected a regular file");
    if (fd_ < 0) throw std::runtime_error("cannot open " + path.string() + ": " + std::strerror(errno));
    struct stat is {};
    const bool is_own = fstat(fd_, &is) == 0 && S_ISREG(is.st_mode) && is.st_nlink == 1;
    if (is_own && ((is.st_mode & 077) == 0 || fchmod(fd_, 0600) == 0)) return;
    close(fd_);
    throw std::runtime_error(path.string() + ": not a private regular file of the daemon's user; remove it");
  }
  ~own_file() {
    if (fd_ >= 0) close(fd_);
  }
  own_file(own_file&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  own_file& operator=(own_file&&) = delete;

  int descriptor() const { return fd_; }

 private:
  int fd_;
};

/// Creates a folder and its parents, the folder private to the daemon's user. An existing folder keeps its permissions.
inline void make_own_folder(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  if (fs::create_directories(folder)) fs::permissions(folder, fs::perms::owner_all);
}

}
