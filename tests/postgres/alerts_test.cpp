// Repeated alerts of Alertmanager and Grafana, from request bodies to incidents in the ledger.
#include <sstream>

#include "collectors/collector.hpp"
#include "tests/check.hpp"
#include "tests/fixture.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

std::string on_the_day(const std::string& clock) { return "2026-11-03T" + clock + ":00Z"; }

/// A notification about alerts of one group, each "status start end", received at that time.
ledger::entry notified(const char* kind, const std::string& received, const std::vector<std::string>& alerts) {
  json::array all;
  for (std::size_t n = 0; n < alerts.size(); ++n) {
    std::istringstream words(alerts[n]);
    std::string status, starts, ends;
    words >> status >> starts >> ends;
    all.push_back(json::object{{"status", status},
                               {"labels", {{"alertname", "SlowCheckout"}, {"service", "checkout"}}},
                               {"startsAt", on_the_day(starts)},
                               {"endsAt", ends.empty() ? "0001-01-01T00:00:00Z" : on_the_day(ends)},
                               {"fingerprint", "fade" + std::to_string(n)}});
  }
  const auto body = json::serialize(json::object{{"version", "4"}, {"groupKey", "g"}, {"alerts", std::move(all)}});
  headers head;
  head.add("Content-Type", "application/json");
  const auto& reader = *find_collector(kind);
  const auto from = source_of(reader);
  const delivery d{.header = head, .body = body, .received_at = *parse_time(on_the_day(received))};
  auto read = reader.decode(from, d);
  REQUIRE(read);
  auto e = entry_of(reader.key(d), std::move(read->events));
  e.source = kind;
  e.received_at = d.received_at;
  e.body = body;
  return e;
}

// Seconds until each incident was restored, in order of start; `open` for open ones.
std::string restored(const database& db) {
  ledger::deriver(db.where(), {}).derive();
  return db.query(
      "SELECT string_agg(coalesce(extract(epoch FROM restored_at - started_at)::bigint::text, 'open'), ' ' ORDER BY "
      "started_at)"
      " FROM incident");
}

}

TEST_SUITE("postgres") {
  TEST_CASE("an alert that fires again with its first start is reopened, and resolved by the second end") {
    for (const auto* kind : {"alertmanager", "grafana"}) {
      const database db;
      ledger::appender to(db.where());
      CHECK(to.append({notified(kind, "10:00", {"firing 10:00"})}).front()->accepted == 1);
      CHECK(to.append({notified(kind, "10:01", {"firing 10:00"})}).front()->duplicate_delivery);
      CHECK(restored(db) == "open");
      CHECK(to.append({notified(kind, "10:03", {"resolved 10:00 10:02"})}).front()->accepted == 1);
      CHECK(restored(db) == "120");
      CHECK(to.append({notified(kind, "10:30", {"firing 10:00"})}).front()->accepted == 1);
      CHECK(restored(db) == "open");
      CHECK(to.append({notified(kind, "13:01", {"resolved 10:00 13:00"})}).front()->accepted == 1);
      CHECK(to.append({notified(kind, "13:02", {"resolved 10:00 13:00"})}).front()->duplicate_delivery);
      CHECK(restored(db) == "10800");
      CHECK(ledger::deriver(db.where(), {}).check().empty());
    }
  }

  TEST_CASE("an alert that fires again is reopened also within one batch, as from the spool") {
    const database db;
    ledger::appender to(db.where());
    const auto kept = to.append({notified("alertmanager", "10:00", {"firing 10:00"}),
                                 notified("alertmanager", "10:03", {"resolved 10:00 10:02"}),
                                 notified("alertmanager", "10:30", {"firing 10:00"}),
                                 notified("alertmanager", "10:31", {"firing 10:00"}),
                                 notified("alertmanager", "13:01", {"resolved 10:00 13:00"})});
    std::string accepted;
    for (const auto& k : kept) accepted += std::to_string(k->accepted);
    CHECK(accepted == "11101");
    CHECK(restored(db) == "10800");
  }

  TEST_CASE("a resolution with an overwritten start resolves the firing alert") {
    const database db;
    ledger::appender to(db.where());
    for (const auto& told :
         {notified("grafana", "10:00", {"firing 10:00"}), notified("grafana", "11:00", {"resolved 11:00 11:00"}),
          notified("grafana", "11:01", {"resolved 11:00 11:00"}), notified("grafana", "12:00", {"firing 12:00"}),
          notified("grafana", "12:30", {"resolved 12:30 12:30"})})
      REQUIRE(to.append({told}).front());
    CHECK(restored(db) == "3600 1800");
    CHECK(db.query("SELECT count(*) FROM event") == "4");
  }

  TEST_CASE("only the alerts of a group with new information are stored") {
    const database db;
    ledger::appender to(db.where());
    CHECK(to.append({notified("alertmanager", "10:00", {"firing 10:00"})}).front()->accepted == 1);
    const auto both = to.append({notified("alertmanager", "10:05", {"firing 10:00", "firing 10:04"})}).front();
    CHECK(both->accepted == 1);
    CHECK(both->duplicates == 1);
    CHECK(to.append({notified("alertmanager", "10:20", {"resolved 10:00 10:15", "firing 10:04"})}).front()->accepted ==
          1);
    CHECK(restored(db) == "900 open");
  }

  TEST_CASE("an alert stored by the previous release is resolved, and its repeated notifications are recognized") {
    const database db;
    ledger::appender to(db.where());
    auto before = notified("alertmanager", "10:00", {"firing 10:00"});
    before.key = "as the release before";
    before.events[0].fields.erase("alert_fingerprint");
    REQUIRE(to.append({before}).front()->accepted == 1);
    CHECK(to.append({notified("alertmanager", "10:30", {"firing 10:00"})}).front()->accepted == 0);
    CHECK(to.append({notified("alertmanager", "11:00", {"resolved 10:00 11:00"})}).front()->accepted == 1);
    CHECK(restored(db) == "3600");
    auto resolved = notified("grafana", "10:00", {"firing 10:00"});
    resolved.key = "as the release before";
    resolved.events[0].fields.erase("alert_fingerprint");
    REQUIRE(to.append({resolved}).front()->accepted == 1);
    CHECK(to.append({notified("grafana", "10:40", {"resolved 10:40 10:40"})}).front()->accepted == 1);
    CHECK(restored(db) == "3600 2400");
  }
}
