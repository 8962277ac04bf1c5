#pragma once
// Rows as libpqxx gives them, for the rooms that do not read structs yet.
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/json.hpp"
#include "daemon/database/statements.hpp"

namespace releasehealth::ledger {

/// Runs one statement with parameters, which travel apart from its text.
template <class... Parameters>
pqxx::result run(transaction& in, std::string_view sql, const Parameters&... given) {
  return statements::run(in, sql, parameters::list(given...));
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

json::object json_object(const pqxx::field&);
std::string text(const pqxx::field&);   ///< NULL is empty
std::string bytes(const pqxx::field&);  ///< of a bytea
std::optional<timestamp> time_from_microseconds(const pqxx::field&);

}
