#pragma once
// Connections to PostgreSQL and their transactions. Both are opaque outside this module; statements use rows.hpp.
#include <memory>
#include <string>
#include <string_view>

#include "daemon/database/session.hpp"

namespace releasehealth::ledger {

/// A connection, used by one thread at a time. session::stop closes it: a thread that waits for an answer gets
/// postgres_failure.
class connection {
 public:
  /// Connects with the session's name, timeouts and read-only setting. Throws postgres_failure, and
  /// std::invalid_argument if libpq cannot parse the URL.
  explicit connection(const session&);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  bool is_open() const;
  /// From now on, prepares every statement once. For statements on a few rows, planning takes longer than execution.
  void prepare_statements();

 private:
  friend class transaction;
  struct opened;
  std::unique_ptr<opened> opened_;
};

/// Rolled back on destruction unless committed. Every function, and every statement in it, throws postgres_failure.
class transaction {
 public:
  enum kind {
    usual,         ///< READ COMMITTED: each statement sees the data committed before it
    one_instant,   ///< REPEATABLE READ: all statements see the same snapshot
    by_statement,  ///< no transaction: each statement commits by itself
  };
  explicit transaction(connection&, kind = usual);
  ~transaction();
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;

  void commit();

  /// Whether the following statements use generic cached plans. Without, each is planned for its parameters, which is
  /// better for statements on many rows.
  void keep_plans(bool);

  /// Exports the snapshot and returns its name, valid until the transaction ends.
  std::string export_instant();
  /// Uses an exported snapshot. Must be called before any statement.
  void see_instant(const std::string&);

 private:
  friend struct statements;
  struct begun;
  std::unique_ptr<begun> begun_;
};

}
