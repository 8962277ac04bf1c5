#pragma once
// Durable storage for deliveries while PostgreSQL is unavailable: SQLite in the state directory. Spooled deliveries
// were acknowledged; they are drained to PostgreSQL in the order of receipt, across any number of restarts.
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
  std::size_t bytes = std::size_t{1024} * 1024 * 1024;  ///< of deliveries with their events; 0: no spool
  std::size_t free_bytes = 0;                           ///< space on its disk that the spool leaves free
  duration age = std::chrono::hours{72};  ///< of the oldest delivery; beyond it, new ones are rejected to alert people
};

/// Changes the deliveries in a spool file, quarantined ones included, also while a daemon uses it. `change` gets a
/// delivery and the reason it was quarantined, and returns whether it changed them. Returns the number of changed
/// deliveries; 0 if the file does not exist. Throws std::runtime_error if SQLite fails.
std::size_t rewrite_spool(const std::filesystem::path&,
                          const std::function<bool(entry&, std::string& set_aside)>& change);

/// Thread-safe. Every function throws std::runtime_error if SQLite fails, except put(), which returns the error.
class spool {
 public:
  /// Opens or creates the file in an existing folder. Throws std::runtime_error if another process has it open.
  spool(const std::filesystem::path& path, spool_limits);
  ~spool();

  /// Stores all entries in one transaction, on disk on return. The result per entry: a delivery that is already spooled
  /// is a duplicate; errc::unavailable if the spool is full, exceeds its age limit, or cannot be written.
  std::vector<result<stored>> put(std::span<const entry* const>, timestamp now);

  struct kept {
    std::int64_t number = 0;
    entry delivery;
  };
  /// The oldest deliveries in the order of receipt, at most `most` with `most_bytes` in total, but at least one. Rows
  /// that cannot be read are quarantined.
  std::vector<kept> oldest(std::size_t most, std::size_t most_bytes = appender::max_batch_bytes);
  void remove(std::span<const std::int64_t> numbers);
  /// Quarantines a delivery that PostgreSQL rejects even as a dead letter: it stays in the spool and is no longer
  /// drained.
  void set_aside(std::int64_t number, const std::string& why);

  struct contents {
    std::size_t deliveries = 0;  ///< waiting to be drained
    std::size_t bytes = 0;
    std::size_t set_aside = 0;
    std::optional<timestamp> oldest;  ///< receipt of the oldest waiting delivery
    bool is_writable = true;          ///< the last write did not fail because of a full or broken disk
  };
  contents count() const;
  /// Applies new limits from the next delivery on.
  void use(const spool_limits&);
  /// Checks whether a full or broken disk is writable again, and updates contents::is_writable.
  void try_disk();
  /// Whether put() is expected to accept more: no limit is reached, and the last delivery fitted.
  bool has_room(timestamp now) const;

 private:
  struct file;
  std::unique_ptr<file> file_;
};

}
