#include "daemon/ledger/spool.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include <SQLiteCpp/SQLiteCpp.h>

#include "daemon/database/own_file.hpp"
#include "daemon/ledger/retention.hpp"
#include "tests/check.hpp"

using namespace releasehealth;
using ledger::spool;
namespace fs = std::filesystem;

namespace {

const auto noon = *parse_time("2026-11-20T12:00:00Z");

struct place_for_spool {
  fs::path folder;
  place_for_spool() {
    std::string name = (fs::temp_directory_path() / "rh-spool-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()));
    folder = name;
  }
  ~place_for_spool() { fs::remove_all(folder); }
  spool open(ledger::spool_limits limits = {}) const { return {folder / "spool.sqlite", limits}; }
};

ledger::entry entry_of(const std::string& key, timestamp at = noon) {
  ledger::entry e;
  e.source = "api";
  e.key = key;
  e.received_at = at;
  e.headers = {{"content-type", "application/json"}};
  e.body = std::string("{\"a\":\0\"\xC3\xA9\"}", 12) + key;
  event one;
  one.id = key + "-1";
  one.type = event_type::retraction;
  one.thing = thing_type::deployment;
  one.subject = "d";
  one.time = at;
  one.is_override = true;
  one.fields = {{"of", "deployment"}, {"retracted", true}, {"nothing", nullptr}};
  e.events = {one, one};
  e.events[1].id = key + "-2";
  e.events[1].source = "elsewhere";
  return e;
}

result<ledger::stored> put(spool& into, const ledger::entry& e, timestamp now = noon) {
  const ledger::entry* one = &e;
  return into.put({&one, 1}, now).front();
}

std::vector<std::string> keys_of(const std::vector<spool::kept>& all) {
  std::vector<std::string> keys;
  for (const auto& k : all) keys.push_back(k.delivery.key);
  return keys;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("spooled deliveries come back unchanged and in order of receipt, also after a restart") {
    const place_for_spool here;
    {
      auto s = here.open();
      CHECK(put(s, entry_of("b"))->accepted == 2);
      CHECK(put(s, entry_of("a"))->accepted == 2);
      const auto again = put(s, entry_of("b"));
      CHECK(again->duplicate_delivery);
      CHECK(again->duplicates == 2);
    }
    auto s = here.open();
    CHECK(s.count().deliveries == 2);
    CHECK(s.count().oldest == noon);
    const auto all = s.oldest(10);
    CHECK(keys_of(all) == std::vector<std::string>{"b", "a"});
    CHECK(keys_of(s.oldest(1)) == std::vector<std::string>{"b"});
    CHECK(keys_of(s.oldest(10, 1)) == std::vector<std::string>{"b"});  // at least one
    const auto wanted = entry_of("b");
    const auto& got = all.front().delivery;
    CHECK(got.source == wanted.source);
    CHECK(got.received_at == wanted.received_at);
    CHECK(got.outcome == wanted.outcome);
    CHECK(got.headers == wanted.headers);
    CHECK(got.body == wanted.body);
    REQUIRE(got.events.size() == 2);
    for (std::size_t i = 0; i < 2; ++i) {
      CHECK(got.events[i].source == wanted.events[i].source);
      CHECK(got.events[i].id == wanted.events[i].id);
      CHECK(got.events[i].type == wanted.events[i].type);
      CHECK(got.events[i].thing == wanted.events[i].thing);
      CHECK(got.events[i].subject == wanted.events[i].subject);
      CHECK(got.events[i].time == wanted.events[i].time);
      CHECK(got.events[i].is_override == wanted.events[i].is_override);
      CHECK(got.events[i].fields == wanted.events[i].fields);
    }
  }

  TEST_CASE("a spool of the previous release is read, event by event") {
    const place_for_spool here;
    fs::copy_file(fs::path(SOURCE_DIR) / "tests/spool_of_d6fbe98.sqlite", here.folder / "spool.sqlite");
    std::vector<std::string> told;
    for (const auto& [number, delivery] : here.open().oldest(10)) {
      CHECK(delivery.source == "api");
      CHECK(delivery.outcome == "accepted");
      for (const auto& e : delivery.events) {
        auto line = std::string(word(e.type)) + " of " + std::string(word(e.thing)) + ' ' + e.source + '/' + e.id +
                    ' ' + e.subject + ' ' + format_time(e.time) + ' ' + json::serialize(e.fields);
        told.push_back(line + (e.is_override ? " override" : ""));
        CHECK(json::serialize(event_record(read_record(event_record(e)))) == json::serialize(event_record(e)));
      }
    }
    const std::vector<std::string> written = {
        R"(deployment of deployment /d1 deploy-1 2026-11-20T12:00:00.25Z {"kind":"hotfix","state":"succeeded","service":"checkout","environment":"production","version":"1.8.3"})",
        R"(incident of incident pager/i1 INC-7 2026-11-20T12:10:00Z {"state":"open","service":"checkout"})",
        R"(work of work /w1 w1 2026-11-20T12:20:00Z {"person":"ana","seconds":600,"incident":"INC-7"})",
        R"(flag of flag /f1 f1 2026-11-20T12:21:00Z {"on":false,"incident":"INC-7","flag":"new-cart"})",
        R"(commit of commit /c1 0123456789abcdef0123456789abcdef01234567 2026-11-20T11:00:00Z {"commit":"0123456789abcdef0123456789abcdef01234567","title":"Fix — rounding"})",
        R"(retraction of deployment /r1 deploy-0 2026-11-20T12:30:00Z {"of":"deployment"})"};
    CHECK(told == written);
  }

  TEST_CASE("drained deliveries are deleted, quarantined ones stay and are not drained again") {
    const place_for_spool here;
    auto s = here.open();
    for (const auto* key : {"a", "b", "c"}) REQUIRE(put(s, entry_of(key, noon + std::chrono::seconds(key[0]))));
    const auto all = s.oldest(10);
    s.remove(std::vector{all[0].number});
    s.set_aside(all[1].number, "no");
    s.set_aside(all[1].number, "no");
    CHECK(keys_of(s.oldest(10)) == std::vector<std::string>{"c"});
    CHECK(s.count().deliveries == 1);
    CHECK(s.count().set_aside == 1);
    CHECK(s.count().oldest == noon + std::chrono::seconds('c'));
    s.remove(std::vector{all[2].number, all[2].number});
    CHECK(s.count().deliveries == 0);
    CHECK(s.count().bytes > 0);  // the quarantined delivery
    CHECK_FALSE(s.count().oldest);
    CHECK_THROWS_WITH(here.open(), doctest::Contains("each daemon needs its own state_dir"));
  }

  TEST_CASE("an event at the depth limit is spooled and read") {
    const place_for_spool here;
    auto s = here.open();
    auto deep = entry_of("deep");
    deep.events[0].fields["of"] = *parse_json(std::string(99, '[') + std::string(99, ']'), own_limits);
    REQUIRE(put(s, deep));
    const auto all = s.oldest(10);
    REQUIRE(all.size() == 1);
    CHECK(all[0].delivery.events[0].fields == deep.events[0].fields);
  }

  TEST_CASE("an unreadable row is quarantined, and the rows after it are drained") {
    const place_for_spool here;
    for (const std::size_t most : {10, 1}) {
      CAPTURE(most);
      {
        auto s = here.open();
        for (const auto* key : {"a", "b", "c"}) REQUIRE(put(s, entry_of(key)));
      }
      SQLite::Database(here.folder / "spool.sqlite", SQLite::OPEN_READWRITE)
          .exec(
              "UPDATE delivery SET events = '[{\"source\":1e99999}]' WHERE key = 'a'; UPDATE delivery SET headers = "
              "'[]' WHERE key = 'c'");
      auto s = here.open();
      CHECK(keys_of(s.oldest(most)) == std::vector<std::string>{"b"});
      s.remove(std::vector{s.oldest(1).front().number});
      CHECK(s.oldest(most).empty());
      CHECK(s.count().deliveries == 0);
      CHECK(s.count().set_aside == 2);
      fs::remove(here.folder / "spool.sqlite");
    }
  }

  TEST_CASE("a full spool and one with too old a delivery accept nothing more and lose nothing") {
    const place_for_spool here;
    const auto size = [&] {
      auto s = here.open();
      REQUIRE(put(s, entry_of("a")));
      return s.count().bytes;
    }();
    auto s = here.open({.bytes = size * 2 + size / 2, .age = std::chrono::hours(1)});
    REQUIRE(put(s, entry_of("b")));
    CHECK(s.has_room(noon));
    CHECK(put(s, entry_of("c")).error().code == errc::unavailable);
    CHECK_FALSE(s.has_room(noon));
    const auto late = noon + std::chrono::hours(2);
    CHECK_FALSE(s.has_room(late));
    s.remove(std::vector{s.oldest(1).front().number});
    CHECK(put(s, entry_of("d"), late).error().code == errc::unavailable);
    CHECK(put(s, entry_of("d"), noon));
    CHECK(s.has_room(noon));
    CHECK(keys_of(s.oldest(10)) == std::vector<std::string>{"b", "d"});
  }

  TEST_CASE("bodies are spooled compressed, and uncompressed ones of earlier releases are read") {
    const place_for_spool here;
    auto long_one = entry_of("long");
    long_one.body.append(100'000, ' ');
    {
      auto s = here.open();
      REQUIRE(put(s, long_one));
      CHECK(s.count().bytes < 2000);
      CHECK(s.oldest(1).front().delivery.body == long_one.body);
    }
    SQLite::Database(here.folder / "spool.sqlite", SQLite::OPEN_READWRITE).exec("UPDATE delivery SET body = x'7b7d'");
    CHECK(here.open().oldest(1).front().delivery.body == "{}");
  }

  TEST_CASE("the spool's files are private to its user, also those of earlier releases, and never links") {
    const place_for_spool here;
    const auto file = here.folder / "spool.sqlite";
    const auto rights = [&](const char* suffix) { return fs::status(file.string() + suffix).permissions(); };
    constexpr auto own = fs::perms::owner_read | fs::perms::owner_write;
    {
      spool s = here.open();
      REQUIRE(put(s, entry_of("a")));
      for (const auto* suffix : {"", "-wal", "-shm", ".lock"}) CHECK(rights(suffix) == own);
    }
    fs::permissions(file, fs::perms::all);
    {
      spool s = here.open();
      CHECK(s.count().deliveries == 1);
      CHECK(rights("") == own);
    }
    const auto victim = here.folder / "victim";
    std::ofstream(victim) << "kept";
    fs::remove(file.string() + ".lock");
    fs::create_symlink(victim, file.string() + ".lock");
    CHECK_THROWS_WITH_AS(here.open(), doctest::Contains("symbolic link"), std::runtime_error);
    fs::remove(file.string() + ".lock");
    fs::create_hard_link(victim, file.string() + ".lock");
    CHECK_THROWS_WITH_AS(here.open(), doctest::Contains("not a private regular file"), std::runtime_error);
    CHECK(fs::file_size(victim) == 4);
    const auto folder = here.folder / "state" / "deep";
    ledger::make_own_folder(folder);
    CHECK(fs::status(folder).permissions() == fs::perms::owner_all);
  }

  TEST_CASE("a person is erased from spooled and quarantined deliveries while a daemon has the spool open") {
    const place_for_spool here;
    const auto file = here.folder / "spool.sqlite";
    spool s = here.open();
    auto named = entry_of("a");
    named.body = R"({"by":"J\u00f6rg"})";
    named.events[0].fields["actor"] = "J\xC3\x96RG";
    REQUIRE(put(s, named));
    REQUIRE(put(s, entry_of("b")));
    auto aside = entry_of("c");
    aside.detail = "J\xC3\xB6rg";
    REQUIRE(put(s, aside));
    s.set_aside(3, "says J\xC3\xB6rg");
    const ledger::erasure who{"j\xC3\xB6rg", "erased-1", "root", "asked", noon};
    CHECK(ledger::erase_from_spool(file, who) == 2);
    CHECK(ledger::erase_from_spool(file, who) == 0);
    CHECK(ledger::erase_from_spool(here.folder / "absent", who) == 0);
    const auto kept = s.oldest(10);
    REQUIRE(kept.size() == 2);
    CHECK(kept[0].delivery.body == R"({"by":"erased-1"})");
    CHECK(text_at(kept[0].delivery.events[0].fields, "/actor") == "erased-1");
    CHECK(kept[1].delivery.body == entry_of("b").body);
    SQLite::Database raw(file.string());
    CHECK(raw.execAndGet("SELECT detail || ' ' || set_aside FROM delivery WHERE number = 3").getString() ==
          "erased-1 says erased-1");
  }

  TEST_CASE("of a batch, deliveries that fit are kept and the rest is rejected") {
    const place_for_spool here;
    auto big = entry_of("big");
    std::mt19937 any(1);
    for (int n = 0; n < 100'000; ++n) big.body += static_cast<char>(any());  // incompressible
    const auto small = entry_of("small");
    auto s = here.open({.bytes = 50'000, .age = std::chrono::hours(1)});
    const ledger::entry* both[] = {&big, &small};
    const auto out = s.put(both, noon);
    CHECK(out[0].error().code == errc::unavailable);
    CHECK(out[1]->accepted == 2);
    CHECK(s.count().deliveries == 1);
  }
}
