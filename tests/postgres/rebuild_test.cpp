// Rebuilds and upgrades: rows of an older derivation are served until a rebuild replaces all of them at once.
#include <thread>

#include <pqxx/pqxx>

#include "daemon/database/failure.hpp"
#include "daemon/database/locks.hpp"
#include "daemon/database/migrate.hpp"
#include "daemon/derivation/background_rebuild.hpp"
#include "daemon/reports/page.hpp"
#include "daemon/reports/report.hpp"
#include "daemon/reports/text_report.hpp"
#include "daemon/timeline/derivation_version.hpp"
#include "tests/postgres/random_history.hpp"
#include "tests/postgres/running_app.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

const std::string version = std::to_string(derivation_version);
const char* const hotfixes =
    R"(releasehealth_deployments{service_name="checkout",team_name="",deployment_environment="production",kind="hotfix",period="30d"})";
const char* const planned =
    R"(releasehealth_deployments{service_name="checkout",team_name="",deployment_environment="production",kind="planned",period="30d"})";

void store_two(const database& db) {
  ledger::appender to(db.where());
  for (const auto* at : {"2026-11-19T10:00:00Z", "2026-11-20T10:00:00Z"})
    REQUIRE(
        to.append({entry_of(at, {deployment_event(
                                    at, at, at, {{"service", "checkout"}, {"version", at}, {"state", "succeeded"}})})})
            .front());
}

/// Rows like those of the previous release, in which every deployment is a hotfix.
void derive_as_before(const database& db) {
  ledger::deriver(db.where(), {}).derive();
  db.query("UPDATE deployment SET kind = 'hotfix'; UPDATE derived_by SET version = 0; SELECT 1");
}

}

