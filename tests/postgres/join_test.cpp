// Joining names: reports of several tools are one service, and a changed setting changes history.
#include "daemon/derivation/derive.hpp"
#include "daemon/queries/reads.hpp"
#include "tests/postgres/cases.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

/// A release by Argo CD, its outage in PagerDuty and the hotfix by GitHub, each with a different name.
void store_month(const database& db) {
  ledger::appender to(db.where());
  const auto deploy = [](const char* source, const char* id, const char* at, json::object fields) {
    fields["state"] = "succeeded";
    return told_by(source, deployment_event(id, id, at, std::move(fields)));
  };
  store(to, {deploy("argocd", "a1", "2026-11-03T10:00:00Z",
                    {{"service", "checkout-prod"}, {"environment", "Production"}, {"version", "1.8.3"}})});
  auto outage =
      told_by("pagerduty", report_of("incident", "P1", "2026-11-03T11:00:00Z",
                                     {{"service", "Checkout API"}, {"service_id", "PXYZ"}, {"state", "open"}}));
  outage.id = "p1";
  store(to, {std::move(outage)});
  store(to, {deploy("github", "g1", "2026-11-03T12:00:00Z",
                    {{"service", "acme/checkout"},
                     {"repository", "acme/checkout"},
                     {"environment", "production"},
                     {"version", "1.8.4"},
                     {"kind", "hotfix"}})});
}

}

