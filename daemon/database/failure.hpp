#pragma once
// Why PostgreSQL did not do something: what operators tell apart, and alerts and runbooks name.
#include <exception>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "collectors/base/result.hpp"

namespace releasehealth::ledger {

/// PostgreSQL rejected a statement, or the connection to it is lost.
class postgres_failure : public std::runtime_error {
 public:
  explicit postgres_failure(const std::string& what, std::string state = {})
      : std::runtime_error(what), state_(std::move(state)) {}
  /// The SQLSTATE of the statement; empty: it is the connection.
  const std::string& state() const { return state_; }

 private:
  std::string state_;
};

/// Every reason there is, as releasehealth_database_failures_total{reason} counts them.
std::span<const std::string_view> failure_reasons();

/// One of failure_reasons(), by the SQLSTATE; where there is none, by what libpq says about a connection.
std::string_view reason_of(const std::exception&);

/// What happened, for logs, answers and stored details: of an error of PostgreSQL its SQLSTATE and primary message
/// without what that quotes; DETAIL, HINT and CONTEXT hold payloads. The only reader of an exception's what().
std::string description_of(const std::exception&);

/// What an answer may say of it: errc::unavailable with the reason if PostgreSQL is away or does not do its work,
/// errc::internal for everything else. PostgreSQL's words, which name hosts, users and values, are for the log.
error failure_of(const std::exception&);

/// Over [database] statement_timeout, or over [figures] timeout.
bool is_timeout(const std::exception&);

}
