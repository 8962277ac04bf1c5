// Names that belong together: what several tools report is one service, and a changed setting changes the past.
#include "daemon/derivation/derive.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

event told_by(const char* source, event e) {
  e.source = source;
  return e;
}

/// A release by Argo CD, its outage in PagerDuty, and the hotfix by GitHub, each under another name.
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

ledger::derive_settings named(std::vector<service_rule> services) {
  ledger::derive_settings settings;
  settings.blame.names = naming(std::move(services), {});
  return settings;
}

}

TEST_SUITE("postgres") {
  TEST_CASE("three tools name one service: without aliases three, with them one whose release failed") {
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

  TEST_CASE("derived event by event equals a rebuild, also where a former name ends") {
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
