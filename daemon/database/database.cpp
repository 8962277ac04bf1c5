#include "daemon/database/database.hpp"

namespace releasehealth::ledger {

void add_element(std::string& array, std::string_view value) {
  if (array.size() > 1) array += ',';
  array += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') array += '\\';
    array += c;
  }
  array += '"';
}

json::object json_object(const pqxx::field& f) {
  if (f.is_null()) return {};
  return parse_own(f.c_str()).as_object();
}

std::string text(const pqxx::field& f) { return f.is_null() ? std::string() : std::string(f.c_str(), f.size()); }

std::string bytes(const pqxx::field& f) {
  blob all;
  codec<blob>::read({f.c_str(), f.size()}, all);
  return all.bytes;
}

std::optional<timestamp> time_from_microseconds(const pqxx::field& f) {
  if (f.is_null()) return {};
  return timestamp(duration(f.as<std::int64_t>()));
}

}