TEST_SUITE("postgres") {
  TEST_CASE("after all derived rows are dropped a rebuild restores every page, byte for byte") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    ledger::reader from(db.where());
    figure_settings with;
    with.engineers["payments"] = 3;
    const auto now = *parse_time("2026-02-20T12:00:00Z");
    const auto pages = [&] {
      const auto s = answer_question(
          from,
          {.periods = current_periods(with.rolling, with.zone, now), .service = {}, .environment = {}, .team = {}},
          with, now);
      return render(s, with, text_format::prometheus) + render(s, with, text_format::openmetrics) +
             csv_report(s, with) + json_array(figures_json(s, with)) + text_report(s, with, "planned") +
             text_report(s, with, "recovery", {.markdown = true});
    };
    std::size_t bytes = 0;
    for (unsigned seed = 1; seed <= 30; ++seed) {
      CAPTURE(seed);
      db.empty();
      store(to, random_history(seed).events);
      derive.derive();
      const auto before = pages();
      for (const auto& table : db.derived_tables())
        db.query(std::string("WITH gone AS (DELETE FROM ") + table + " RETURNING 1) SELECT count(*) FROM gone");
      CHECK(pages() != before);
      derive.rebuild();
      CHECK(pages() == before);
      bytes += before.size();
    }
    CHECK(bytes > 1'000'000);
  }

  TEST_CASE("check finds damaged rows, and a rebuild repairs only those") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    for (int i = 0; i < 5; ++i)
      store(to, {deployment_event(std::to_string(i), std::to_string(i), "2026-11-01T00:00:00Z",
                                  {{"service", "checkout"}, {"state", "succeeded"}})});
    derive.derive();
    const auto before = db.derived();
    db.query("UPDATE deployment SET kind = 'hotfix' WHERE subject = '3' RETURNING 1");
    db.query("DELETE FROM deployment WHERE subject = '4' RETURNING 1");
    CHECK(derive.check().size() == 3);
    CHECK(derive.rebuild() == 3);
    CHECK(db.derived() == before);
    CHECK(derive.check().empty());
    CHECK(derive.rebuild() == 0);
    db.query("UPDATE place SET team = 'nobody' RETURNING 1");
    CHECK(derive.check().size() == 2);
    CHECK(derive.rebuild() == 2);
    CHECK(db.derived() == before);
  }

  TEST_CASE("figures of an older derivation are served until the rebuild replaces them, and never empty") {
    const database db;
    store_two(db);
    derive_as_before(db);
    pqxx::connection other(db.where().dsn);
    pqxx::work holding(other);  // the rebuild waits while another daemon derives
    holding.exec("SELECT pg_advisory_xact_lock(" + std::to_string(ledger::locks::derive) + ")");
    running_app app(db.where());
    CHECK(app.metric("releasehealth_rebuilding", "1") == "1");
    CHECK(app.metric(hotfixes, "2") == "2");
    CHECK(app.send_events(deployed("late", R"("version":"late")")).status == 202);
    CHECK(app.metric(hotfixes, "2") == "2");
    holding.commit();
    CHECK(app.metric(planned, "3") == "3");
    CHECK(app.metric(hotfixes, "0") == "0");
    CHECK(app.metric("releasehealth_rebuilding", "0") == "0");
    CHECK(db.query("SELECT version FROM derived_by") == version);
    app.derived(db);
  }

  TEST_CASE("a program derives nothing among rows of a newer derivation") {
    const database db;
    store_two(db);
    ledger::deriver derive(db.where(), {});
    derive.derive();
    db.query("UPDATE derived_by SET version = " + version + " + 1; SELECT 1");
    ledger::appender to(db.where());
    REQUIRE(to.append({entry_of("third", {deployment_event("3", "3", "2026-11-20T11:00:00Z",
                                                           {{"service", "checkout"}, {"state", "succeeded"}})})})
                .front());
    CHECK(derive.derive() == 0);
    CHECK(derive.schema_is_newer());
    CHECK_FALSE(derive.rebuild_is_due());
    CHECK(db.query("SELECT count(*) FROM deployment") == "2");
  }

  TEST_CASE("commands run a due rebuild first, and the second of two daemons finds it done") {
    const database db;
    store_two(db);
    derive_as_before(db);
    ledger::deriver derive(db.where(), {});
    derive.derive();
    CHECK(db.query("SELECT string_agg(kind, ' ') FROM deployment") == "planned planned");
    db.query("UPDATE deployment SET kind = 'hotfix'; SELECT 1");
    CHECK(derive.rebuild_if_due() == 0);
    CHECK(db.query("SELECT string_agg(kind, ' ') FROM deployment") == "hotfix hotfix");
    CHECK(derive.rebuild() == 4);  // two rows deleted, two inserted
  }

  TEST_CASE("after a migration a rebuild is due, and derived rows are kept") {
    const database db;
    store_two(db);
    ledger::deriver(db.where(), {}).derive();
    const auto before = db.derived();
    db.query(
        "DELETE FROM migration WHERE name = '0011_own_schema'; ALTER TABLE derived_by DROP COLUMN version; ALTER TABLE "
        "deployment DROP COLUMN day_order; DROP "
        "FUNCTION shadow_moved(); SELECT 1");
    CHECK(ledger::migrate(db.where()).size() == 1);
    CHECK(db.derived() == before);
    CHECK(db.query("SELECT version FROM derived_by") == "0");
    ledger::deriver derive(db.where(), {});
    derive.derive_batch();
    CHECK(derive.rebuild_is_due());
  }

  TEST_CASE("a stop ends running statements on a session's connections, on both sides") {
    const database db;
    std::stop_source stop;
    auto where = db.where();
    where.stop = stop.get_token();
    where.statement_timeout = std::chrono::minutes{1};
    store_two(db);
    pqxx::connection other(where.dsn);
    pqxx::work holding(other);
    holding.exec("LOCK TABLE deployment");  // derivation waits for it
    const auto waiting = [&] {
      return db.query(
          "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'stopped' AND wait_event_type = 'Lock'");
    };
    std::thread deriving([&] {
      auto named = where;
      named.application = "stopped";
      CHECK_THROWS_AS(ledger::deriver(named, {}).derive_batch(), ledger::postgres_failure);
    });
    for (int i = 0; i < 200 && waiting() == "0"; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(25));
    CHECK(waiting() == "1");
    const auto began = std::chrono::steady_clock::now();
    stop.request_stop();
    deriving.join();
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(2));
    for (int i = 0; i < 200 && waiting() != "0"; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(25));
    CHECK(waiting() == "0");  // the server cancelled it and released its locks
    holding.commit();
    CHECK_THROWS_AS(ledger::deriver(where, {}).derive_batch(), ledger::postgres_failure);
    CHECK(ledger::deriver(db.where(), {}).derive() == 2);
  }
}
