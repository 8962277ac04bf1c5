#pragma once
// The implementation of connections and transactions, for this module only. Differences between versions of libpqxx are
// handled here and in rows.cpp.
#include <map>
#include <stop_token>
#include <string>
#include <string_view>

#include <pqxx/pqxx>

#include "daemon/database/failure.hpp"
#include "daemon/database/rows.hpp"

namespace releasehealth::ledger {

struct connection::opened : pqxx::connection {
  explicit opened(const session&);

  /// Throws pqxx::broken_connection once session::stop was requested, because libpqxx 6 reconnects a closed connection.
  void go_on() const {
    if (stop_.stop_requested()) throw pqxx::broken_connection("the daemon is stopping");
  }
  /// Prepares a statement on first use and returns its name. Statements are constants, so they are identified by
  /// address.
  const std::string& prepared(std::string_view sql);

  bool keeps_plans = false;  ///< the initial setting of transactions

 private:
  struct cutter {
    opened* owner;
    void operator()() const noexcept;
  };
  std::map<const char*, std::string> prepared_;
  std::stop_token stop_;
  std::stop_callback<cutter> cut_;
};

struct transaction::begun {
  connection::opened& database;
  bool keeps_plans;
  std::unique_ptr<pqxx::transaction_base> work;
};

struct statements {
  static transaction::begun& of(transaction& t) { return *t.begun_; }
  static pqxx::result run(transaction&, std::string_view sql, const std::vector<parameter>&);
};

postgres_failure as_postgres_failure(const pqxx::failure&);

/// Translates exceptions of libpqxx: other modules only know postgres_failure.
template <class Work>
decltype(auto) translated(Work work) {
  try {
    return work();
  } catch (const pqxx::failure& e) {
    throw as_postgres_failure(e);
  }
}

}
