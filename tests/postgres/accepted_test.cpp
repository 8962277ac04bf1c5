// Every accepted event is readable by the spool, ledger, derivation, export, import, replay, explain and pages. The
// long run sets RELEASEHEALTH_EVENTS=10000.
#include <cstdlib>
#include <functional>
#include <sstream>

#include "collectors/base/form.hpp"
#include "collectors/canonical/canonical.hpp"
#include "collectors/fields.hpp"
#include "daemon/import/history.hpp"
#include "daemon/intake/receive.hpp"
#include "daemon/ledger/replay.hpp"
#include "daemon/ledger/spool.hpp"
#include "daemon/queries/reads.hpp"
#include "tests/check.hpp"
#include "tests/fixture.hpp"
#include "tests/postgres/history.hpp"
#include "tests/postgres/random_events.hpp"
#include "tests/postgres/running_app.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

constexpr body_limits deepest{most_json_depth, 1'000'000, 10'000};

unsigned event_count() {
  const char* asked = std::getenv("RELEASEHEALTH_EVENTS");
  return asked ? static_cast<unsigned>(std::stoul(asked)) : 300;
}

// All events of a database, word for word.
std::string stored_events(const database& db) {
  return db.query("SELECT source, id, type, thing, subject, time, is_override, fields FROM event ORDER BY source, id");
}

// Deliveries are read from the spool unchanged.
void pass_through_spool(const std::string& body) {
  const temporary_folder here;
  ledger::spool s(here.path() / "spool.sqlite", {});
  ledger::entry e = entry_of("k", *canonical::read_events("application/json", body, noon, deepest));
  const ledger::entry* one = &e;
  REQUIRE(s.put({&one, 1}, noon).front());
  const auto kept = s.oldest(10);
  REQUIRE(kept.size() == 1);
  REQUIRE(kept[0].delivery.events.size() == e.events.size());
  for (std::size_t n = 0; n < e.events.size(); ++n) CHECK(kept[0].delivery.events[n].fields == e.events[n].fields);
}

// An export imported elsewhere restores every event; a second import adds none.
void pass_through_export(const database& from) {
  ledger::reader reader(from.where());
  std::ostringstream lines;
  std::optional<ledger::stored_event> last;
  for (auto some = reader.events_after(last); !some.empty(); some = reader.events_after(last)) {
    for (auto& e : some) {
      auto line = canonical::write_event(e.told);
      line["received_at"] = format_time(e.received_at);
      lines << json::serialize(line) << '\n';
    }
    last = some.back();
  }
  const database into;
  ledger::appender to(into.where());
  for (const bool is_first : {true, false}) {
    std::istringstream in(lines.str());
    std::size_t accepted = 0, refused = 0;
    read_event_history(in, {}, noon,
                       {.take =
                            [&](event e, std::optional<timestamp>) {
                              const auto key = (is_first ? "first-" : "second-") + e.id;
                              accepted += to.append({entry_of(key, {std::move(e)})}).front().value().accepted;
                            },
                        .refuse =
                            [&](const refused_record& r) {
                              ++refused;
                              MESSAGE(r.why.text());
                            }});
    CHECK(refused == 0);
    CHECK((accepted > 0) == is_first);
  }
  CHECK(from.query("SELECT source, id, type, subject, time FROM event ORDER BY 1, 2") ==
        into.query("SELECT source, id, type, subject, time FROM event ORDER BY 1, 2"));
}

}