TEST_SUITE("postgres") {
  TEST_CASE("a report can make an environment production, also a late one, until it is retracted") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    store(to,
          case_reader::read("d1 08:00 v1 env=shop-prod; d2 09:00 v2 env=Shop-Prod; i1 10:00; i2 10:00 env=shop-prod;"
                            "i3 11:00 env=eu-prod"));
    derive.derive();
    const auto state = [&] {
      return db.query("SELECT string_agg(subject || ' ' || failed, ', ' ORDER BY subject) FROM deployment") + "; " +
             db.query("SELECT string_agg(environment || ' ' || production, ', ' ORDER BY environment) FROM place");
    };
    CHECK(state() == "d1 false, d2 false; eu-prod false, production true, shop-prod false");
    store(to, case_reader::read("d3 12:00 v1 svc=search env=shop-prod production_environment=false"));
    derive.derive();
    CHECK(state() == "d1 false, d2 false, d3 false; eu-prod false, production true, shop-prod false, shop-prod false");
    store(to, case_reader::read("d4 12:00 v1 svc=search env=shop-PROD production_environment=true"));
    derive.derive();
    CHECK(state() == "d1 false, d2 true, d3 false, d4 false; eu-prod false, shop-prod true, shop-prod true");
    CHECK(derive.check().empty());
    store(to, case_reader::read("retract d4 13:00"));
    derive.derive();
    CHECK(state() == "d1 false, d2 false, d3 false; eu-prod false, production true, shop-prod false, shop-prod false");
    CHECK(derive.check().empty());
    ledger::reader from(db.where());
    CHECK(from.names().productions == std::set<std::string, std::less<>>{"production"});
    auto settings = named({});
    settings.blame.names = naming({}, {{"shop-prod", false, {}}});
    store(to, case_reader::read("restore d4 14:00"));
    ledger::deriver(db.where(), settings).derive();
    CHECK(state().ends_with("shop-prod false, shop-prod false"));  // the configuration takes precedence
  }

  TEST_CASE("names from three tools are three services without aliases, and one with a failed release with them") {
    const database db;
    store_month(db);
    ledger::deriver(db.where(), named({})).derive();
    CHECK(db.query("SELECT string_agg(service || ' ' || environment, ', ' ORDER BY service) FROM place") ==
          "Checkout API production, acme/checkout production, checkout-prod production");
    CHECK(db.query("SELECT count(*) FROM deployment WHERE failed") == "0");
    auto joined = named({{.name = "checkout",
                          .team = {},
                          .aliases = {{"argocd", "checkout-prod"}, {"pagerduty", "PXYZ"}, {"*", "acme/checkout"}}}});
    joined.fingerprint = "with aliases";
    ledger::deriver derive(db.where(), joined);
    CHECK(derive.rebuild() > 0);
    CHECK(db.query("SELECT string_agg(DISTINCT service || ' ' || environment, ', ') FROM deployment") ==
          "checkout production");
    CHECK(
        db.query("SELECT string_agg(version || ' ' || kind || ' ' || failed, ', ' ORDER BY version) FROM deployment") ==
        "1.8.3 planned true, 1.8.4 hotfix false");
    CHECK(derive.check().empty());
  }

  TEST_CASE("a version is resolved by a late, early, moved or deleted tag, and a rebuild agrees at every step") {
    const database db;
    auto settings = named({{.name = "checkout",
                            .team = {},
                            .repositories = {"acme/checkout"},
                            .tag = parse_tag_template("co_{version}")}});
    ledger::deriver derive(db.where(), settings);
    ledger::appender to(db.where());
    int n = 0;
    const auto tell = [&](const char* type, const char* subject, const char* time, json::object fields) {
      auto e = report_of(type, subject, time, std::move(fields));
      e.id = "e" + std::to_string(++n);
      store(to, {std::move(e)});
      derive.derive();
      CHECK(derive.check().empty());
    };
    const auto commits = [&] {
      return db.query(
          "SELECT string_agg(version || '=' || commit || ':' || coalesce(facts->>'commit_evidence', ''), ', ' "
          "ORDER BY finished_at) FROM deployment");
    };
    const auto tag = [&](const char* name, const char* at, const char* commit) {
      tell("tag", (std::string("acme/checkout@") + name).c_str(), at,
           {{"repository", "github.com/acme/checkout"}, {"name", name}, {"commit", commit}});
    };
    const std::string a(40, 'a'), b(40, 'b'), c = "1a2b3c4" + std::string(33, '0'),
                                              d = "1a2b3c4" + std::string(33, '1');
    tell("deployment", "d1", "2026-11-03T10:00:00Z",
         {{"service", "checkout"}, {"version", "1.8.3"}, {"state", "succeeded"}});
    tell("deployment", "d2", "2026-11-03T12:00:00Z",
         {{"service", "checkout"}, {"version", "v1.8.4"}, {"state", "succeeded"}});
    tell("deployment", "d3", "2026-11-03T14:00:00Z",
         {{"service", "checkout"}, {"version", "main-1a2b3c4"}, {"state", "succeeded"}});
    CHECK(commits() == "1.8.3=:, v1.8.4=:, main-1a2b3c4=:");
    tag("co_1.8.3", "2026-11-03T15:00:00Z", a.c_str());  // late
    tag("v1.8.4", "2026-11-03T11:00:00Z", b.c_str());
    CHECK(commits() == "1.8.3=" + a + ":tag co_1.8.3 of github.com/acme/checkout, v1.8.4=" + b +
                           ":tag v1.8.4 of github.com/acme/checkout, main-1a2b3c4=:");
    tell("commit", c.c_str(), "2026-11-03T09:00:00Z",
         {{"commit", c}, {"repository", "acme/checkout"}, {"title", "Pay"}, {"authored_at", "2026-11-02T14:00:00Z"}});
    CHECK(
        db.query(
            "SELECT commit, commit_facts->>'title', extract(epoch FROM finished_at - first_commit_at) FROM deployment "
            "WHERE subject = 'd3'") == c + "|Pay|86400.000000");
    tell("commit", d.c_str(), "2026-11-03T09:00:00Z", {{"commit", d}, {"repository", "acme/checkout"}});
    CHECK(db.query("SELECT commit FROM deployment WHERE subject = 'd3'").empty());  // a second commit with that prefix
    tag("v1.8.4", "2026-11-03T11:30:00Z", a.c_str());                               // moved: now it is the live version
    CHECK(db.query("SELECT commit = '" + a + "', kind FROM deployment WHERE subject = 'd2'") == "t|redeploy");
    tell("tag", "acme/checkout@v1.8.4", "2026-11-03T11:45:00Z",
         {{"repository", "acme/checkout"}, {"name", "v1.8.4"}, {"deleted", true}});
    CHECK(db.query("SELECT commit, kind FROM deployment WHERE subject = 'd2'") == "|planned");
  }

  TEST_CASE("a commit outside the service's repository is shown, but does not identify the live version") {
    const database db;
    ledger::deriver derive(db.where(), named({{.name = "checkout", .team = {}, .repositories = {"acme/checkout"}}}));
    ledger::appender to(db.where());
    const auto deploy = [&](const char* id, const char* at, const char* repository, const char* commit,
                            const char* version) {
      store(to, {deployment_event(id, id, at,
                                  {{"service", "checkout"},
                                   {"repository", repository},
                                   {"commit", commit},
                                   {"version", version},
                                   {"state", "succeeded"}})});
    };
    deploy("d1", "2026-11-03T10:00:00Z", "acme/manifests", "1111111", "1.8.3");
    deploy("d2", "2026-11-03T11:00:00Z", "acme/manifests", "2222222", "1.8.3");
    deploy("d3", "2026-11-03T12:00:00Z", "https://github.com/acme/checkout", "3333333", "1.8.4");
    derive.derive();
    CHECK(db.query("SELECT string_agg(commit || ' ' || kind || ' ' || (facts->>'commit'), ', ' ORDER BY subject) FROM "
                   "deployment") == " planned 1111111,  redeploy 2222222, 3333333 planned 3333333");
  }

  TEST_CASE("derivation event by event equals a rebuild, also where a former name ends") {
    const database db;
    auto settings = named({{.name = "checkout", .team = {}, .was = {{"kiosk", *parse_time("2026-11-05T00:00:00Z")}}}});
    settings.max_names = 1;
    ledger::deriver derive(db.where(), settings);
    ledger::appender to(db.where());
    const auto deploy = [&](const char* id, const char* service, const char* at) {
      store(to, {deployment_event(id, id, at, {{"service", service}, {"state", "succeeded"}})});
      derive.derive();
    };
    deploy("d1", "kiosk", "2026-11-04T10:00:00Z");
    deploy("d2", "other one", "2026-11-04T11:00:00Z");
    deploy("d3", "kiosk", "2026-11-06T10:00:00Z");
    CHECK(db.query("SELECT string_agg(subject || ' ' || service, ', ' ORDER BY subject) FROM deployment") ==
          "d1 checkout, d2 other one, d3 other");
    CHECK(derive.check().empty());
  }
}
