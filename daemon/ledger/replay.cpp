#include "daemon/ledger/replay.hpp"

#include "collectors/fields.hpp"
#include "daemon/database/rows.hpp"
#include "daemon/ledger/body.hpp"
#include "daemon/ledger/placement.hpp"
#include "sql/ledger.hpp"

namespace releasehealth::ledger {
namespace {

constexpr int deliveries_at_once = 200;

struct kept_delivery {
  std::int64_t id = 0;
  entry told;
  blob body;

  static constexpr auto columns =
      std::tuple(column("id", &kept_delivery::id), column("source", &kept_delivery::told, &entry::source),
                 column("key", &kept_delivery::told, &entry::key),
                 column("received_at", &kept_delivery::told, &entry::received_at),
                 column("headers", &kept_delivery::told, &entry::headers), column("body", &kept_delivery::body));
};

json::array as_records(const std::vector<event>& events, const std::string& source) {
  json::array all;
  for (auto e : events) {
    if (e.source.empty()) e.source = source;
    e.id = storable_id(e.id);
    e.subject = storable_id(e.subject);
    all.push_back(event_record(e));
  }
  return all;
}

}

std::size_t replay(const session& where, const replay_question& q, timestamp now,
                   const std::function<reread(const entry&)>& read) {
  ledger::connection connection(where);
  std::size_t fresh = 0;
  for (std::int64_t last = 0;;) {
    transaction step(connection);
    auto rows = query<kept_delivery>(step, sql::ledger::kept_deliveries, last, q.all, q.source, deliveries_at_once);
    for (auto& row : rows) {
      last = row.id;
      auto& kept = row.told;
      kept.body = decompress(std::move(row.body.bytes));
      auto said = read(kept);
      if (said.events.empty()) continue;
      kept.events = std::move(said.events);
      kept.received_at = now;
      const entry* const one[] = {&kept};
      std::deque<entry> copies;
      const auto* placed = place_entries(step, one, {0}, copies).front();
      const auto records = as_records(placed ? placed->events : std::vector<event>(), kept.source);
      fresh += query_one<std::size_t>(step, sql::ledger::revive, last, records, now, said.detail);
    }
    step.commit();
    if (rows.empty()) return fresh;
  }
}

}
