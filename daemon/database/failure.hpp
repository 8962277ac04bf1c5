#pragma once
// Reasons for failures of PostgreSQL, as operators distinguish them; alerts and runbooks use the same names.
#include <exception>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "collectors/base/result.hpp"

namespace releasehealth::ledger {

/// PostgreSQL rejected a statement, or the connection was lost.
class postgres_failure : public std::runtime_error {
 public:
  explicit postgres_failure(const std::string& what, std::string state = {})
      : std::runtime_error(what), state_(std::move(state)) {}
  /// The statement's SQLSTATE; empty for a connection failure.
  const std::string& state() const { return state_; }

 private:
  std::string state_;
};

/// All reasons: the label values of releasehealth_database_failures_total{reason}.
std::span<const std::string_view> failure_reasons();

/// One of failure_reasons(), by the SQLSTATE or, if there is none, by libpq's message.
std::string_view reason_of(const std::exception&);

/// A description for logs, answers and stored details. For an error of PostgreSQL: its SQLSTATE and primary message
/// without quoted values, and without DETAIL, HINT and CONTEXT, which contain payloads. No other code may use an
/// exception's what().
std::string description_of(const std::exception&);

/// The error for an answer: errc::unavailable with the reason if PostgreSQL is unavailable or cannot do its work, else
/// errc::internal. PostgreSQL's own message, which names hosts, users and values, only goes to the log.
error failure_of(const std::exception&);

/// Whether [database] statement_timeout or [figures] timeout was exceeded.
bool is_timeout(const std::exception&);

}
