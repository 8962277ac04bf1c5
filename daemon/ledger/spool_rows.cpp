#include "daemon/ledger/spool_rows.hpp"

#include "daemon/ledger/body.hpp"

namespace releasehealth::ledger {
std::string text(const SQLite::Column& c) { return {static_cast<const char*>(c.getBlob()), std::size_t(c.getBytes())}; }

timestamp time_of(const SQLite::Column& c) { return timestamp(duration(c.getInt64())); }

std::string events_text(const std::vector<event>& events) {
  json::array all;
  for (const auto& e : events) all.push_back(event_record(e));
  return json::serialize(all);
}

entry read_spooled(SQLite::Statement& row) {
  entry e;
  e.source = text(row.getColumn(1));
  e.key = text(row.getColumn(2));
  e.received_at = time_of(row.getColumn(3));
  e.outcome = text(row.getColumn(4));
  e.detail = text(row.getColumn(5));
  e.headers = parse_own(text(row.getColumn(6))).as_object();
  e.body = text(row.getColumn(7));
  if (is_zstd(e.body)) e.body = decompress(std::move(e.body));  // older releases spooled bodies uncompressed
  const auto events = parse_own(text(row.getColumn(8)));
  for (const auto& record : events.as_array()) e.events.push_back(read_record(record));
  return e;
}

}
