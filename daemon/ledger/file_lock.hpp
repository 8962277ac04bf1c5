#pragma once
// A file that one process holds at a time, until it lets go or ends, however it ends.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace releasehealth::ledger {

class file_lock {
 public:
  explicit file_lock(const std::filesystem::path& file) : fd_(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (fd_ < 0) throw std::runtime_error("cannot open " + file.string() + ": " + std::strerror(errno));
  }
  ~file_lock() {
    if (fd_ >= 0) close(fd_);
  }
  file_lock(file_lock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

  /// False if somebody else holds it. `who` is written into it, for those who find it held.
  bool take(const std::string& who) const {
    if (flock(fd_, LOCK_EX | LOCK_NB) != 0) return false;
    if (ftruncate(fd_, 0) != 0 || pwrite(fd_, who.data(), who.size(), 0) < 0)
      throw std::runtime_error(std::string("cannot write the lock file: ") + std::strerror(errno));
    return true;
  }

 private:
  int fd_;
};

}
