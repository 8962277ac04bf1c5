// Two divisions in one database, each in its own schema, selected by options of its URL.
#include "daemon/database/locks.hpp"
#include "daemon/database/migrate.hpp"
#include "daemon/database/migrations.hpp"
#include "daemon/database/rows.hpp"
#include "daemon/derivation/shadow.hpp"
#include "tests/check.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

session in_schema(const database& db, const std::string& name) {
  auto where = db.where();
  where.dsn += " options='-c search_path=" + name + "'";
  return where;
}

event deployed(const std::string& id, const std::string& version, const std::string& at) {
  return deployment_event(id, id, at, {{"service", "checkout"}, {"version", version}, {"state", "succeeded"}});
}

void store(const session& where, const std::string& key, std::vector<event> events) {
  auto e = entry_of(key, std::move(events));
  e.received_at = e.events.front().time;
  REQUIRE(ledger::appender(where).append({e}).front());
}

}

TEST_SUITE("postgres") {
  TEST_CASE("a ledger lives in the schema of its session, beside one in public") {
    const database db;
    db.query("CREATE SCHEMA division_a; SELECT 1");
    const auto a = in_schema(db, "division_a");
    CHECK(ledger::migrate(a).size() == ledger::migrations().size());
    CHECK(ledger::migrate(a).empty());
    store(db.where(), "p",
          {deployed("d1", "v1", "2026-01-01T10:00:00Z"), deployed("d2", "v2", "2026-01-02T10:00:00Z")});
    store(a, "a", {deployed("d1", "v7", "2026-01-01T10:00:00Z")});
    store(a, "b", {deployed("d3", "v8", "2026-01-03T10:00:00Z"), deployed("d4", "v7", "2026-01-04T10:00:00Z")});

    ledger::deriver in_public(db.where(), {}), in_division(a, {});
    CHECK(in_public.derive() == 2);
    CHECK(in_division.derive() == 3);
    const auto kinds = [&](const std::string& schema) {
      return db.query("SELECT string_agg(subject || ' ' || kind, ', ' ORDER BY subject) FROM " + schema +
                      ".deployment");
    };
    CHECK(kinds("public") == "d1 planned, d2 planned");
    CHECK(kinds("division_a") == "d1 planned, d3 planned, d4 rollback");

    db.query(
        "UPDATE division_a.deployment SET kind = 'hotfix' WHERE subject = 'd3'; UPDATE public.deployment SET kind = "
        "'hotfix'; SELECT 1");
    CHECK(in_division.check().size() == 2);
    CHECK(in_division.rebuild() == 2);
    CHECK(in_division.check().empty());
    CHECK(kinds("division_a") == "d1 planned, d3 planned, d4 rollback");
    CHECK(kinds("public") == "d1 hotfix, d2 hotfix");
    CHECK(in_public.rebuild() == 4);

    ledger::derive_settings other;
    kind_rule rule{.name = "all", .kind = deployment_kind::hotfix, .when = {}, .unless = {}, .at_most = {}};
    rule.when.push_back({"service", *compile_pattern("checkout")});
    other.stack.rules.rules.push_back(rule);
    ledger::shadow dry(a, other);
    CHECK(dry.moved().size() == 2);
    ledger::shadow past(a, {}, parse_time("2026-01-02T00:00:00Z"));
    CHECK(past.read().find_deployments("d1").size() == 1);
    CHECK(past.read().find_deployments("d3").empty());
  }

  TEST_CASE("derivation does not wait for daemons in another schema") {
    const database db;
    db.query("CREATE SCHEMA division_a; SELECT 1");
    const auto a = in_schema(db, "division_a");
    ledger::migrate(a);
    store(a, "a", {deployed("d1", "v1", "2026-01-01T10:00:00Z")});
    store(db.where(), "p", {deployed("d1", "v1", "2026-01-01T10:00:00Z")});
    ledger::connection other(a);
    ledger::transaction holding(other);
    ledger::run_script(holding, "SELECT pg_advisory_xact_lock(" + std::to_string(ledger::locks::derive) +
                                    " # (hashtext('division_a')::bigint << 16))");
    CHECK(ledger::deriver(a, {}).derive_batch().taken == 0);
    CHECK(ledger::deriver(db.where(), {}).derive_batch().taken == 1);
  }

  TEST_CASE("options in a database URL extend the daemon's own, and a missing schema is reported") {
    const database db;
    auto where = db.where();
    where.statement_timeout = std::chrono::milliseconds{1234};
    where.read_only = true;
    where.dsn += " options='-c search_path=public -c work_mem=7MB'";
    ledger::connection c(where);
    ledger::transaction work(c);
    const auto setting = [&](const std::string& name) { return ledger::query_one<std::string>(work, "SHOW " + name); };
    CHECK(setting("statement_timeout") == "1234ms");
    CHECK(setting("default_transaction_read_only") == "on");
    CHECK(setting("lock_timeout") == "10s");
    CHECK(setting("work_mem") == "7MB");
    CHECK(setting("search_path") == "public");
    CHECK_THROWS_WITH(ledger::migrate(in_schema(db, "division_b")),
                      doctest::Contains("no schema of search_path \"division_b\" exists"));
  }
}
