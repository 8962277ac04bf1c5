#pragma once
// The one place that knows which libpqxx this is. Only files of daemon/ledger include it.
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <pqxx/pqxx>

#include "collectors/json.hpp"
#include "daemon/ledger/session.hpp"
#include "daemon/timeline/naming.hpp"

namespace releasehealth::ledger {

/// Opens a connection with the session's name, timeouts and read-only setting. Throws pqxx::failure.
pqxx::connection connect(const session&);

/// Runs one statement with parameters, which travel apart from its text.
template <class... Parameters>
pqxx::result run(pqxx::transaction_base& in, std::string_view sql, const Parameters&... parameters) {
#if PQXX_VERSION_MAJOR >= 8 || (PQXX_VERSION_MAJOR == 7 && PQXX_VERSION_MINOR >= 10)
  return in.exec(std::string(sql), pqxx::params{parameters...});
#else
  return in.exec_params(std::string(sql), parameters...);
#endif
}

/// The same of a statement that the connection prepared under that name.
template <class... Parameters>
pqxx::result run_prepared(pqxx::transaction_base& in, const std::string& name, const Parameters&... parameters) {
#if PQXX_VERSION_MAJOR >= 8 || (PQXX_VERSION_MAJOR == 7 && PQXX_VERSION_MINOR >= 10)
  return in.exec(pqxx::prepped(name), pqxx::params{parameters...});
#else
  return in.exec_prepared(name, parameters...);
#endif
}

/// Adds an element to a text[] that is being written, `{` at first.
void add_element(std::string& array, std::string_view value);

/// A text[] as PostgreSQL reads it.
template <class Strings>
std::string text_array(const Strings& values) {
  std::string out = "{";
  for (const auto& v : values) add_element(out, v);
  return out + '}';
}

/// Two parallel text[] of the places' services and environments.
std::pair<std::string, std::string> place_arrays(const std::set<place>&);

json::object json_object(const pqxx::field&);
std::string text(const pqxx::field&);   ///< NULL is empty
std::string bytes(const pqxx::field&);  ///< of a bytea
std::optional<timestamp> time_from_microseconds(const pqxx::field&);

}
