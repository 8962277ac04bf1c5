#pragma once
// Sessions with PostgreSQL and their transactions. Both are opaque outside of this room; statements go by rows.hpp.
#include <memory>
#include <string>
#include <string_view>

#include "daemon/database/session.hpp"

namespace releasehealth::ledger {

/// One session, used by one thread at a time. The session's stop ends it: the thread that waits for an answer gets
/// postgres_failure.
class connection {
 public:
  /// With the session's name, timeouts and read-only setting. Throws postgres_failure; std::invalid_argument if libpq
  /// does not understand the URL.
  explicit connection(const session&);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  bool is_open() const;
  /// From now on every statement is prepared once. Of a few rows planning takes longer than the rest.
  void prepare_statements();

 private:
  friend class transaction;
  struct opened;
  std::unique_ptr<opened> opened_;
};

/// Rolled back at its end unless it was committed. Every function, and every statement in it, throws postgres_failure.
class transaction {
 public:
  enum kind {
    usual,         ///< each statement sees what was committed before it
    one_instant,   ///< all of its statements see one state of the database
    by_statement,  ///< no transaction: each statement is committed by itself
  };
  explicit transaction(connection&, kind = usual);
  ~transaction();
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;

  void commit();

  /// Whether the statements that follow have kept plans, made for any parameters. Without, each is planned for its own,
  /// as many rows want it.
  void keep_plans(bool);

  /// Names the state that it sees, for as long as it lasts.
  std::string export_instant();
  /// Sees that state; before any statement.
  void see_instant(const std::string&);

 private:
  friend struct statements;
  struct begun;
  std::unique_ptr<begun> begun_;
};

}
