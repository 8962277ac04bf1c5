// One service's long history does not delay the figures of the others.
#include "daemon/derivation/derive.hpp"
#include "tests/check.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

constexpr int many = 2'500;  // deployments behind a late one

event deployed(const std::string& service, const std::string& id, timestamp at) {
  return deployment_event(id, id, format_time(at), {{"service", service}, {"version", id}, {"state", "succeeded"}});
}

}

TEST_SUITE("postgres") {
  TEST_CASE("a long derivation of one service's history alternates with that of the others") {
    const database db;
    ledger::appender to(db.where());
    const auto store = [&](const std::string& key, std::vector<event> events) {
      REQUIRE(to.append({entry_of(key, std::move(events))}).front());
    };
    const auto first = *parse_time("2026-01-01T00:00:00Z");
    std::vector<event> history;
    for (int n = 0; n < many; ++n)
      history.push_back(deployed("monolith", "m" + std::to_string(n), first + std::chrono::minutes(n)));
    store("history", std::move(history));
    ledger::deriver derive(db.where(), {});
    derive.derive();
    const auto known = [&](const std::string& subject) {
      return db.query("SELECT count(*) FROM deployment WHERE subject = '" + subject + "'") == "1";
    };

    store("late", {deployed("monolith", "late", first - std::chrono::hours(1)),
                   deployed("monolith", "later", first - std::chrono::hours(2))});
    store("cart", {deployed("cart", "c1", first)});
    const auto found_out = derive.derive_batch();
    CHECK(found_out.has_more);
    CHECK_FALSE(known("c1"));
    CHECK(derive.derive_batch().has_more);  // the other services first
    CHECK(known("c1"));
    CHECK_FALSE(known("late"));
    store("search", {deployed("search", "s1", first)});
    CHECK(derive.derive_batch().has_more);  // then the long derivation, although others have new events
    CHECK(known("late"));
    CHECK(known("later"));
    CHECK_FALSE(known("s1"));
    derive.derive_batch();
    CHECK(known("s1"));
    CHECK(db.query("SELECT count(*) FROM touched") == "0");

    store("alone", {deployed("monolith", "alone", first - std::chrono::hours(3))});
    derive.derive_batch();
    CHECK(known("alone"));  // no other service waits
    CHECK(derive.check().empty());
  }
}
