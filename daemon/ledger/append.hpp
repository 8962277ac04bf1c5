#pragma once
// Writes deliveries and their events: durable on return, each counted once.
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "collectors/base/result.hpp"
#include "collectors/event.hpp"
#include "daemon/database/session.hpp"

namespace releasehealth::ledger {

/// A delivery to be stored in the ledger.
struct entry {
  std::string source;
  std::string key;  ///< unique within the source: a second delivery with this key is a duplicate
  timestamp received_at;
  std::string outcome = "accepted";  ///< accepted, dead or imported
  std::string detail;                ///< the reason, for a dead-letter delivery
  json::object headers;              ///< without signatures and tokens
  std::string body;                  ///< as received; stored compressed
  std::vector<event> events;
  bool is_whole = false;  ///< the sender expects all or nothing: a rejected delivery is not kept as a dead letter
};

/// The source of an event: its own, else the entry's.
inline const std::string& source_of(const entry& e, const event& of_it) {
  return of_it.source.empty() ? e.source : of_it.source;
}

/// An event that was not stored, because its id is already stored from another sender or with different content. The
/// stored one may be forged.
struct claim {
  std::string source, id;
  std::string holder;  ///< the sender of the stored event: a token's name, or a source
};

/// The result for one entry. All events of a duplicate delivery are duplicates.
struct stored {
  std::size_t accepted = 0, duplicates = 0;
  bool duplicate_delivery = false;
  std::vector<claim> claims = {};
  std::string refused;  ///< why PostgreSQL rejected the events and the delivery became a dead letter; empty: it did not
};

/// A connection for appending. Used by one thread at a time.
class appender {
 public:
  explicit appender(session);
  ~appender();
  appender(appender&&) noexcept;

  /// Appends all entries in one transaction. The result per entry is errc::unavailable if PostgreSQL cannot be reached
  /// or does not accept writes, and errc::malformed if PostgreSQL rejects it even as a dead letter. Entries that
  /// PostgreSQL rejects for their data are found by halving the batch and do not affect the others. An error of an
  /// unknown class counts as a data error if PostgreSQL meanwhile stores another entry or a probe. Keys and ids that
  /// are too long for an index are hashed.
  std::vector<result<stored>> append(std::span<const entry* const>);
  std::vector<result<stored>> append(const std::vector<entry>&);

  /// Whether PostgreSQL is available, checked without writing.
  bool probe();

  /// Why PostgreSQL was unavailable for the last append or probe: one of failure_reasons(); empty if it was available.
  std::string_view failure() const { return failure_; }
  /// Whether the server runs with fsync enabled.
  bool is_durable() const { return is_durable_; }

  static constexpr std::size_t max_batch = 256;  ///< entries in one statement; larger batches are no faster
  /// Total size of a batch's bodies, unless a single body is larger. Bodies are held in memory several times, and
  /// PostgreSQL limits a parameter to 1 GB.
  static constexpr std::size_t max_batch_bytes = std::size_t{64} * 1024 * 1024;

 private:
  struct connected;
  /// Halves a rejected batch until the entries that cause the rejection are isolated.
  void store(std::span<const entry* const> all, const std::vector<std::size_t>& distinct,
             std::vector<result<stored>>& out);
  result<stored> bury(const entry&, const std::string& why);
  session session_;
  std::unique_ptr<connected> connected_;
  std::string_view failure_;
  bool is_durable_ = true;
};

}
