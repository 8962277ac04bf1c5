// One release over several production environments (figures.md section 17): counted once, shown by environment, too.
#include "daemon/figures/snapshot.hpp"
#include "daemon/queries/reads.hpp"
#include "daemon/reports/page.hpp"
#include "daemon/reports/report.hpp"
#include "tests/postgres/cases.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

ledger::derive_settings settings_of_group() {
  ledger::derive_settings settings;
  std::vector<environment_rule> environments;
  for (const auto* name : {"eu", "us", "ap"})
    environments.push_back({.name = name, .production = true, .group = "production"});
  settings.blame.names = naming({{.name = "checkout", .team = "payments"}}, std::move(environments));
  return settings;
}

/// What the group has: "v1 planned", each with what is told of its failure.
std::string group_rows(const database& db) {
  return db.query(
      "SELECT coalesce(string_agg(version || ' ' || kind || CASE WHEN failed THEN ' failed' ELSE '' END || "
      "CASE WHEN rolled_back_by IS NULL THEN '' ELSE ' back' END, ', ' ORDER BY finished_at, subject), '') "
      "FROM deployment WHERE environment = 'production'");
}

const figure& figure_named(std::string_view name) {
  const auto found = std::ranges::find(figures(), name, &figure::name);
  REQUIRE(found != figures().end());
  return *found;
}

}

