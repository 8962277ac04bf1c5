#pragma once
// Files of the state directory: for the daemon's user alone, and never by way of a link that somebody else planted.
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

/// A file that is open for reading and writing, with the rights 0600; made if it is absent. A directory that another
/// user may write to holds links to anything: a symbolic link, a second name, or what is no regular file is an error.
/// Throws std::runtime_error naming the file.
class own_file {
 public:
  explicit own_file(const std::filesystem::path& at)
      : fd_(open(at.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600)) {
    if (fd_ < 0 && errno == ELOOP) throw std::runtime_error(at.string() + " is a link; expected a file of the daemon");
    if (fd_ < 0) throw std::runtime_error("cannot open " + at.string() + ": " + std::strerror(errno));
    struct stat is {};
    const bool is_own = fstat(fd_, &is) == 0 && S_ISREG(is.st_mode) && is.st_nlink == 1;
    if (is_own && ((is.st_mode & 077) == 0 || fchmod(fd_, 0600) == 0)) return;
    close(fd_);
    throw std::runtime_error(at.string() + " is no file of the daemon alone; remove it");
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

/// Makes a folder, and those above it, for its user alone; one that is there keeps its rights.
inline void make_own_folder(const std::filesystem::path& at) {
  namespace fs = std::filesystem;
  if (fs::create_directories(at)) fs::permissions(at, fs::perms::owner_all);
}

}
