#pragma once
// Writing deliveries and their events: durable when it returns, and each counted once.
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "collectors/base/result.hpp"
#include "collectors/event.hpp"
#include "daemon/database/session.hpp"

namespace releasehealth::ledger {

/// A delivery on its way to the ledger.
struct entry {
  std::string source;
  std::string key;  ///< with the source: a second delivery with this key is a duplicate
  timestamp received_at;
  std::string outcome = "accepted";  ///< accepted, dead or imported
  std::string detail;                ///< of a dead one: why
  json::object headers;              ///< without signatures and tokens
  std::string body;                  ///< as received; kept compressed
  std::vector<event> events;
  bool is_whole = false;  ///< its sender waits for all or nothing: what PostgreSQL rejects is not kept as dead
};

/// The source of an event: its own, else the entry's.
inline const std::string& source_of(const entry& e, const event& of_it) {
  return of_it.source.empty() ? e.source : of_it.source;
}

/// An event of an entry whose id a delivery of somebody else holds already, or one with another content: it was not
/// stored, and what was is perhaps forged.
struct claim {
  std::string source, id;
  std::string holder;  ///< whose delivery holds it: a token's name, or a source
};

/// What became of one entry. Of a duplicate delivery all events are duplicates.
struct stored {
  std::size_t accepted = 0, duplicates = 0;
  bool duplicate_delivery = false;
  std::vector<claim> claims = {};
  std::string refused;  ///< not empty: PostgreSQL refused the events for this reason, and the delivery is kept as dead
};

/// One connection that appends. Used by one thread at a time.
class appender {
 public:
  explicit appender(session);
  ~appender();
  appender(appender&&) noexcept;

  /// Appends all in one transaction. Per entry: what became of it, or errc::unavailable if PostgreSQL cannot be reached
  /// or will not write now, or errc::malformed if PostgreSQL rejects it even as dead. Entries that PostgreSQL rejects
  /// for their data are found by halving and do not harm their neighbours; an error of an unknown class is one of the
  /// data if PostgreSQL stores a neighbour or a probe meanwhile. Keys and ids that no index can hold are hashed.
  std::vector<result<stored>> append(std::span<const entry* const>);
  std::vector<result<stored>> append(const std::vector<entry>&);

  /// Whether PostgreSQL would take something now, as far as can be told without writing.
  bool probe();

  /// Of the last append or probe: why PostgreSQL was away for it, one of failure_reasons(); empty: it was not.
  std::string_view failure() const { return failure_; }
  /// Whether the server brings to the disk what it says that it did (fsync).
  bool is_durable() const { return is_durable_; }

  static constexpr std::size_t max_batch = 256;  ///< entries in one statement; more brings nothing
  /// Of their bodies, but for a single larger one: they are held several times, and PostgreSQL takes 1 GB in a
  /// parameter.
  static constexpr std::size_t max_batch_bytes = std::size_t{64} * 1024 * 1024;

 private:
  struct connected;
  /// Halves what PostgreSQL rejects until the entries to blame stand alone.
  void store(std::span<const entry* const> all, const std::vector<std::size_t>& distinct,
             std::vector<result<stored>>& out);
  result<stored> bury(const entry&, const std::string& why);
  session session_;
  std::unique_ptr<connected> connected_;
  std::string_view failure_;
  bool is_durable_ = true;
};

}
