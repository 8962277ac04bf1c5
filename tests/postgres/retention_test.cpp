#include "daemon/ledger/retention.hpp"

#include "daemon/derivation/derive.hpp"
#include "daemon/ledger/replay.hpp"
#include "daemon/queries/reads.hpp"
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

// Key and body of every delivery with a body.
std::string kept_bodies(const database& db) {
  std::string all;
  ledger::replay(db.where(), {.all = true, .source = {}}, *parse_time("2026-12-01T00:00:00Z"),
                 [&](const ledger::entry& e) {
                   all += (all.empty() ? "" : "; ") + e.key + ' ' + e.body;
                   return ledger::reread();
                 });
  return all;
}

event deployed_by(const std::string& id, const std::string& actor) {
  return deployment_event(id, id, "2026-11-03T10:00:00Z",
                          {{"service", "checkout"}, {"state", "succeeded"}, {"version", id}, {"actor", actor}});
}

}

TEST_SUITE("postgres") {
  TEST_CASE("bodies expire by age; rows, dead-letter deliveries and events stay, and duplicates are still recognized") {
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

  TEST_CASE("replay reads dead-letter deliveries once after a fix, and optionally accepted ones for further events") {
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
      return ledger::reread{{deployed_by("a", "bob"), deployed_by(e.key, "ana")}, {}};
    };
    const auto nothing = [](const ledger::entry&) { return ledger::reread(); };
    CHECK(ledger::replay(db.where(), {}, now, nothing) == 0);
    CHECK(db.query("SELECT count(*) FROM delivery WHERE outcome = 'dead'") == "1");
    CHECK(ledger::replay(db.where(), {.source = "other"}, now, read) == 0);
    CHECK(ledger::replay(db.where(), {}, now, read) == 1);
    CHECK(ledger::replay(db.where(), {}, now, read) == 0);
    CHECK(asked == std::vector<std::string>{"dead: dead body of 2026-01-01T00:00:00Z"});
    CHECK(db.query("SELECT count(*) FROM delivery WHERE outcome = 'dead'") == "0");
    CHECK(db.query("SELECT fields ->> 'actor' FROM event WHERE id = 'a'") == "ana");  // the first event counts
    CHECK(ledger::replay(db.where(), {.all = true, .source = {}}, now, read) == 1);
    CHECK(db.query("SELECT string_agg(id, ' ' ORDER BY id) FROM event") == "a dead known");
    CHECK(db.query("SELECT count(*) FROM touched") == "3");
  }

  TEST_CASE("a delivery with an unreadable element keeps its body, and replay counts nothing twice") {
    const database db;
    ledger::appender to(db.where());
    auto partly = received("partly", "2026-01-01T00:00:00Z", {deployed_by("a", "ana")}, "the body");
    partly.detail = "1 of 3 elements left out: /1/time: is odd";
    REQUIRE(to.append({partly}).front());
    ledger::reader from(db.where());
    CHECK(from.counts(1000).partly_dead == 1);
    CHECK(from.counts(1000).dead == 0);
    CHECK(ledger::drop_bodies(db.where(), *parse_time("2026-06-01T00:00:00Z")) == 0);
    const auto now = *parse_time("2026-02-01T00:00:00Z");
    const auto better = [](const ledger::entry&) {
      return ledger::reread{{deployed_by("a", "bob"), deployed_by("b", "ana")},
                            "1 of 3 elements left out: /2/time: is odd"};
    };
    CHECK(ledger::replay(db.where(), {}, now, better) == 1);
    CHECK(db.query("SELECT outcome, detail FROM delivery") == "accepted|1 of 3 elements left out: /2/time: is odd");
    CHECK(ledger::replay(db.where(), {}, now, better) == 0);
    const auto all = [](const ledger::entry&) {
      return ledger::reread{{deployed_by("a", "bob"), deployed_by("b", "ana"), deployed_by("c", "ana")}, {}};
    };
    CHECK(ledger::replay(db.where(), {}, now, all) == 1);
    CHECK(from.counts(1000).partly_dead == 0);
    CHECK(db.query("SELECT string_agg(id, ' ' ORDER BY id) FROM event") == "a b c");
    CHECK(ledger::drop_bodies(db.where(), *parse_time("2026-06-01T00:00:00Z")) == 1);
  }

  TEST_CASE("a person is erased from events, bodies and derived rows, with an audit record") {
    const database db;
    ledger::appender to(db.where());
    event work;
    work.id = "w1";
    work.reports(thing_type::work);
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
    CHECK(done.deliveries == 3);  // the second one's body has no name, although its event had
    ledger::deriver(db.where(), {}).derive();
    CHECK(db.query("SELECT person FROM work") == "erased-1");
    CHECK(db.query("SELECT string_agg(fields->>'actor', ' ' ORDER BY id) FROM event") == "erased-1 bob bob Anabel");
    CHECK(db.query("SELECT fields->>'title' FROM event WHERE id = 'b'") == "Revert \"what erased-1 did\"");
    CHECK(kept_bodies(db) == "1 {\"login\":\"erased-1\"}; 3 {\"by\":\"erased-1\"}; 4 Ana");
    CHECK(db.query("SELECT by_whom, reason, pseudonym, events, deliveries FROM erasure") ==
          "root|asked for it|erased-1|3|3");
    ledger::deriver(db.where(), {}).rebuild();
    CHECK(db.query("SELECT person FROM work") == "erased-1");
  }

  TEST_CASE("a person is erased from payloads in every encoding, from headers, reasons and known names") {
    const database db;
    ledger::appender to(db.where());
    const std::string jana =
        "J\xC3\xB6rg Stra\xC3\x9F"
        "e";
    const std::pair<const char*, std::string> bodies[] = {
        {"capitals", "{\"a\":\"J\xC3\x96RG STRASSE\"}"},
        {"escapes", R"({"a":["x","J\u00f6rg Stra\u00dfe"]})"},
        {"decomposed", "{\"a\":\"Jo\xCC\x88rg Strasse\"}"},
        {"key",
         "{\"J\xC3\xB6rg Stra\xC3\x9F"
         "e\":{\"n\":1}}"},
        {"form", "payload=%7B%22a%22%3A%22J%C3%B6rg+Stra%5Cu00dfe%22%7D&x=1"},
        {"nested", R"({"payload":"{\"by\":\"J\\u00f6rg Stra\\u00dfe\"}"})"},
        {"lines",
         "{\"a\":1}\n{\"a\":\"J\\u00d6RG stra\xC3\x9F"
         "e\"}\n"},
        {"base64", R"({"data_base64":"eyJhIjoiSsO2cmcgU3RyYcOfZSJ9"})"},
        {"text",
         "deployed by J\xC3\xB6rg Stra\xC3\x9F"
         "e at noon"},
        {"broken", "{\"a\":\"J\\u00f6rg Stra\\u00dfe"},
        {"other", R"({"a":"Jorg Strasse"})"},
    };
    for (const auto& [key, body] : bodies)
      REQUIRE(to.append({received(key, "2026-11-03T10:00:00Z", {}, std::string(body))}).front());
    auto dead = received("dead", "2026-11-03T10:00:00Z", {}, "x");
    dead.outcome = "dead";
    dead.detail = "/actor: \"" + jana + "\" is unknown";
    dead.headers = {{"x-actor", "J%C3%B6rg%20Stra%C3%9Fe"}};
    auto named = received(
        "named", "2026-11-03T10:00:00Z",
        {deployment_event("e", "e", "2026-11-03T10:00:00Z", {{"service", jana}, {"state", "succeeded"}, {jana, 1}})},
        "?");
    for (const auto& e : {dead, named}) REQUIRE(to.append({e}).front());
    ledger::deriver derive(db.where(), {});
    derive.derive();
    const ledger::erasure who{jana, "erased-1", "root", "asked for it", *parse_time("2026-11-20T12:00:00Z")};
    const auto done = ledger::erase(db.where(), who);
    CHECK(done.events == 1);
    CHECK(done.deliveries == 12);
    CHECK(kept_bodies(db) ==
          "capitals {\"a\":\"erased-1\"}; escapes {\"a\":[\"x\",\"erased-1\"]}; decomposed {\"a\":\"erased-1\"}; key "
          "{\"erased-1\":{\"n\":1}}; form payload=%7B%22a%22%3A%22erased-1%22%7D&x=1; nested "
          "{\"payload\":\"{\\\"by\\\":\\\"erased-1\\\"}\"}; lines {\"a\":1}\n{\"a\":\"erased-1\"}\n; base64 "
          "{\"data_base64\":\"eyJhIjoiZXJhc2VkLTEifQ==\"}; text deployed by erased-1 at noon; other {\"a\":\"Jorg "
          "Strasse\"}; dead x");
    CHECK(db.query("SELECT detail, headers FROM delivery WHERE key = 'dead'") ==
          "/actor: \"erased-1\" is unknown|{\"x-actor\": \"\"}");
    CHECK(db.query("SELECT fields FROM event") ==
          "{\"state\": \"succeeded\", \"service\": \"erased-1\", \"erased-1\": 1}");
    CHECK(db.query("SELECT string_agg(name, ' ' ORDER BY name) FROM known_name") == "erased-1");
    derive.derive();
    CHECK(db.query("SELECT string_agg(service, ' ') FROM place") == "erased-1");
    CHECK(derive.check().empty());
    auto again = who;
    again.is_again = true;
    CHECK(ledger::erase(db.where(), again).deliveries == 0);
    CHECK(db.query("SELECT count(*) FROM erasure") == "1");
  }
}
