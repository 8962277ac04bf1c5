// Issues that their tracker marks as duplicates or moved (figures.md section 18).
#include "daemon/derivation/derive.hpp"
#include "tests/postgres/cases.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

/// A tracker whose reports are derived one at a time.
struct told_issues {
  database db;
  ledger::appender to{db.where()};
  ledger::deriver derive{db.where(), {}};
  int n = 0;

  void tell(event e) {
    e.id = "e" + std::to_string(++n);
    store(to, {std::move(e)});
    derive.derive();
    CHECK(derive.check().empty());
  }
  void issue(const char* key, const char* at, json::object fields) {
    auto e = report_of("incident", key, at, std::move(fields));
    e.source = "jira";
    tell(std::move(e));
  }
  std::string incidents() const {
    return db.query(
        "SELECT coalesce(string_agg(i.subject || ' ' || state || ' (' || (SELECT string_agg(m.subject, ' ' ORDER BY "
        "position) FROM incident_member m WHERE m.joined_subject = i.subject) || ')', ', ' ORDER BY i.subject), '') "
        "FROM incident i");
  }
};

}

TEST_SUITE("postgres") {
  TEST_CASE("a duplicate of a known incident joins it, one of an unknown incident is none, until unmarked") {
    told_issues is;
    is.issue("SHOP-5", "2026-11-03T10:00:00Z", {{"service", "checkout"}, {"state", "open"}});
    CHECK(is.incidents() == "SHOP-5 open (SHOP-5)");
    is.issue("SHOP-5", "2026-11-03T11:00:00Z", {{"state", "resolved"}, {"duplicate", true}, {"same_as", {"SHOP-1"}}});
    CHECK(is.incidents().empty());
    is.issue("SHOP-1", "2026-11-03T10:30:00Z", {{"service", "checkout"}, {"state", "open"}});
    CHECK(is.incidents() == "SHOP-1 open (SHOP-1 SHOP-5)");  // the original leads, though it began later
    is.issue("SHOP-5", "2026-11-03T12:00:00Z", {{"state", "open"}, {"duplicate", false}, {"same_as", nullptr}});
    CHECK(is.incidents() == "SHOP-1 open (SHOP-1), SHOP-5 open (SHOP-5)");
  }

  TEST_CASE("a moved issue keeps its old key as a name of the new one; names resolve within the source first") {
    told_issues is;
    is.issue("SHOP-5", "2026-11-03T10:00:00Z", {{"service", "checkout"}, {"state", "open"}});
    is.tell(deployment_event("d1", "d1", "2026-11-03T09:00:00Z",
                             {{"service", "checkout"}, {"version", "1"}, {"state", "succeeded"}}));
    is.issue(
        "CART-8", "2026-11-03T11:00:00Z",
        {{"service", "checkout"}, {"state", "open"}, {"started_at", "2026-11-03T10:00:00Z"}, {"names", {"jira:8"}}});
    is.issue("SHOP-5", "2026-11-03T11:00:00Z", {{"service", nullptr}, {"duplicate", true}, {"same_as", {"jira:8"}}});
    CHECK(is.incidents() == "CART-8 open (CART-8 SHOP-5)");
    is.tell(deployment_event("d2", "d2", "2026-11-03T12:00:00Z",
                             {{"service", "checkout"},
                              {"version", "2"},
                              {"state", "succeeded"},
                              {"kind", "hotfix"},
                              {"incident", "SHOP-5"}}));
    CHECK(is.db.query("SELECT r.way, d.version FROM remedy r JOIN deployment d ON d.id = r.change") == "hotfix|1");
    is.issue("CART-8", "2026-11-03T13:00:00Z", {{"state", "resolved"}});
    CHECK(is.incidents() == "CART-8 resolved (CART-8 SHOP-5)");
  }
}
