#include <random>
#include <thread>

#include "collectors/base/crypto.hpp"
#include "collectors/fields.hpp"
#include "daemon/database/failure.hpp"
#include "daemon/database/rows.hpp"
#include "tests/check.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

event succeeded(const std::string& id) {
  return deployment_event(id, id, "2026-11-03T10:00:00Z",
                          {{"service", "checkout"}, {"state", "succeeded"}, {"version", id}});
}

}

TEST_SUITE("postgres") {
  TEST_CASE("a delivery is stored once, with its events and a queue entry each") {
    const database db;
    ledger::appender to(db.where());
    const auto first = to.append({entry_of("k1", {succeeded("a"), succeeded("b")})}).front();
    REQUIRE(first);
    CHECK(first->accepted == 2);
    CHECK(first->duplicates == 0);
    const auto again = to.append({entry_of("k1", {succeeded("a"), succeeded("b")})}).front();
    CHECK(again->accepted == 0);
    CHECK(again->duplicates == 2);
    CHECK(again->duplicate_delivery);
    CHECK(db.query(
              "SELECT (SELECT count(*) FROM delivery), (SELECT count(*) FROM event), (SELECT count(*) FROM touched)") ==
          "1|2|2");
  }

  TEST_CASE("a stored event id is a duplicate, whatever its body and delivery") {
    const database db;
    ledger::appender to(db.where());
    auto other = succeeded("a");
    other.fields["version"] = "other";
    CHECK(to.append({entry_of("k1", {succeeded("a")})}).front()->accepted == 1);
    const auto second = to.append({entry_of("k2", {other, succeeded("b")})}).front();
    CHECK(second->accepted == 1);
    CHECK(second->duplicates == 1);
    CHECK(db.query("SELECT fields->>'version' FROM event WHERE id = 'a'") == "a");
  }

  TEST_CASE("duplicates within one batch are found, and the first wins") {
    const database db;
    ledger::appender to(db.where());
    auto other = succeeded("b");
    const auto r = to.append(
        {entry_of("k1", {succeeded("a")}), entry_of("k1", {other}), entry_of("k2", {succeeded("a"), succeeded("c")})});
    CHECK(r[0]->accepted == 1);
    CHECK(r[1]->duplicate_delivery);
    CHECK(r[2]->accepted == 1);
    CHECK(db.query("SELECT string_agg(id, ' ' ORDER BY id) FROM event") == "a c");
  }

  TEST_CASE("a delivery that PostgreSQL rejects is found by bisection and dead-lettered, and the others are stored") {
    const database db;
    ledger::appender to(db.where());
    std::vector<ledger::entry> batch;
    for (int i = 0; i < 20; ++i)
      batch.push_back(entry_of("k" + std::to_string(i), {succeeded("d" + std::to_string(i))}));
    batch[7].events[0].source = "not \xC0\xA0 UTF-8";
    batch[11].source = "not \xC0\xA0 UTF-8";
    const auto r = to.append(batch);
    for (std::size_t i = 0; i < r.size(); ++i) {
      CAPTURE(i);
      if (i == 11)
        CHECK(r[i].error().code == errc::malformed);
      else if (i == 7)
        CHECK_FALSE(r[i]->refused.empty());
      else
        CHECK(r[i]->accepted == 1);
    }
    CHECK(db.query("SELECT outcome, count(*) FROM delivery GROUP BY outcome ORDER BY outcome") ==
          "accepted|18\ndead|1");
  }

  TEST_CASE("PostgreSQL's error for a delivery is stored with its SQLSTATE and without quoted payload") {
    const database db;
    ledger::appender to(db.where());
    auto quoted = entry_of("k1", {succeeded("a")});
    quoted.events[0].fields["title"] = std::string("very-private \" 'x\0", 18);
    auto nul = entry_of("k2", {succeeded("b")});
    nul.detail = "very-private \xC0\xA0";
    for (const auto& e : {quoted, nul}) {
      const auto r = to.append({e}).front();
      REQUIRE(r);
      CAPTURE(r->refused);
      CHECK(r->refused.starts_with("22"));
      CHECK(r->refused.find("very-private") == std::string::npos);
      CHECK(r->refused.find('\n') == std::string::npos);
    }
    CHECK(db.query("SELECT string_agg(detail, '; ' ORDER BY key) FROM delivery") ==
          "22P05 unsupported Unicode escape sequence; 22021 invalid byte sequence for encoding");
    try {
      ledger::connection c(db.where());
      ledger::transaction work(c);
      ledger::run_script(work, "SELECT 'very-private'::int");
    } catch (const std::exception& e) {
      CHECK(ledger::description_of(e) == "22P02 invalid input syntax for type integer");
    }
    try {
      ledger::connection c(db.where());
      ledger::transaction work(c);
      ledger::run_script(work, "SELECT 'very-private' FROM absent");
    } catch (const std::exception& e) {
      CHECK(ledger::description_of(e) == "42P01 relation \"absent\" does not exist");
    }
  }

  TEST_CASE("an error of an unknown class dead-letters only the failing delivery, and none if nothing can be written") {
    const database db;
    db.query(
        "CREATE FUNCTION reject() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.fields ->> 'version' = 'bad' "
        "THEN "
        "RAISE 'unheard of'; END IF; RETURN NEW; END $$");
    db.query("CREATE TRIGGER rejected BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION reject()");
    ledger::appender to(db.where());
    auto bad = succeeded("x");
    bad.fields["version"] = "bad";
    const auto alone = to.append({entry_of("alone", {bad})}).front();
    REQUIRE(alone);
    CHECK(alone->refused.find("unheard of") != std::string::npos);
    auto r = to.append({entry_of("k1", {succeeded("a")}), entry_of("k2", {bad}), entry_of("k3", {succeeded("b")})});
    CHECK(r[0]->accepted == 1);
    CHECK_FALSE(r[1]->refused.empty());
    CHECK(r[2]->accepted == 1);
    CHECK(db.query("SELECT key FROM delivery WHERE outcome = 'dead' ORDER BY key") == "alone\nk2");
    db.query(
        "CREATE OR REPLACE FUNCTION reject() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'unheard of'; END $$");
    r = to.append({entry_of("k4", {succeeded("c")}), entry_of("k5", {succeeded("d")})});
    for (const auto& one : r) CHECK(one.error().code == errc::unavailable);
    db.query("DROP TRIGGER rejected ON event");
    CHECK(to.append({entry_of("k4", {succeeded("c")})}).front()->accepted == 1);
  }

  TEST_CASE("an all-or-nothing delivery that PostgreSQL rejects is rejected and not stored") {
    const database db;
    ledger::appender to(db.where());
    auto batch = entry_of("k", {succeeded("a"), succeeded("b")});
    batch.is_whole = true;
    batch.events[1].source = "not \xC0\xA0 UTF-8";
    CHECK(to.append({batch}).front().error().code == errc::malformed);
    CHECK(db.query("SELECT count(*) FROM delivery") == "0");
  }

  TEST_CASE("keys and ids of any length and bytes are stored, and names of 200 characters of four bytes are derived") {
    const database db;
    ledger::appender to(db.where());
    std::string noise;  // incompressible, so that it would overflow the index
    std::mt19937 any(1);
    for (int n = 0; n < 30'000; ++n) noise += "0123456789abcdef"[any() % 16];
    for (const auto& key : {std::string("long-") + noise, std::string("\xC0\xA0"), std::string("short")}) {
      CAPTURE(key.substr(0, 10));
      auto e = entry_of(key, {succeeded("1"), succeeded("2")});
      for (auto& ev : e.events) ev.id = ev.subject = ev.id + key;
      CHECK(to.append({e}).front()->accepted == 2);
      CHECK(to.append({e}).front()->duplicate_delivery);
    }
    CHECK(db.query("SELECT count(*), max(octet_length(key)), count(*) FILTER (WHERE key = 'short') FROM delivery") ==
          "3|71|1");
    const auto name = [&] {
      std::string text;
      for (int n = 0; n < 200; ++n) {
        text += "\xF0\x9F";
        text += static_cast<char>(0x80 + any() % 64);
        text += static_cast<char>(0x80 + any() % 64);
      }
      return text;
    };
    std::vector<event> all;
    for (const char* type : {"deployment", "incident", "work", "flag", "commit"}) {
      event e = report_of(type, name(), "2026-11-03T10:00:00Z", {});
      e.id = name();
      e.source = name();
      for (const auto& f : fields())
        if (f.looks == form::name && f.types.contains(e.type)) e.fields[f.name] = name();
      if (e.type == event_type::deployment) e.fields["state"] = "succeeded";
      if (e.type == event_type::incident) e.fields["state"] = "open";
      if (e.type == event_type::incident) e.fields["services"] = json::array{name(), name()};
      all.push_back(std::move(e));
    }
    const auto stored = to.append({entry_of("names", all)}).front();
    REQUIRE(stored);
    CHECK(stored->accepted == all.size());
    CHECK(stored->refused.empty());
    ledger::deriver(db.where(), {}).derive();
    CHECK(db.query(
              "SELECT (SELECT count(*) FROM touched), (SELECT count(*) FROM deployment WHERE length(service) = 200), "
              "(SELECT count(*) FROM incident WHERE length(service) = 200)") == "0|1|2");
  }

  TEST_CASE("bodies are stored compressed, byte for byte") {
    const database db;
    auto e = entry_of("k", {succeeded("a")});
    e.body = std::string(10'000, 'x') + '\0' + "\xFF";
    REQUIRE(ledger::appender(db.where()).append({e}).front());
    CHECK(db.query("SELECT length(body) < 200 FROM delivery") == "t");
  }

  TEST_CASE("without a database appending reports unavailability, and works again afterwards") {
    const database db;
    auto away = db.where();
    away.dsn += "_not_there";
    CHECK(ledger::appender(away).append({entry_of("k", {succeeded("a")})}).front().error().code == errc::unavailable);
    ledger::appender to(db.where());
    REQUIRE(to.append({entry_of("k1", {succeeded("a")})}).front());
    db.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
        "pg_backend_pid()");
    const auto broken = to.append({entry_of("k2", {succeeded("b")})}).front();
    if (!broken) {  // libpqxx 6 reconnects by itself, 7 does not
      CHECK(broken.error().code == errc::unavailable);
      CHECK(to.append({entry_of("k2", {succeeded("b")})}).front());
    }
    CHECK(db.query("SELECT count(*) FROM event") == "2");
  }

  TEST_CASE("identical deliveries from several daemons at once make one row") {
    const database db;
    std::vector<std::thread> daemons;
    std::atomic<int> accepted = 0;
    for (int d = 0; d < 4; ++d)
      daemons.emplace_back([&] {
        ledger::appender to(db.where());
        for (int i = 0; i < 50; ++i) {
          const auto r = to.append({entry_of("k" + std::to_string(i), {succeeded("d" + std::to_string(i))})}).front();
          if (r) accepted += static_cast<int>(r->accepted);
        }
      });
    for (auto& d : daemons) d.join();
    CHECK(accepted == 50);
    CHECK(db.query(
              "SELECT (SELECT count(*) FROM delivery), (SELECT count(*) FROM event), (SELECT count(*) FROM touched)") ==
          "50|50|50");
  }
}
