#include "daemon/ledger/retention.hpp"

#include <algorithm>
#include <vector>

#include "collectors/json.hpp"
#include "daemon/ledger/body.hpp"
#include "daemon/ledger/database.hpp"
#include "sql.hpp"

namespace releasehealth::ledger {
namespace {

constexpr int bodies_at_once = 1000, deliveries_at_once = 200;

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(), to_lower);
  return text;
}

/// Replaces a text in every text of a value, whatever the case of its letters.
struct replacement {
  std::string what;  ///< in small letters
  std::string by;

  std::string in(const std::string& text) const {
    const auto low = lowered(text);
    std::string out;
    std::size_t from = 0;
    for (auto at = low.find(what); at != low.npos; at = low.find(what, from)) {
      out.append(text, from, at - from).append(by);
      from = at + what.size();
    }
    return out.append(text, from);
  }
  void apply(json::value& v) const {
    if (v.is_string()) v = in(std::string(v.get_string()));
    if (v.is_array())
      for (auto& one : v.get_array()) apply(one);
    if (v.is_object())
      for (auto& [name, one] : v.get_object()) apply(one);
  }
};

std::string like_pattern(const std::string& text) {
  std::string out = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + '%';
}

// In JSON a quote, a backslash and what is no ASCII may be spelled in other ways.
std::string as_spelled(const std::string& text) {
  const auto quoted = json::serialize(json::value(text));
  return quoted.substr(1, quoted.size() - 2);
}

}

std::int64_t drop_bodies(const session& where, timestamp before) {
  ledger::connection connection(where);
  std::int64_t last = 0, all = 0;
  for (;;) {
    pqxx::work step(connection);
    const auto row = run(step, sql::ledger_drop_bodies, format_time(before), last, bodies_at_once).front();
    step.commit();
    last = row[0].as<std::int64_t>();
    const auto count = row[1].as<std::int64_t>();
    all += count;
    if (count == 0) return all;
  }
}

erased erase(const session& where, const erasure& e) {
  ledger::connection connection(where);
  pqxx::work all(connection);
  erased out;
  const replacement other{lowered(e.person), e.pseudonym};
  for (const auto& row : run(all, sql::ledger_events_holding, like_pattern(as_spelled(e.person)))) {
    auto fields = json::parse(text(row[2]));
    other.apply(fields);
    run(all, sql::ledger_rewrite_event, text(row[0]), text(row[1]), json::serialize(fields));
    ++out.events;
  }
  std::int64_t last = 0;
  std::vector<std::string> found;
  for (;;) {
    const auto rows = run(all, sql::ledger_deliveries_after, last, deliveries_at_once);
    if (rows.empty()) break;
    for (const auto& row : rows) {
      last = row[0].as<std::int64_t>();
      const auto body = lowered(decompress(bytes(row[1])));
      const bool holds = body.find(other.what) != body.npos || body.find(lowered(as_spelled(e.person))) != body.npos ||
                         lowered(text(row[2])).find(other.what) != std::string::npos;
      if (holds) found.push_back(text(row[0]));
    }
  }
  run(all, sql::ledger_empty_deliveries, text_array(found));
  out.deliveries = static_cast<std::int64_t>(found.size());
  run(all, sql::ledger_note_erasure, format_time(e.at), e.by, e.reason, e.pseudonym, out.events, out.deliveries);
  all.commit();
  return out;
}

}
