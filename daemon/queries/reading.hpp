#pragma once
// Implementation details of reader, for its source files: the connection to PostgreSQL.
#include "daemon/database/failure.hpp"
#include "daemon/database/rows.hpp"
#include "daemon/queries/reads.hpp"

namespace releasehealth::ledger {

struct reader::connected {
  ledger::connection connection;
  explicit connected(const session& s) : connection(s) {}
};

// Drops the connection after a failure; the next call reconnects.
template <class Work>
auto reader::in(transaction::kind kind, Work work) {
  try {
    if (!connected_ || !connected_->connection.is_open()) connected_ = std::make_unique<connected>(session_);
    transaction begun(connected_->connection, kind);
    return work(begun);
  } catch (const postgres_failure&) {
    connected_.reset();
    throw;
  }
}

template <class Work>
auto reader::read(Work work) {
  if (enclosing_) return work(*enclosing_);
  return in(transaction::by_statement, work);
}

/// The objects with their times in RFC 3339, as everywhere else.
std::vector<json::object> with_times(std::vector<json::object>);

}
