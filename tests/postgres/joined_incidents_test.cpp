// One outage reported by several tools is one incident, in the database (figures.md section 18).
#include "daemon/derivation/derive.hpp"
#include "daemon/queries/reads.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

TEST_SUITE("postgres") {
  TEST_CASE("an outage that three tools report is one incident in any order, and can be split and joined by hand") {
    const database db;
    auto settings = named({{.name = "checkout", .team = {}}});
    settings.joins = {.ranks = {{"pagerduty", 0}, {"alertmanager", 1}, {"jira", 2}}, .trackers = {"jira"}};
    ledger::deriver derive(db.where(), settings);
    ledger::appender to(db.where());
    ledger::reader from(db.where());
    int n = 0;
    const auto tell = [&](const char* source, const char* subject, const char* at, json::object fields,
                          bool is_override = false) {
      auto e = told_by(source, report_of("incident", subject, at, std::move(fields)));
      e.id = "e" + std::to_string(++n);
      e.is_override = is_override;
      store(to, {std::move(e)});
      derive.derive();
      CHECK(derive.check().empty());
    };
    const auto incidents = [&] {
      return db.query(
          "SELECT string_agg(subject || ' ' || service || ' ' || state, ', ' ORDER BY subject) FROM incident");
    };
    store(to, {deployment_event("d1", "d1", "2026-11-03T10:00:00Z",
                                {{"service", "checkout"}, {"version", "1.8.3"}, {"state", "succeeded"}})});
    tell("jira", "SHOP-7", "2026-11-03T11:05:00Z",
         {{"service", "SHOP"},
          {"state", "open"},
          {"cause", "data"},
          {"links", {"https://acme.pagerduty.com/i/P1#notes"}}});
    const auto of_issue = db.query("SELECT id FROM incident");
    tell("alertmanager", "a1/1", "2026-11-03T10:59:00Z",
         {{"service", "checkout"}, {"state", "open"}, {"links", {"group"}}});
    const auto of_alert = db.query("SELECT id FROM incident WHERE source = 'alertmanager'");
    CHECK(incidents() == "SHOP-7 SHOP open, a1/1 checkout open");
    tell("pagerduty", "P1", "2026-11-03T11:00:00Z",
         {{"service", "checkout"}, {"state", "open"}, {"keys", {"group"}}, {"url", "https://acme.pagerduty.com/i/P1"}});
    tell("pagerduty", "P1", "2026-11-03T12:00:00Z", {{"state", "resolved"}});
    CHECK(incidents() == "a1/1 checkout resolved");  // named after the first one received at that instant
    CHECK(db.query("SELECT count(*), sum(failed::int) FROM deployment WHERE failed") == "1|1");
    CHECK(db.query("SELECT facts->>'cause' FROM incident") == "data");
    for (const auto& name : {of_issue, of_alert, std::string("SHOP-7"), std::string("P1"), std::string("a1/1")}) {
      CAPTURE(name);
      const auto found = from.find_incidents(name);
      REQUIRE(found.size() == 1);
      CHECK(text_at(found.front(), "/members/0/subject") == "P1");
      CHECK(found.front().at("members").as_array().size() == 3);
    }
    tell("jira", "SHOP-7", "2026-11-03T13:00:00Z", {{"same_as", {"none"}}}, true);
    CHECK(incidents() == "SHOP-7 SHOP open, a1/1 checkout resolved");
    CHECK(from.find_incidents(of_issue).front().at("subject") == "SHOP-7");
    tell("jira", "SHOP-7", "2026-11-03T14:00:00Z", {{"same_as", nullptr}}, true);
    CHECK(incidents() == "a1/1 checkout resolved");
    auto gone = told_by("pagerduty", report_of("incident", "P1", "2026-11-03T15:00:00Z", {{"retracted", true}}));
    gone.type = event_type::retraction;
    gone.id = "gone";
    store(to, {std::move(gone)});
    derive.derive();
    CHECK(derive.check().empty());
    CHECK(incidents() == "SHOP-7 SHOP open, a1/1 checkout open");
  }

  TEST_CASE("a lead without reports for 30 days is resolved with its members, and reopened with them") {
    const database db;
    ledger::derive_settings settings;
    settings.joins = {.ranks = {{"pagerduty", 0}, {"jira", 2}}, .trackers = {"jira"}};
    ledger::appender to(db.where());
    int n = 0;
    const auto tell = [&](const char* source, const char* subject, const char* at, json::object fields) {
      auto e = told_by(source, report_of("incident", subject, at, std::move(fields)));
      e.id = "e" + std::to_string(++n);
      store(to, {std::move(e)});
    };
    const auto state_at = [&](const char* now) {
      ledger::deriver derive(db.where(), settings);
      derive.derive();
      derive.report_due(*parse_time(now));
      derive.derive();
      CHECK(derive.check().empty());
      return db.query(
          "SELECT string_agg(state || ' ' || coalesce(to_char(resolved_at AT TIME ZONE 'UTC', 'DD HH24:MI'), ''), ', ' "
          "ORDER BY state DESC) FROM incident");
    };
    tell("pagerduty", "P1", "2026-11-03T10:00:00Z", {{"state", "open"}});
    tell("pagerduty", "P2", "2026-11-03T10:00:00Z", {{"state", "open"}});  // no other member: it stays open
    tell("jira", "S1", "2026-11-03T10:05:00Z", {{"state", "open"}, {"links", {"P1"}}});
    CHECK(state_at("2027-01-01T00:00:00Z") == "open , open ");
    tell("jira", "S1", "2026-11-03T12:00:00Z", {{"state", "resolved"}});
    CHECK(db.query("SELECT count(*) FROM event WHERE fields ? 'silent_since'") ==
          "1");  // also counted while it was open
    CHECK(state_at("2026-11-04T00:00:00Z") == "resolved 03 12:00, open ");
    CHECK(db.query("SELECT facts->>'resolved_with' FROM incident WHERE resolved_at IS NOT NULL") == "S1");
    tell("jira", "S1", "2026-11-05T12:00:00Z", {{"state", "open"}});
    CHECK(state_at("2026-12-06T00:00:00Z") == "open , open ");
    tell("jira", "S1", "2026-11-06T12:00:00Z", {{"state", "resolved"}});
    CHECK(state_at("2026-12-06T00:00:00Z") == "resolved 06 12:00, open ");
    tell("pagerduty", "P1", "2026-11-20T10:00:00Z", {{"title", "Payments fail"}});  // a new report ends the silence
    CHECK(state_at("2026-12-06T00:00:00Z") == "open , open ");
    CHECK(state_at("2026-12-20T09:59:00Z") == "open , open ");
    CHECK(state_at("2026-12-20T10:00:00Z") == "resolved 06 12:00, open ");
  }

  TEST_CASE("a hotfix, a flag and work refer to a joined incident by any tool's name") {
    const database db;
    auto settings = named({{.name = "checkout", .team = {}}});
    settings.joins = {.ranks = {{"pagerduty", 0}, {"jira", 2}}, .trackers = {"jira"}};
    ledger::deriver derive(db.where(), settings);
    ledger::appender to(db.where());
    const auto tell = [&](const char* source, event e) {
      store(to, {told_by(source, std::move(e))});
      derive.derive();
      CHECK(derive.check().empty());
    };
    const auto deploy = [](const char* id, const char* at, json::object fields) {
      fields["service"] = "checkout";
      fields["state"] = "succeeded";
      return deployment_event(id, id, at, std::move(fields));
    };
    tell("argocd", deploy("d1", "2026-11-03T10:00:00Z", {{"version", "1.8.3"}}));
    tell("argocd",
         deploy("d2", "2026-11-03T12:00:00Z", {{"version", "1.8.4"}, {"kind", "hotfix"}, {"incident", "SHOP-7"}}));
    auto page = report_of("incident", "P1", "2026-11-03T11:00:00Z", {{"service", "checkout"}, {"state", "open"}});
    auto issue = report_of("incident", "SHOP-7", "2026-11-03T11:05:00Z", {{"state", "open"}, {"links", {"P1"}}});
    auto minutes = report_of("work", "w1", "2026-11-03T11:10:00Z", {{"incident", "SHOP-7"}, {"seconds", 600}});
    auto later = report_of("work", "w2", "2026-11-03T11:20:00Z", {{"incident", "P1"}, {"seconds", 60}});
    page.id = "page", issue.id = "issue", minutes.id = "minutes", later.id = "later";
    tell("pagerduty", page);
    tell("jira", minutes);
    CHECK(db.query("SELECT coalesce(string_agg(incident_subject, ','), '') FROM remedy") == "");
    tell("jira", issue);
    CHECK(db.query("SELECT r.way, r.incident_subject, d.version FROM remedy r JOIN deployment d ON d.id = r.change") ==
          "hotfix|SHOP-7|1.8.3");
    CHECK(db.query("SELECT subject, method, seconds FROM engagement") == "SHOP-7|reported|600");
    tell("pagerduty", later);  // the same work, reported by the leading tool
    CHECK(db.query("SELECT subject, method, seconds FROM engagement") == "SHOP-7|reported|60");
  }

  TEST_CASE("a changed filter and a rebuild change history, and filtered-out reports add facts to joined incidents") {
    const database db;
    ledger::derive_settings settings;
    settings.joins = {.ranks = {{"pagerduty", 0}, {"jira", 2}}, .trackers = {"jira"}};
    ledger::appender to(db.where());
    const auto tell = [&](const char* source, const char* subject, const char* at, json::object fields) {
      auto e = told_by(source, report_of("incident", subject, at, std::move(fields)));
      e.id = std::string(subject) + at;
      store(to, {std::move(e)});
    };
    tell("pagerduty", "P1", "2026-11-03T10:00:00Z", {{"state", "open"}, {"urgency", "high"}});
    tell("pagerduty", "P1", "2026-11-03T11:00:00Z", {{"state", "resolved"}, {"urgency", "low"}});
    tell("pagerduty", "P2", "2026-11-03T10:00:00Z", {{"state", "open"}, {"urgency", "low"}, {"severity", 2}});
    tell("jira", "S2", "2026-11-03T10:05:00Z", {{"state", "open"}});
    const auto derived_with = [&](const char* fingerprint) {
      settings.fingerprint = fingerprint;
      ledger::deriver derive(db.where(), settings);
      derive.derive();
      derive.rebuild();
      CHECK(derive.check().empty());
      return db.query(
          "SELECT string_agg(subject || ' ' || state || coalesce(' ' || severity, ''), ', ' ORDER BY subject) "
          "FROM incident");
    };
    CHECK(derived_with("without") == "P1 resolved, P2 open 2, S2 open");
    settings.joins.filters["pagerduty"].words = {{"urgency", {"high"}}};
    CHECK(derived_with("high") == "P1 resolved, S2 open");
    tell("jira", "S2", "2026-11-03T10:06:00Z", {{"links", {"P2"}}});
    CHECK(derived_with("joined") == "P1 resolved, S2 open 2");  // the issue leads, the page adds its severity
    settings.joins.filters["jira"].follows = "pagerduty";
    CHECK(derived_with("follows") == "P1 resolved");
    tell("jira", "S3", "2026-11-03T10:07:00Z", {{"state", "open"}, {"links", {"P1"}}});
    tell("jira", "S4", "2026-11-03T10:08:00Z", {{"state", "open"}});
    tell("jira", "S5", "2026-11-03T10:09:00Z", {{"state", "open"}, {"environment", "staging"}});
    const auto unjoined = [&] {
      std::string all;
      for (const auto& [source, incidents] : ledger::reader(db.where()).unjoined_incidents(settings.joins.followers()))
        all += source + ' ' + std::to_string(incidents) + ' ';
      return all;
    };
    CHECK(derived_with("S3 joins P1") == "S3 resolved");  // named after the first by name: all were received at once
    CHECK(unjoined() == "jira 2 ");                       // S4, and S2, because its P2 is no incident either
    settings.joins.filters["pagerduty"].words.clear();
    derived_with("P2 is one");
    CHECK(unjoined() == "jira 1 ");
    settings.joins.filters.clear();
    CHECK(unjoined().empty());
  }
}
