#include "daemon/ledger/replay.hpp"

#include "collectors/fields.hpp"
#include "daemon/database/database.hpp"
#include "daemon/ledger/body.hpp"
#include "daemon/ledger/placement.hpp"
#include "sql/ledger.hpp"

namespace releasehealth::ledger {
namespace {

constexpr int deliveries_at_once = 200;

entry read_entry(const pqxx::row& row) {
  entry e;
  e.source = text(row["source"]);
  e.key = text(row["key"]);
  e.received_at = timestamp(duration(static_cast<std::int64_t>(row["received_at"].as<double>())));
  e.headers = json_object(row["headers"]);
  e.body = decompress(bytes(row["body"]));
  return e;
}

std::string as_records(const std::vector<event>& events, const std::string& source) {
  json::array all;
  for (const auto& e : events)
    all.push_back(json::object{{"source", e.source.empty() ? source : e.source},
                               {"id", storable_id(e.id)},
                               {"type", e.type},
                               {"thing", e.thing},
                               {"subject", storable_id(e.subject)},
                               {"time", format_time(e.time)},
                               {"fields", e.fields}});
  return json::serialize(all);
}

}

std::size_t replay(const session& where, const replay_question& q, timestamp now,
                   const std::function<reread(const entry&)>& read) {
  ledger::connection connection(where);
  std::size_t fresh = 0;
  for (std::int64_t last = 0;;) {
    transaction step(connection);
    const auto rows =
        run(step, sql::ledger::kept_deliveries, last, q.all ? "true" : "false", q.source, deliveries_at_once);
    for (const auto& row : rows) {
      last = row["id"].as<std::int64_t>();
      auto kept = read_entry(row);
      auto said = read(kept);
      if (said.events.empty()) continue;
      kept.events = std::move(said.events);
      kept.received_at = now;
      const entry* const one[] = {&kept};
      std::deque<entry> copies;
      const auto* placed = place_entries(step, one, {0}, copies).front();
      const auto records = as_records(placed ? placed->events : std::vector<event>(), kept.source);
      fresh += run(step, sql::ledger::revive, last, records, format_time(now), said.detail)[0][0].as<std::size_t>();
    }
    step.commit();
    if (rows.empty()) return fresh;
  }
}

}
