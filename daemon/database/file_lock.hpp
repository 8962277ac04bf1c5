#pragma once
// A lock file that one process at a time can hold. The lock is released when the process ends, even if it is killed.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <sys/file.h>
#include <unistd.h>

#include "daemon/database/own_file.hpp"

namespace releasehealth::ledger {

class file_lock {
 public:
  explicit file_lock(const std::filesystem::path& file) : file_(file) {}

  /// Returns false if another process holds the lock. Writes `who` into the file, for processes that find it locked.
  bool take(const std::string& who) const {
    if (flock(file_.descriptor(), LOCK_EX | LOCK_NB) != 0) return false;
    if (ftruncate(file_.descriptor(), 0) != 0 || pwrite(file_.descriptor(), who.data(), who.size(), 0) < 0)
      throw std::runtime_error(std::string("cannot write the lock file: ") + std::strerror(errno));
    return true;
  }

 private:
  own_file file_;
};

}