TEST_SUITE("postgres") {
  TEST_CASE("three regions: one release, one rollback, one failure; each region has its own figures") {
    const database db;
    ledger::appender to(db.where());
    const auto settings = settings_of_group();
    ledger::deriver derive(db.where(), settings);
    store(to, case_reader::read("d1 1/08:00 v1 env=eu; d2 1/09:00 v1 env=us; d3 1/10:00 v1 env=ap;"
                                "d4 2/08:00 v2 env=eu; d5 2/09:00 v2 env=us; d6 2/10:00 v2 env=ap"));
    derive.derive();
    CHECK(group_rows(db) == "v1 planned, v2 planned");
    // an outage in one region, and a rollback there alone
    store(to, case_reader::read("i1 2/09:30 env=us; d7 2/11:00 v1 env=us; i1 2/11:10 state=resolved"));
    derive.derive();
    CHECK(group_rows(db) == "v1 planned, v2 planned failed back, v1 rollback");
    CHECK(
        db.query("SELECT issue_at - issue_since, recovered_at - issue_since, first_remedy FROM deployment WHERE failed "
                 "AND is_release") == "00:30:00|02:10:00|rollback");
    CHECK(derive.check().empty());
    // the other regions are rolled back, too: it stays one rollback
    store(to, case_reader::read("d8 2/12:00 v1 env=eu; d9 3/12:00 v1 env=ap; d10 4/08:00 v1 env=ap"));
    derive.derive();
    CHECK(group_rows(db) == "v1 planned, v2 planned failed back, v1 rollback, v1 redeploy");
    CHECK(derive.check().empty());

    figure_settings with;
    with.names = settings.blame.names;
    ledger::reader from(db.where());
    const auto now = *parse_time("2026-01-20T00:00:00Z");
    const auto month = *parse_period("2026-01", with.zone, now);
    const auto s = answer_question(from, {.periods = {month}, .service = {}, .environment = {}, .team = {}}, with, now);
    const auto value = [&](const scope_figures& of, const char* name, std::size_t slice = 0) {
      const auto& f = figure_named(name);
      const auto v = evaluate(f, with.slices_of(f)[slice], {s.columns, of.values.at("2026-01"), month, 0});
      return v ? v->value : -1;
    };
    for (const auto* of : {&s.places.at({"checkout", "production"}), &s.teams.at("payments")}) {
      CHECK(value(*of, "changes") == 2);
      CHECK(value(*of, "change_fail_ratio") == 0.5);
      CHECK(value(*of, "rolled_back_changes") == 1);
      CHECK(value(*of, "deployments", 2) == 1);  // rollbacks
      CHECK(value(*of, "incidents") + value(*of, "incidents", 5) == 1);
      CHECK(value(*of, "time_to_issue_seconds") == 30 * 60);  // of the region, not from the first region on
      CHECK(value(*of, "recovery_seconds") == 130 * 60);
    }
    CHECK(value(s.places.at({"checkout", "us"}), "change_fail_ratio") == 0.5);
    CHECK(value(s.places.at({"checkout", "eu"}), "changes") == 2);
    CHECK(value(s.places.at({"checkout", "us"}), "incidents", 5) == 1);
    CHECK(value(s.places.at({"checkout", "eu"}), "incidents", 5) == 0);

    const auto page = render(s, with, text_format::prometheus);
    CHECK(
        page.find(
            R"(releasehealth_changes{service_name="checkout",team_name="payments",deployment_environment="production",)"
            R"(kind="planned",period="2026-01"} 2)") != page.npos);
    CHECK(
        page.find(
            R"(releasehealth_region_changes{service_name="checkout",team_name="payments",deployment_environment="us",)"
            R"(kind="planned",period="2026-01"} 2)") != page.npos);
    CHECK(page.find(
              R"(releasehealth_changes{service_name="checkout",team_name="payments",deployment_environment="us")") ==
          page.npos);
    const auto csv = csv_report(s, with, {});
    CHECK(csv.find(",production,changes,kind=planned,2\r\n") != csv.npos);
    CHECK(csv.find(",us,changes,") == csv.npos);  // nothing is told twice
  }

  TEST_CASE("a region that comes late begins the release; a hotfix's facts come from whoever has them") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), settings_of_group());
    ledger::reader from(db.where());
    store(to, case_reader::read("d1 1/10:00 v1 env=us kind=hotfix cause=data lines_changed=7"));
    derive.derive();
    const auto before = db.query("SELECT id FROM deployment WHERE is_release");
    store(to, case_reader::read("d2 1/08:00 v1 env=eu kind=hotfix; d3 1/09:00 v1 env=ap kind=hotfix cause=process"));
    derive.derive();
    CHECK(derive.check().empty());
    CHECK(db.query("SELECT subject, kind, cause, lines_changed, to_char(finished_at, 'HH24:MI') FROM deployment WHERE "
                   "is_release") == "d2|hotfix|process|7|08:00");
    const auto release = from.find_deployments(db.query("SELECT id FROM deployment WHERE is_release"));
    REQUIRE(release.size() == 1);
    CHECK(release.front().at("members").as_array().size() == 3);
    CHECK(from.find_deployments(before).empty());
    CHECK(from.find_deployments("v1").size() == 3);  // in each environment; the release by its id
    store(to, case_reader::read("retract d2 2/00:00"));
    derive.derive();
    CHECK(db.query("SELECT subject FROM deployment WHERE is_release") == "d3");
    CHECK(derive.check().empty());
  }

  TEST_CASE("an incident that names the group blames what became live last in any of its environments") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), settings_of_group());
    store(to, case_reader::read("d1 1/08:00 v1 env=eu; d2 1/09:00 v2 env=us; i1 1/10:00 env=production; i2 1/10:30;"
                                "i3 1/08:30 env=Production; d3 1/07:00 v0 env=staging"));
    derive.derive();
    CHECK(db.query("SELECT string_agg(i.subject || ' ' || d.version || ' ' || i.environment, ', ' ORDER BY i.subject) "
                   "FROM incident i JOIN deployment d ON d.id = i.blamed") ==
          "i1 v2 production, i2 v2 us, i3 v1 production");
    CHECK(derive.check().empty());
    ledger::reader from(db.where());
    figure_settings with;
    with.names = settings_of_group().blame.names;
    const auto now = *parse_time("2026-01-20T00:00:00Z");
    const auto month = *parse_period("2026-01", with.zone, now);
    const auto s = answer_together(from, {.periods = {month}, .service = {}, .environment = {}, .team = {}}, with, now);
    const auto& f = figure_named("incidents");
    CHECK(evaluate(f, with.slices_of(f)[5], {s.columns, s.together.values.at("2026-01"), month, 0})->value == 3);
  }
}
