// One release over several production environments (figures.md section 17): counted once and shown by environment.
#include "daemon/figures/snapshot.hpp"
#include "daemon/queries/reads.hpp"
#include "daemon/reports/page.hpp"
#include "daemon/reports/report.hpp"
#include "tests/postgres/cases.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"
#include "tests/postgres/running_app.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

const std::vector<std::pair<std::string, std::string>> looking = {{"Authorization", "Bearer sesame"}},
                                                       amend = {{"Authorization", "Bearer sesame"},
                                                                {"Content-Type", "application/merge-patch+json"}};

ledger::derive_settings settings_of_group() {
  ledger::derive_settings settings;
  std::vector<environment_rule> environments;
  for (const auto* name : {"eu", "us", "ap"})
    environments.push_back({.name = name, .production = true, .group = "production"});
  settings.blame.names = naming({{.name = "checkout", .team = "payments"}}, std::move(environments));
  return settings;
}

/// A history of checkout in a group of three environments, derived event by event.
struct grouped_history {
  database db;
  ledger::deriver derive{db.where(), settings_of_group()};

  void tell(const std::string& reports) {
    ledger::appender to(db.where());
    store(to, case_reader::read(reports));
    derive.derive();
  }
};

/// The group's releases, such as "v1 planned", each with its failure.
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
  TEST_CASE("three regions give one release, one rollback and one failure, and each region has its own figures") {
    const database db;
    ledger::appender to(db.where());
    const auto settings = settings_of_group();
    ledger::deriver derive(db.where(), settings);
    store(to, case_reader::read("d1 1/08:00 v1 env=eu; d2 1/09:00 v1 env=us; d3 1/10:00 v1 env=ap;"
                                "d4 2/08:00 v2 env=eu; d5 2/09:00 v2 env=us; d6 2/10:00 v2 env=ap"));
    derive.derive();
    CHECK(group_rows(db) == "v1 planned, v2 planned");
    // an outage and a rollback in one region only
    store(to, case_reader::read("i1 2/09:30 env=us; d7 2/11:00 v1 env=us; i1 2/11:10 state=resolved"));
    derive.derive();
    CHECK(group_rows(db) == "v1 planned, v2 planned failed back, v1 rollback");
    CHECK(
        db.query("SELECT issue_at - issue_since, recovered_at - issue_since, first_remedy FROM deployment WHERE failed "
                 "AND is_release") == "00:30:00|02:10:00|rollback");
    CHECK(derive.check().empty());
    // the other regions are rolled back too: still one rollback
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
      CHECK(value(*of, "time_to_issue_seconds") == 30 * 60);  // from the region's own deployment
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
    CHECK(csv.find(",us,changes,") == csv.npos);  // no duplicate rows
  }

  TEST_CASE("a late report of an earlier region begins the release, and a hotfix's facts come from any member") {
    grouped_history told;
    auto& [db, derive] = told;
    ledger::reader from(db.where());
    told.tell("d1 1/10:00 v1 env=us kind=hotfix cause=data lines_changed=7 justification=data");
    const auto before = db.query("SELECT id FROM deployment WHERE is_release");
    told.tell("d2 1/08:00 v1 env=eu kind=hotfix; d3 1/09:00 v1 env=ap kind=hotfix cause=process justification=revenue");
    CHECK(derive.check().empty());
    CHECK(db.query("SELECT subject, kind, cause, lines_changed, to_char(finished_at, 'HH24:MI') FROM deployment WHERE "
                   "is_release") == "d2|hotfix|process|7|08:00");
    CHECK(db.query("SELECT facts->>'justification' FROM deployment WHERE is_release") == "revenue");
    const auto release = from.find_deployments(db.query("SELECT id FROM deployment WHERE is_release"));
    REQUIRE(release.size() == 1);
    CHECK(release.front().at("members").as_array().size() == 3);
    CHECK(from.find_deployments(before).empty());    // the release has the id of its first member
    CHECK(from.find_deployments("v1").size() == 3);  // one in each environment; the release is found by its id
    told.tell("retract d2 2/00:00");
    CHECK(db.query("SELECT subject FROM deployment WHERE is_release") == "d3");
    CHECK(derive.check().empty());
  }

  TEST_CASE("a late region is matched by a shortened commit, and a full commit by a shortened one") {
    grouped_history told;
    auto& [db, derive] = told;
    told.tell("d1 1/10:00 commit=abcdef0123456 env=us; d2 3/10:00 commit=1234567 env=us");
    told.tell("d3 1/09:00 commit=abcdef0 env=eu; d4 3/09:00 commit=1234567abc env=eu");
    CHECK(db.query("SELECT string_agg(subject, ' ' ORDER BY finished_at) FROM deployment WHERE is_release") == "d3 d4");
    CHECK(derive.check().empty());
  }

  TEST_CASE("an incident that names the group is attributed to the latest change in any of its environments") {
    grouped_history told;
    auto& [db, derive] = told;
    told.tell(
        "d1 1/08:00 v1 env=eu; d2 1/09:00 v2 env=us; i1 1/10:00 env=production; i2 1/10:30;"
        "i3 1/08:30 env=Production; d3 1/07:00 v0 env=staging");
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

  TEST_CASE("one id for several environments keeps failures, successes and redeployments of each apart") {
    grouped_history told;
    auto& [db, derive] = told;
    told.tell(
        "d1 08:00 v1 env=eu; d1 08:00 v1 env=us svc=checkout; d2 2/10:00 v2 env=eu state=failed;"
        "d2 2/10:05 v2 env=us svc=checkout; d3 3/10:00 v2 env=us state=failed;"
        "d3 3/10:00 v2 env=eu state=failed svc=checkout");
    CHECK(db.query("SELECT string_agg(subject || ' ' || state || coalesce(' ' || kind, ''), ', ' ORDER BY finished_at, "
                   "subject, state, kind) "
                   "FROM deployment WHERE is_release") ==
          "d1 succeeded planned, d2 failed, d2 succeeded planned, d3 failed, d3 failed");
    CHECK(derive.check().empty());
  }

  TEST_CASE("a rollback that no longer pops a change of a release leaves it, while the rest is unchanged") {
    grouped_history told;
    auto& [db, derive] = told;
    told.tell(
        "d1 1/07:00 v1 env=eu; d2 1/08:00 v2 env=eu; d3 2/08:00 v3 env=eu; d4 12/08:00 v1 env=eu;"
        "d5 1/07:30 v1 env=us; d6 1/08:30 v2 env=us; d7 2/08:30 v3 env=us; d8 11/08:00 v2 env=us");
    CHECK(db.query("SELECT string_agg(subject, ' ' ORDER BY finished_at) FROM deployment WHERE is_release AND kind = "
                   "'rollback'") == "d8");
    told.tell("d9 3/08:00 v2 env=eu");  // late: a rollback that popped v3 there
    CHECK(db.query("SELECT string_agg(subject, ' ' ORDER BY finished_at) FROM deployment WHERE is_release AND kind = "
                   "'rollback'") == "d9 d8 d4");
    CHECK(derive.check().empty());
  }

  TEST_CASE("a culprit, a hotfix and a flag may name a release or its group") {
    grouped_history told;
    auto& [db, derive] = told;
    told.tell("d1 1/08:00 v1 env=eu; d2 1/09:00 v1 env=us; d3 1/10:00 v2 env=eu");
    const auto release = db.query("SELECT id FROM deployment WHERE is_release AND version = 'v1'");
    told.tell("i1 1/11:00 culprit=" + release + "; d4 1/12:00 v3 env=us kind=hotfix fixes=" + release +
              "; f1 1/11:30 off incident=i1 env=production");
    CHECK(db.query("SELECT d.subject FROM incident i JOIN deployment d ON d.id = i.blamed") == "d2");
    CHECK(db.query("SELECT string_agg(r.way || ' ' || d.subject, ', ' ORDER BY r.way) FROM remedy r JOIN deployment d "
                   "ON d.id = r.change") == "flag d2, hotfix d2");
    CHECK(derive.check().empty());
    told.tell("d0 1/07:00 v1 env=ap");  // now the release has another id
    CHECK(db.query("SELECT coalesce(reason, '') FROM incident") == "culprit_unknown");
    CHECK(derive.check().empty());
  }

  TEST_CASE("changed groups apply after a rebuild, also to figures") {
    const database db;
    ledger::appender to(db.where());
    ledger::reader from(db.where());
    ledger::derive_settings without;
    without.blame.names = naming({}, {{.name = "eu", .production = true}, {.name = "us", .production = true}});
    without.fingerprint = "without";
    ledger::deriver before(db.where(), without);
    store(to, case_reader::read("d1 1/08:00 v1 env=eu; d2 1/09:00 v1 env=us"));
    before.derive();
    auto settings = settings_of_group();
    settings.fingerprint = "with";
    ledger::deriver derive(db.where(), settings);
    store(to, case_reader::read("d3 2/08:00 v2 env=eu; d4 2/09:00 v2 env=us"));
    derive.derive();
    CHECK(db.query("SELECT count(*) FROM deployment WHERE is_release") == "0");
    figure_settings with;
    with.names = settings.blame.names;
    CHECK(as_derived(from, with).names.is_target({"checkout", "eu"}));
    derive.rebuild();
    CHECK(db.query("SELECT count(*) FROM deployment WHERE is_release") == "2");
    CHECK(!as_derived(from, with).names.is_target({"checkout", "eu"}));
    CHECK(as_derived(from, with).names.is_target({"checkout", "production"}));
    CHECK(derive.check().empty());
  }

  TEST_CASE("amending a release applies to each of its environments, and its page has their incidents") {
    const database db;
    running_app app(db.where(),
                    "[[environment]]\nname = 'eu'\ngroup = 'Live'\n[[environment]]\nname = 'us'\ngroup = 'live'\n"
                    "[[token]]\nname = 'of us'\nscopes = ['amend']\nenvironments = ['us']\ntoken = 'ours'\n");
    CHECK(app.send_events(R"([
      {"type":"deployment","id":"e1","subject":"d1","service":"checkout","environment":"eu","version":"v1","kind":"hotfix",
       "state":"succeeded","time":"2026-11-20T08:00:00Z"},
      {"type":"deployment","id":"e2","subject":"d2","service":"checkout","environment":"us","version":"v1","kind":"hotfix",
       "state":"succeeded","time":"2026-11-20T09:00:00Z"},
      {"type":"incident","id":"e3","subject":"i1","service":"checkout","environment":"us","state":"open",
       "time":"2026-11-20T10:00:00Z"}])")
              .status == 202);
    app.derived(db);
    const auto listed = [&](const std::string& path) {
      const auto answer = app.operations("GET", "/api/v1/" + path, {}, looking);
      INFO(path << ": " << answer.body);
      REQUIRE(answer.status == 200);
      auto items = parse_json(answer.body)->at("items").as_array();
      REQUIRE(!items.empty());
      return items;
    };
    const auto releases = listed("deployments?service=checkout");
    REQUIRE(releases.size() == 1);
    CHECK(text_at(releases[0], "/environment") == "Live");
    CHECK(listed("deployments?service=checkout&environment=live").size() == 1);
    CHECK(text_at(listed("deployments?environment=us")[0], "/subject") == "d2");
    const auto incidents = listed("incidents?environment=LIVE");
    REQUIRE(incidents.size() == 1);
    CHECK(text_at(incidents[0], "/blamed") == text_at(releases[0], "/id"));
    CHECK(text_at(listed("incidents?environment=us")[0], "/blamed") ==
          text_at(listed("deployments?environment=us")[0], "/id"));
    const auto path = "/api/v1/deployments/" + text_at(releases[0], "/id");
    const std::string patch = R"({"review_held_at":"2026-11-20T11:00:00Z","reason":"it was"})";
    CHECK(app.operations("PATCH", path, patch,
                         {{"Authorization", "Bearer ours"}, {"Content-Type", "application/merge-patch+json"}})
              .status == 403);
    CHECK(app.operations("PATCH", path, patch, amend).status == 202);
    app.derived(db);
    CHECK(db.query("SELECT string_agg(environment || ' ' || (facts->>'review_held_at'), ', ' ORDER BY environment) "
                   "FROM deployment") == "Live 2026-11-20T11:00:00Z, eu 2026-11-20T11:00:00Z, us 2026-11-20T11:00:00Z");
    const auto page = app.operations("GET", "/services/checkout", {}, looking).body;
    CHECK(page.find("i1") != page.npos);
    CHECK(app.operations("GET", "/services/checkout?environment=us", {}, looking)
              .body.find("Judged with the other environments of Live") != std::string::npos);
    CHECK(text_at(*parse_json(app.operations("GET", "/api/v1/gate?service=checkout&environment=us", {}, looking).body),
                  "/verdict") != "");
  }
}
