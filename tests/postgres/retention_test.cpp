#include "daemon/ledger/retention.hpp"

#include "daemon/ledger/derive.hpp"
#include "daemon/ledger/replay.hpp"
#include "tests/check.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

ledger::entry received(const std::string& key, const char* at, std::vector<event> events, std::string body) {
  auto e = entry_of(key, std::move(events));
  e.received_at = *parse_time(at);
  e.body = std::move(body);
  return e;
}

event deployed_by(const std::string& id, const std::string& actor) {
  return deployment_event(id, id, "2026-11-03T10:00:00Z",
                          {{"service", "checkout"}, {"state", "succeeded"}, {"version", id}, {"actor", actor}});
}

}

TEST_SUITE("postgres") {
  TEST_CASE("bodies leave by age; rows, dead deliveries and events stay, and repeated deliveries are known") {
    const database db;
    ledger::appender to(db.where());
    const auto old = received("old", "2026-01-01T00:00:00Z", {deployed_by("a", "ana")}, "old body");
    auto dead = received("dead", "2026-01-01T00:00:00Z", {}, "dead body");
    dead.outcome = "dead";
    const auto fresh = received("fresh", "2026-11-01T00:00:00Z", {deployed_by("b", "ana")}, "fresh body");
    for (const auto& r : to.append({old, dead, fresh})) REQUIRE(r);
    CHECK(ledger::drop_bodies(db.where(), *parse_time("2026-06-01T00:00:00Z")) == 1);
    CHECK(ledger::drop_bodies(db.where(), *parse_time("2026-06-01T00:00:00Z")) == 0);
    CHECK(db.query("SELECT string_agg(key, ' ' ORDER BY key) FROM delivery WHERE octet_length(body) > 0") ==
          "dead fresh");
    CHECK(db.query("SELECT count(*) FROM event") == "2");
    CHECK(to.append({old}).front()->duplicate_delivery);
  }

  TEST_CASE("dead deliveries are read again after a fix, once; accepted ones may be, for what they say besides") {
    const database db;
    ledger::appender to(db.where());
    auto dead = received("dead", "2026-01-01T00:00:00Z", {}, "dead body");
    dead.outcome = "dead";
    const auto known = received("known", "2026-01-01T00:00:00Z", {deployed_by("a", "ana")}, "known body");
    for (const auto& r : to.append({dead, known})) REQUIRE(r);
    const auto now = *parse_time("2026-02-01T00:00:00Z");
    std::vector<std::string> asked;
    const auto read = [&](const ledger::entry& e) {
      asked.push_back(e.key + ": " + e.body + " of " + format_time(e.received_at));
      return std::vector{deployed_by("a", "bob"), deployed_by(e.key, "ana")};
    };
    const auto nothing = [](const ledger::entry&) { return std::vector<event>(); };
    CHECK(ledger::replay(db.where(), {}, now, nothing) == 0);
    CHECK(db.query("SELECT count(*) FROM delivery WHERE outcome = 'dead'") == "1");
    CHECK(ledger::replay(db.where(), {.source = "other"}, now, read) == 0);
    CHECK(ledger::replay(db.where(), {}, now, read) == 1);
    CHECK(ledger::replay(db.where(), {}, now, read) == 0);
    CHECK(asked == std::vector<std::string>{"dead: dead body of 2026-01-01T00:00:00Z"});
    CHECK(db.query("SELECT count(*) FROM delivery WHERE outcome = 'dead'") == "0");
    CHECK(db.query("SELECT fields ->> 'actor' FROM event WHERE id = 'a'") == "ana");  // the first counts
    CHECK(ledger::replay(db.where(), {.all = true, .source = {}}, now, read) == 1);
    CHECK(db.query("SELECT string_agg(id, ' ' ORDER BY id) FROM event") == "a dead known");
    CHECK(db.query("SELECT count(*) FROM touched") == "3");
  }

  TEST_CASE("a person is erased from events, bodies and what is derived of them, with a record of it") {
    const database db;
    ledger::appender to(db.where());
    event work;
    work.id = "w1";
    work.thing = work.type = "work";
    work.subject = "w1";
    work.time = *parse_time("2026-11-03T10:00:00Z");
    work.fields = {{"service", "checkout"}, {"person", "Ana \"A\" Müller"}, {"seconds", 60}};
    auto titled = deployed_by("b", "bob");
    titled.fields["title"] = "Revert \"what ANA \"A\" Müller did\"";
    for (const auto& r :
         to.append({received("1", "2026-11-03T10:00:00Z", {deployed_by("a", "Ana \"A\" Müller"), work},
                             R"({"login":"Ana \"A\" Müller"})"),
                    received("2", "2026-11-03T10:00:00Z", {titled}, "no name"),
                    received("3", "2026-11-03T10:00:00Z", {deployed_by("c", "bob")}, R"({"by":"ana \"a\" Müller"})"),
                    received("4", "2026-11-03T10:00:00Z", {deployed_by("d", "Anabel")}, "Ana")}))
      REQUIRE(r);
    ledger::deriver(db.where(), {}).derive();
    CHECK(db.query("SELECT person FROM work") == "Ana \"A\" Müller");

    const auto done = ledger::erase(
        db.where(), {"Ana \"A\" Müller", "erased-1", "root", "asked for it", *parse_time("2026-11-20T12:00:00Z")});
    CHECK(done.events == 3);
    CHECK(done.deliveries == 2);
    ledger::deriver(db.where(), {}).derive();
    CHECK(db.query("SELECT person FROM work") == "erased-1");
    CHECK(db.query("SELECT string_agg(fields->>'actor', ' ' ORDER BY id) FROM event") == "erased-1 bob bob Anabel");
    CHECK(db.query("SELECT fields->>'title' FROM event WHERE id = 'b'") == "Revert \"what erased-1 did\"");
    CHECK(db.query("SELECT string_agg(key, ' ' ORDER BY key) FROM delivery WHERE octet_length(body) > 0") == "2 4");
    CHECK(db.query("SELECT by_whom, reason, pseudonym, events, deliveries FROM erasure") ==
          "root|asked for it|erased-1|3|2");
    ledger::deriver(db.where(), {}).rebuild();
    CHECK(db.query("SELECT person FROM work") == "erased-1");
  }
}
