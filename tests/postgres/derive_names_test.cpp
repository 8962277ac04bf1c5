// Cardinality limits of service, environment and team names.
#include <random>

#include "collectors/fields.hpp"
#include "daemon/queries/reads.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

TEST_SUITE("postgres") {
  TEST_CASE("a deployment without a service is kept, and counts once it has one") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    store(to, {deployment_event("1", "d", "2026-11-01T00:00:00Z", {{"state", "succeeded"}})});
    derive.derive();
    CHECK(db.query("SELECT count(*) FROM deployment WHERE service = ''") == "1");
    CHECK(db.query("SELECT count(*) FROM place") == "0");
    store(to, {deployment_event("2", "d", "2026-11-02T00:00:00Z", {{"service", "checkout"}})});
    derive.derive();
    CHECK(db.query("SELECT service, environment, kind FROM deployment") == "checkout|production|planned");
    CHECK(db.query("SELECT service, environment FROM place") == "checkout|production");
  }

  TEST_CASE("names of the maximum length in four-byte characters are derived") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    std::string name;
    std::mt19937 random(7);  // compressible names would fit an index by luck
    for (int i = 0; i < 200; ++i) {
      const auto n = random() % 4096;
      name += "\xF0\x9F";
      name += static_cast<char>(0x80 + n / 64);
      name += static_cast<char>(0x80 + n % 64);
    }
    auto e = deployment_event(
        name, name, "2026-11-01T00:00:00Z",
        {{"service", name}, {"environment", name}, {"state", "succeeded"}, {"version", name}, {"commit", name}});
    e.source = name;
    CHECK(check(e, *parse_time("2026-11-20T00:00:00Z")).empty());
    store(to, {e});
    CHECK(derive.derive() == 1);
    CHECK(db.query("SELECT length(service), kind FROM deployment") == "200|planned");
    CHECK(derive.check().empty());
  }

  TEST_CASE("names over the cardinality limit, in order of receipt, are aggregated as other (group 24)") {
    const database db;
    ledger::appender to(db.where());
    ledger::derive_settings settings;
    settings.max_names = 2;
    settings.blame.names = naming({{"checkout", {}, {{"cart"}}, {}, {}}}, {});
    ledger::deriver derive(db.where(), settings);
    ledger::reader from(db.where());
    const auto told = [&](const char* service, const char* received) {
      auto e = entry_of(service, {deployment_event(service, service, "2026-11-01T00:00:00Z",
                                                   {{"service", service}, {"team", service}, {"state", "succeeded"}})});
      e.received_at = *parse_time(received);
      REQUIRE(to.append({e}).front());
      derive.derive();
    };
    const auto services = [&] { return db.query("SELECT string_agg(service, ' ' ORDER BY service) FROM place"); };
    told("cart", "2026-11-01T00:00:00Z");  // configured: not counted towards the limit
    told("x", "2026-11-03T00:00:00Z");
    told("c", "2026-11-04T00:00:00Z");
    CHECK(services() == "c checkout x");
    told("d", "2026-11-05T00:00:00Z");
    told("e", "2026-11-06T00:00:00Z");
    CHECK(services() == "c checkout other x");
    CHECK(db.query("SELECT count(*), min(facts->>'team') FROM deployment WHERE service = 'other'") == "2|other");
    CHECK(from.counts(settings.max_names).other_services == 2);
    CHECK(from.counts(settings.max_names).other_teams == 3);
    CHECK(from.counts(settings.max_names).other_environments == 0);
    told("a", "2026-11-02T00:00:00Z");  // received first, stored last, as by a disconnected daemon
    CHECK(services() == "a checkout other x");
    CHECK(derive.check().empty());
  }

  TEST_CASE("production environments and configured names are never aggregated, however many previews exist") {
    const database db;
    ledger::appender to(db.where());
    ledger::derive_settings settings;
    settings.max_names = 3;
    settings.blame.names = naming({{"checkout", "core", {}, {}, {}}}, {{"qa", false, {}}}, {"payments"});
    ledger::deriver derive(db.where(), settings);
    std::size_t folded = 0;
    const auto told = [&](const std::string& id, json::object fields) {
      fields["state"] = "succeeded";
      store(to, {deployment_event(id, id, "2026-11-01T00:00:00Z", std::move(fields))});
      for (auto done = derive.derive_batch(); done.taken > 0; done = derive.derive_batch()) folded += done.folded_names;
    };
    for (const char* name : {"preview-1", "preview-2", "preview-3", "preview-4", "preview-5"})
      told(name, {{"service", name}, {"environment", name}, {"team", name}});
    CHECK(folded == 6);
    for (const char* environment : {"production", "live", "qa"})
      told(environment, {{"service", "checkout"}, {"environment", environment}, {"team", "payments"}});
    told("core", {{"service", "checkout"}, {"environment", "production"}, {"team", "core"}});
    CHECK(db.query("SELECT string_agg(DISTINCT environment, ' ' ORDER BY environment) FROM place") ==
          "live other preview-1 preview-2 preview-3 production qa");
    CHECK(db.query("SELECT count(*) FROM deployment WHERE service = 'checkout' AND facts->>'team' = 'other'") == "0");
    CHECK(ledger::reader(db.where()).counts(settings.max_names).other_environments == 2);
    CHECK(folded == 6);
    CHECK(derive.check().empty());
  }

  TEST_CASE("a name that only retracted things have frees its slot, and gets it back on restoration") {
    const database db;
    ledger::appender to(db.where());
    ledger::derive_settings settings;
    settings.max_names = 2;
    ledger::deriver derive(db.where(), settings);
    int n = 0;
    const auto received = [&](event e) {
      const auto key = e.id;
      auto one = entry_of(key, {std::move(e)});
      one.received_at = *parse_time("2026-11-02T00:00:00Z") + std::chrono::minutes(++n);
      REQUIRE(to.append({one}).front());
      derive.derive();
      CHECK(derive.check().empty());
    };
    const auto told = [&](const std::string& id, const char* service) {
      received(deployment_event(id, id, "2026-11-01T00:00:00Z", {{"service", service}, {"state", "succeeded"}}));
    };
    const auto retract = [&](const std::string& id, const std::string& subject, bool retracted) {
      auto e = report_of("retraction", subject, "2026-11-01T0" + std::to_string(n % 10) + ":00:00Z",
                         {{"of", "deployment"}, {"retracted", retracted}});
      e.id = id;
      e.thing = thing_type::deployment;
      received(std::move(e));
    };
    const auto services = [&] { return db.query("SELECT string_agg(service, ' ' ORDER BY service) FROM place"); };
    told("a1", "a");
    told("b1", "b");
    told("c1", "c");
    told("a2", "a");
    CHECK(services() == "a b other");
    retract("r1", "a1", true);  // a2, received after c's, still has the name
    CHECK(services() == "b c other");
    retract("r2", "a2", true);
    CHECK(services() == "b c");
    retract("r3", "a1", false);
    CHECK(services() == "a b other");
    retract("r4", "c1", true);  // an aggregated name frees no slot
    CHECK(services() == "a b");
    told("c2", "c");
    CHECK(services() == "a b other");
    CHECK(db.query("SELECT count(*) FROM known_name WHERE kind = 'service'") == "3");
  }
}
