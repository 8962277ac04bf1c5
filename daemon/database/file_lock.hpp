#pragma once
// A file that one process holds at a time, until it lets go or ends, however it ends.
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

  /// False if somebody else holds it. `who` is written into it, for those who find it held.
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
