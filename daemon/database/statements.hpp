#pragma once
// What connections and transactions are made of: for this room alone, and the one place that knows which libpqxx this
// is.
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

  /// Throws pqxx::broken_connection once the session's stop was requested: libpqxx 6 makes a connection that was cut
  /// anew.
  void go_on() const {
    if (stop_.stop_requested()) throw pqxx::broken_connection("the daemon is stopping");
  }
  /// The name by which a statement is prepared, now or before. By its address: statements are constants.
  const std::string& prepared(std::string_view sql);

  bool keeps_plans = false;  ///< of transactions when they begin

 private:
  struct cutter {
    opened* of;
    void operator()() const noexcept;
  };
  std::map<const char*, std::string> prepared_;
  std::stop_token stop_;
  std::stop_callback<cutter> cut_;
};

struct transaction::begun {
  connection::opened& on;
  bool keeps_plans;
  std::unique_ptr<pqxx::transaction_base> work;
};

struct statements {
  static transaction::begun& of(transaction& t) { return *t.begun_; }
  static pqxx::result run(transaction&, std::string_view sql, const std::vector<parameter>&);
};

postgres_failure as_postgres_failure(const pqxx::failure&);

/// Other rooms know postgres_failure only.
template <class Work>
decltype(auto) translated(Work work) {
  try {
    return work();
  } catch (const pqxx::failure& e) {
    throw as_postgres_failure(e);
  }
}

}