TEST_SUITE("postgres") {
  TEST_CASE("whatever intake accepts, spool, ledger, export, import, replay, explain and pages can read") {
    const auto total = event_count();
    const database db;
    running_app app(db.where(), "[[source]]\nname = 'hooks'\nkind = 'standard-webhooks'\nsecret = 'hush'\n");
    random_events events(1);
    std::size_t accepted = 0, rejected = 0, hooked = 0;
    std::string batch;
    std::size_t in_batch = 0;
    const auto flush = [&] {
      if (in_batch == 0) return;
      const auto answer = app.send_events('[' + batch + ']');
      CHECK_MESSAGE(answer.status == 202, answer.body.substr(0, 500));
      CHECK(json::parse(answer.body).at("accepted") == in_batch);
      pass_through_spool('[' + batch + ']');
      batch.clear();
      in_batch = 0;
    };
    for (unsigned n = 0; n < total; ++n) {
      const auto text = events.next();
      const auto read = canonical::read_events("application/json", '[' + text + ']', noon);
      if (!read) {
        ++rejected;
        const auto e = read.error();
        CHECK((!e.problems.empty() || !e.limit.empty() || e.detail.starts_with("not JSON")));
        if (n % 10 == 0) CHECK(app.send_events('[' + text + ']').status == 400);
        continue;
      }
      ++accepted;
      if (n % 7 == 0) {  // a separate delivery for replay
        const auto answer = app.intake("POST", "/webhooks/hooks", text,
                                       {{"Content-Type", "application/json"}, {"Authorization", "Bearer hush"}});
        CHECK_MESSAGE(answer.status == 202, answer.body.substr(0, 300));
        ++hooked;
        continue;
      }
      batch += (in_batch++ > 0 ? "," : "") + text;
      if (in_batch == 50) flush();
    }
    flush();
    CHECK(accepted > total / 4);
    CHECK(rejected > total / 20);
    // without the daemon's own reports of announced deployments that are due
    CHECK(db.query("SELECT count(*) FROM event WHERE id NOT LIKE 'due/%'") == std::to_string(accepted));
    CHECK(db.query("SELECT count(*) FROM delivery WHERE outcome = 'dead' OR detail <> ''") == "0");
    app.derived(db);

    pass_through_export(db);
    const auto before = stored_events(db);
    std::size_t reread = 0;
    const auto source = [] {
      auto s = source_of(*find_collector("standard-webhooks"));
      s.name = "hooks";
      return s;
    }();
    const auto fresh =
        ledger::replay(db.where(), {.all = true, .source = "hooks"}, noon, [&](const ledger::entry& kept) {
          auto said = read_kept(source, kept, kept.received_at, naming());
          REQUIRE_MESSAGE(said, said.error().text());
          reread += said->events.size();
          return std::move(*said);
        });
    CHECK(fresh == 0);
    CHECK(reread == hooked);
    CHECK(stored_events(db) == before);

    const auto ask = [&](const std::string& path) {
      CAPTURE(path.substr(0, 200));
      const auto answer = app.operations("GET", path);
      CHECK_MESSAGE(answer.status == 200, answer.body.substr(0, 300));
    };
    const auto each = [&](const std::string& query, const std::function<void(const std::string&)>& use) {
      std::istringstream lines(db.query(query));
      for (std::string line; std::getline(lines, line);) use(line);
    };
    // in hexadecimal, because names may contain line feeds
    each("SELECT DISTINCT encode(convert_to(service, 'UTF8'), 'hex') FROM place ORDER BY 1 LIMIT 60",
         [&](const std::string& digits) {
           std::string path = "/services/";
           for (std::size_t n = 0; n < digits.size(); n += 2) path += '%' + digits.substr(n, 2);
           ask(path);
         });
    each("SELECT id FROM deployment ORDER BY 1 LIMIT 120", [&](const std::string& id) {
      ask("/api/v1/deployments/" + id);
      ask("/api/v1/deployments/" + id + "/explain");
    });
    each("SELECT id FROM deployment WHERE service <> '' ORDER BY 1 LIMIT 60",
         [&](const std::string& id) { ask("/deployments/" + id); });
    each("SELECT id FROM incident ORDER BY 1 LIMIT 120", [&](const std::string& id) {
      ask("/api/v1/incidents/" + id);
      ask("/api/v1/incidents/" + id + "/explain");
    });
    each("SELECT id FROM deployment WHERE facts ? 'action_items' ORDER BY 1 LIMIT 20", [&](const std::string& id) {
      const auto answer = app.operations("PATCH", "/api/v1/deployments/" + id, R"({"action_items":[],"reason":"done"})",
                                         {{"Authorization", "Bearer sesame"}, {"Content-Type", "application/json"}});
      CHECK(answer.status == 202);
    });
    app.derived(db);
    for (const auto* path :
         {"/", "/api/v1/figures", "/api/v1/months", "/api/v1/deployments?limit=1000", "/api/v1/incidents?limit=1000",
          "/api/v1/hotfixes?limit=1000", "/api/v1/services", "/api/v1/deliveries", "/metrics"})
      ask(path);
  }

  TEST_CASE("events accepted at the depth limit are read everywhere, also after the limit is lowered") {
    const database db;
    const auto nested = std::string(99, '[') + std::string(99, ']');
    const auto event = deployed("deep", R"("version":"1","action_items":)" + nested);
    {
      running_app app(db.where(), {}, "max_json_depth = 100\n");
      CHECK(app.send_events(event).status == 202);
      CHECK(app.send_events(deployed("deeper", R"("version":"1","action_items":[)" + nested + "]")).status == 400);
      app.derived(db);
    }
    running_app app(db.where(), {}, "max_json_depth = 4\n");
    const auto id = db.query("SELECT id FROM deployment WHERE subject = 'deep'");
    for (const auto& path : {"/services/checkout", "/"}) CHECK(app.operations("GET", path).status == 200);
    CHECK(app.operations("GET", "/deployments/" + id).status == 200);
    CHECK(app.operations("GET", "/api/v1/deployments/" + id + "/explain").status == 200);
    for (int times = 0; times < 3; ++times)
      CHECK(app.operations("PATCH", "/api/v1/deployments/" + id, R"({"action_items":[[[1]]],"reason":"done"})",
                           {{"Authorization", "Bearer sesame"}, {"Content-Type", "application/json"}})
                .status == 202);
    app.derived(db);
    CHECK(db.query("SELECT facts -> 'action_items' FROM deployment") == "[[[1]]]");
    pass_through_export(db);
  }
}
