#pragma once
// A durable place of our own for deliveries that PostgreSQL does not take now: SQLite in the state directory. What is
// in here was acknowledged; it goes to PostgreSQL in the order of its receipt, by any number of restarts.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/ledger/append.hpp"

namespace releasehealth::ledger {

struct spool_limits {
  std::size_t bytes = std::size_t{1024} * 1024 * 1024;  ///< of deliveries with their events; 0: there is no spool
  std::size_t free_bytes = 0;                           ///< of its disk, which it leaves alone
  duration age = std::chrono::hours{72};  ///< of the oldest: then nothing more is taken, so that somebody looks
};

/// Changes what the spool in that file holds, deliveries that were set aside included, also while a daemon uses it.
/// `change` gets the delivery and why it was set aside, and returns whether it changed them. Returns how many it did; 0
/// if there is no such file. Throws std::runtime_error if SQLite cannot.
std::size_t rewrite_spool(const std::filesystem::path&,
                          const std::function<bool(entry&, std::string& set_aside)>& change);

/// Used by two threads, which it keeps apart. Every function throws std::runtime_error if SQLite cannot go on, except
/// put(), which answers so.
class spool {
 public:
  /// Opens the file, or makes it, in a folder that is there. Throws std::runtime_error if somebody else has it open.
  spool(const std::filesystem::path& at, spool_limits);
  ~spool();

  /// Puts all of them there in one transaction, on disk when it returns. Per entry what became of it: a delivery that
  /// is there already is a duplicate; errc::unavailable if the spool is full, too old, or cannot be written.
  std::vector<result<stored>> put(std::span<const entry* const>, timestamp now);

  struct kept {
    std::int64_t number = 0;
    entry delivery;
  };
  /// The oldest, at most so many and of so many bytes, but one at least, in the order of receipt. Rows that cannot be
  /// read are set aside.
  std::vector<kept> oldest(std::size_t most, std::size_t most_bytes = appender::max_batch_bytes);
  void remove(std::span<const std::int64_t> numbers);
  /// What PostgreSQL rejects in every form stays, for a person to look at, and is drained no more.
  void set_aside(std::int64_t number, const std::string& why);

  struct contents {
    std::size_t deliveries = 0;  ///< waiting
    std::size_t bytes = 0;
    std::size_t set_aside = 0;
    std::optional<timestamp> oldest;  ///< receipt of the oldest that waits
    bool is_writable = true;          ///< the last that was put did not meet a full or broken disk
  };
  contents count() const;
  /// Other limits, from the next delivery on.
  void use(const spool_limits&);
  /// After a full or broken disk: whether that takes writes again.
  void try_disk();
  /// Whether put() would take more, as far as is known: its limits are not reached, and the last that was put had room.
  bool has_room(timestamp now) const;

 private:
  struct file;
  std::unique_ptr<file> file_;
};

}
