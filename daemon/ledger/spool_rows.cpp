#include "daemon/ledger/spool_rows.hpp"

#include "daemon/ledger/body.hpp"

namespace releasehealth::ledger {
namespace {

std::int64_t microseconds(timestamp t) { return t.time_since_epoch().count(); }
timestamp from_microseconds(std::int64_t n) { return timestamp(duration(n)); }

json::array as_json(const std::vector<event>& events) {
  json::array all;
  for (const auto& e : events)
    all.push_back(json::object{{"source", e.source},
                               {"id", e.id},
                               {"type", e.type},
                               {"thing", e.thing},
                               {"subject", e.subject},
                               {"time", microseconds(e.time)},
                               {"override", e.is_override},
                               {"fields", e.fields}});
  return all;
}

std::vector<event> read_events(const std::string& text) {
  std::vector<event> all;
  const auto in = parse_own(text);
  for (const auto& v : in.as_array()) {
    const auto& o = v.as_object();
    const auto word = [&](const char* name) { return std::string(o.at(name).as_string()); };
    event& e = all.emplace_back();
    e.source = word("source");
    e.id = word("id");
    e.type = word("type");
    e.thing = word("thing");
    e.subject = word("subject");
    e.time = from_microseconds(o.at("time").as_int64());
    e.is_override = o.at("override").as_bool();
    e.fields = o.at("fields").as_object();
  }
  return all;
}

}

std::string text(const SQLite::Column& c) { return {static_cast<const char*>(c.getBlob()), std::size_t(c.getBytes())}; }

timestamp time_of(const SQLite::Column& c) { return from_microseconds(c.getInt64()); }

std::string events_text(const std::vector<event>& events) { return json::serialize(as_json(events)); }

entry read_spooled(SQLite::Statement& row) {
  entry e;
  e.source = text(row.getColumn(1));
  e.key = text(row.getColumn(2));
  e.received_at = time_of(row.getColumn(3));
  e.outcome = text(row.getColumn(4));
  e.detail = text(row.getColumn(5));
  e.headers = parse_own(text(row.getColumn(6))).as_object();
  e.body = text(row.getColumn(7));
  if (is_zstd(e.body)) e.body = decompress(std::move(e.body));  // bodies were spooled as they came, once
  e.events = read_events(text(row.getColumn(8)));
  return e;
}

}
