// Upgrades a database with data from every earlier schema to the current one.
#include <sstream>

#include <pqxx/pqxx>

#include "daemon/database/migrate.hpp"
#include "daemon/database/migrations.hpp"
#include "tests/check.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"
#include "tests/postgres/random_history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

/// The rows of a table as one JSON array.
std::string rows_of(const database& db, const std::string& table) {
  return db.query("SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]') FROM " + table + " t");
}

/// Inserts the rows into a table that may have other columns by now.
void fill(pqxx::transaction_base& work, const std::string& table, const std::string& rows) {
  work.exec("INSERT INTO " + table + " OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_recordset(NULL::" + table +
            ", " + work.quote(rows) + "::jsonb)");
}

/// An empty database after the first `steps` migrations.
void set_back(pqxx::transaction_base& work, std::size_t steps) {
  work.exec("SET LOCAL client_min_messages = warning");
  work.exec("DROP SCHEMA public CASCADE");
  work.exec("CREATE SCHEMA public");
  work.exec("CREATE TABLE migration (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())");
  for (const auto& [name, statements] : ledger::migrations().first(steps)) {
    work.exec(std::string(statements));
    work.exec("INSERT INTO migration (name) VALUES (" + work.quote(std::string(name)) + ")");
  }
}

}

TEST_SUITE("postgres") {
  TEST_CASE("an upgrade from every earlier schema keeps the data and gives the current rows") {
    const database today, before;
    ledger::appender to(today.where());
    random_history h(5);
    std::size_t n = 0;
    for (auto& e : h.events) REQUIRE(to.append({entry_of("k" + std::to_string(++n), {e})}).front());
    ledger::deriver(today.where(), {}).derive();
    const auto reference = today.derived();
    REQUIRE(reference.find("rollback") != reference.npos);
    const auto deliveries = rows_of(today, "delivery"), events = rows_of(today, "event");

    for (std::size_t steps = 1; steps < ledger::migrations().size(); ++steps) {
      CAPTURE(ledger::migrations()[steps - 1].first);
      {
        pqxx::connection c(before.where().dsn);
        pqxx::work work(c);
        set_back(work, steps);
        fill(work, "delivery", deliveries);
        fill(work, "event", events);
        work.exec("INSERT INTO touched (thing, source, subject) SELECT DISTINCT thing, source, subject FROM event");
        work.commit();
      }
      const auto applied = ledger::migrate(before.where());
      CHECK(applied.size() == ledger::migrations().size() - steps);
      CHECK(rows_of(before, "event") == events);
      CHECK(rows_of(before, "delivery") == deliveries);
      ledger::deriver derive(before.where(), {});
      derive.derive();
      CHECK(before.derived() == reference);
      CHECK(derive.check().empty());
    }
  }
}
