#pragma once
// How a reader reaches PostgreSQL: for the files that implement it.
#include "daemon/database/database.hpp"
#include "daemon/queries/reads.hpp"

namespace releasehealth::ledger {

struct reader::connected {
  ledger::connection connection;
  explicit connected(const session& s) : connection(s) {}
};

// After a failure the connection is dropped, and made anew by the next call.
template <class Transaction, class Work>
auto reader::in(Work work) {
  try {
    if (!connected_ || !connected_->connection.is_open()) connected_ = std::make_unique<connected>(session_);
    const end_of_kept_plans after(connected_->connection);
    Transaction transaction(connected_->connection);
    return work(transaction);
  } catch (const pqxx::failure&) {
    connected_.reset();
    throw;
  }
}

template <class Work>
auto reader::read(Work work) {
  if (within_) return work(*within_);
  return in<pqxx::nontransaction>(work);
}

/// The only column of each row, a document, with its times written as everywhere.
std::vector<json::object> read_objects(const pqxx::result& rows);

}
