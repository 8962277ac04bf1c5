#include <algorithm>
#include <atomic>
#include <random>
#include <thread>

#include "collectors/fields.hpp"
#include "daemon/database/migrate.hpp"
#include "daemon/figures/page.hpp"
#include "daemon/figures/report.hpp"
#include "daemon/figures/text_report.hpp"
#include "tests/check.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/random_history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

void store(ledger::appender& to, std::vector<event> events) {
  static int n = 0;
  auto e = entry_of("delivery-" + std::to_string(++n), std::move(events));
  REQUIRE(to.append({e}).front());
}

}

TEST_SUITE("postgres") {
  TEST_CASE("v1 v2 v3 v1 in the database: three changes, two rolled back") {
    const database db;
    ledger::appender to(db.where());
    int n = 0;
    for (const auto* v : {"v1", "v2", "v3", "v1"}) {
      ++n;
      store(to, {deployment_event("e" + std::to_string(n), "d" + std::to_string(n),
                                  "2026-11-0" + std::to_string(n) + "T00:00:00Z",
                                  {{"service", "checkout"}, {"state", "succeeded"}, {"version", v}})});
    }
    ledger::deriver derive(db.where(), {});
    CHECK(derive.derive() == 4);
    CHECK(derive.derive() == 0);
    CHECK(db.query("SELECT d.subject, d.kind, d.is_change, r.subject FROM deployment d LEFT JOIN deployment r ON r.id "
                   "= d.rolled_back_by ORDER BY 1") ==
          "d1|planned|t|-\nd2|planned|t|d4\nd3|planned|t|d4\nd4|rollback|f|-");
    CHECK(derive.check().empty());
  }

  TEST_CASE("under the schema of a newer program nothing is derived, and nothing is lost for that one") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    db.query("INSERT INTO migration (name) VALUES ('9999_next') RETURNING name");
    store(to, {deployment_event("e", "d", "2026-11-01T00:00:00Z",
                                {{"service", "checkout"}, {"state", "succeeded"}, {"version", "1"}})});
    CHECK(derive.derive() == 0);
    CHECK(derive.schema_is_newer());
    CHECK(db.query("SELECT count(*) FROM touched") == "1");
    CHECK_THROWS_AS(ledger::migrate(db.where()), ledger::newer_schema);
    db.query("DELETE FROM migration WHERE name = '9999_next' RETURNING name");
    CHECK(derive.derive() == 1);
    CHECK_FALSE(derive.schema_is_newer());
  }

  TEST_CASE("what comes late into a long history, at many places of it at once, is derived as from scratch") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    const auto tell = [&](int rest) {
      std::vector<event> all;
      for (int n = 0; n < 1500; ++n)
        if (n % 3 == rest) {
          const auto id = "d" + std::to_string(n);
          const auto version = "v" + std::to_string(n % 11 == 0 ? n - 5 : n);  // some return to another
          auto e = deployment_event(id, id, "2026-11-01T00:00:00Z",
                                    {{"service", "checkout"}, {"state", "succeeded"}, {"version", version}});
          e.time += std::chrono::hours(n % 2 == 0 ? n : n - 1);  // two at each time
          all.push_back(std::move(e));
        }
      store(to, std::move(all));
      derive.derive();
      CHECK(derive.check().empty());
    };
    for (const int rest : {1, 0, 2}) tell(rest);
    CHECK(db.query("SELECT count(*), count(*) FILTER (WHERE kind = 'rollback') > 50 FROM deployment") == "1500|t");
  }

  TEST_CASE("what comes late into a day of releases without a time of day is derived as from scratch") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    constexpr int all_of_them = 600;  // several pages of the stack
    for (const int rest : {1, 0, 2}) {
      std::vector<event> all;
      for (int n = rest; n < all_of_them; n += 3) {
        const auto id = "d" + std::to_string(all_of_them - n);  // the order of the subjects is not that of the versions
        const auto version = "1.0." + std::to_string(n % 11 == 0 ? std::max(n - 5, 0) : n);
        all.push_back(deployment_event(
            id, id, "2026-11-01T00:00:00Z",
            {{"service", "checkout"}, {"state", "succeeded"}, {"version", version}, {"date_only", n % 7 != 0}}));
      }
      store(to, std::move(all));
      derive.derive();
      CHECK(derive.check().empty());
    }
    CHECK(db.query("SELECT count(*) FROM deployment") == "600");
  }

  TEST_CASE("deriving ends while deliveries keep coming, and when it is told to") {
    const database db;
    std::atomic<bool> is_sending = true;
    std::atomic<int> sent = 0;
    std::jthread sender([&](const std::stop_token& stop) {
      ledger::appender to(db.where());
      const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
      while (!stop.stop_requested() && std::chrono::steady_clock::now() < end) {
        const auto id = "d" + std::to_string(++sent);
        store(to, {deployment_event(id, id, "2026-11-01T00:00:00Z",
                                    {{"service", "checkout"}, {"state", "succeeded"}, {"version", id}})});
      }
      is_sending = false;
    });
    while (sent < 2) std::this_thread::yield();
    ledger::deriver derive(db.where(), {});
    CHECK(derive.derive() > 0);
    CHECK(is_sending);
    sender.request_stop();
    sender.join();
    std::stop_source stopped;
    stopped.request_stop();
    CHECK(derive.derive(stopped.get_token()) == 0);
    derive.derive();
    CHECK(db.query("SELECT count(*) FROM touched") == "0");
  }

  TEST_CASE("a deployment that arrives 40 days late is judged as if it had come in time") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    const auto deployed = [&](const char* id, const char* at, const char* version) {
      store(to,
            {deployment_event(id, id, at, {{"service", "checkout"}, {"state", "succeeded"}, {"version", version}})});
      derive.derive();
    };
    deployed("a", "2026-09-01T00:00:00Z", "v1");
    deployed("c", "2026-11-01T00:00:00Z", "v1");
    CHECK(db.query("SELECT kind FROM deployment WHERE subject = 'c'") == "redeploy");
    deployed("b", "2026-09-20T00:00:00Z", "v2");
    CHECK(db.query("SELECT kind FROM deployment WHERE subject = 'c'") == "rollback");
    CHECK(db.query("SELECT rolled_back_by IS NOT NULL FROM deployment WHERE subject = 'b'") == "t");
  }

  TEST_CASE("facts of a commit count whether they come before the deployment or after it") {
    for (const bool first : {true, false}) {
      CAPTURE(first);
      const database db;
      ledger::appender to(db.where());
      ledger::deriver derive(db.where(), {});
      auto commit = deployment_event("c", "aaaaaaabbbbbbbcccccccddddddd", "2026-11-01T00:00:00Z",
                                     {{"labels", json::array{"hotfix"}}});
      commit.type = commit.thing = "commit";
      if (first) store(to, {commit}), derive.derive();
      store(to, {deployment_event("d", "d", "2026-11-02T00:00:00Z",
                                  {{"service", "checkout"}, {"state", "succeeded"}, {"commit", "AAAAAAABBBBBBB"}})});
      derive.derive();
      if (!first) store(to, {commit}), derive.derive();
      CHECK(db.query("SELECT kind, kind_reason FROM deployment") == "hotfix|default rule hotfix-label");
    }
  }

  TEST_CASE("a deployment that nobody places is kept, and counts once it is placed") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    store(to, {deployment_event("1", "d", "2026-11-01T00:00:00Z", {{"state", "succeeded"}})});
    derive.derive();
    CHECK(db.query("SELECT count(*) FROM deployment WHERE service = ''") == "1");
    CHECK(db.query("SELECT count(*) FROM place") == "0");
    store(to, {deployment_event("2", "d", "2026-11-02T00:00:00Z", {{"service", "checkout"}})});
    derive.derive();
    CHECK(db.query("SELECT service, environment, kind FROM deployment") == "checkout|production|planned");
    CHECK(db.query("SELECT service, environment FROM place") == "checkout|production");
  }

  TEST_CASE("names as long as they may be, in characters of four bytes") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    std::string name;
    std::mt19937 random(7);  // what compresses well would fit an index by luck
    for (int i = 0; i < 200; ++i) {
      const auto n = random() % 4096;
      name += "\xF0\x9F";
      name += static_cast<char>(0x80 + n / 64);
      name += static_cast<char>(0x80 + n % 64);
    }
    auto e = deployment_event(
        name, name, "2026-11-01T00:00:00Z",
        {{"service", name}, {"environment", name}, {"state", "succeeded"}, {"version", name}, {"commit", name}});
    e.source = name;
    CHECK(check(e, *parse_time("2026-11-20T00:00:00Z")).empty());
    store(to, {e});
    CHECK(derive.derive() == 1);
    CHECK(db.query("SELECT length(service), kind FROM deployment") == "200|planned");
    CHECK(derive.check().empty());
  }

  TEST_CASE("how many events wait to be derived is known") {
    const database db;
    ledger::appender to(db.where());
    const ledger::derive_settings settings;
    ledger::deriver derive(db.where(), settings);
    ledger::reader from(db.where());
    const auto waiting = [&] { return from.counts(settings.max_names).underived; };
    CHECK(waiting() == 0);
    for (const char* id : {"1", "2", "3"})
      store(to, {deployment_event(id, id, "2026-11-01T00:00:00Z", {{"service", "checkout"}, {"state", "succeeded"}})});
    CHECK(waiting() == 3);
    derive.derive_batch({.things = 2});
    CHECK(waiting() == 1);
    derive.derive();
    CHECK(waiting() == 0);
  }

  TEST_CASE("names beyond the most of a kind are one, in the order of their receipt (group 24)") {
    const database db;
    ledger::appender to(db.where());
    ledger::derive_settings settings;
    settings.max_names = 2;
    settings.blame.names = naming({{"checkout", {}, {"cart"}, {}, {}}}, {});
    ledger::deriver derive(db.where(), settings);
    ledger::reader from(db.where());
    const auto told = [&](const char* service, const char* received) {
      auto e = entry_of(service, {deployment_event(service, service, "2026-11-01T00:00:00Z",
                                                   {{"service", service}, {"team", service}, {"state", "succeeded"}})});
      e.received_at = *parse_time(received);
      REQUIRE(to.append({e}).front());
      derive.derive();
    };
    const auto services = [&] { return db.query("SELECT string_agg(service, ' ' ORDER BY service) FROM place"); };
    told("cart", "2026-11-01T00:00:00Z");  // configured: none of those that count
    told("x", "2026-11-03T00:00:00Z");
    told("c", "2026-11-04T00:00:00Z");
    CHECK(services() == "c checkout x");
    told("d", "2026-11-05T00:00:00Z");
    told("e", "2026-11-06T00:00:00Z");
    CHECK(services() == "c checkout other x");
    CHECK(db.query("SELECT count(*), min(facts->>'team') FROM deployment WHERE service = 'other'") == "2|other");
    CHECK(from.counts(settings.max_names).other_services == 2);
    CHECK(from.counts(settings.max_names).other_teams == 3);
    CHECK(from.counts(settings.max_names).other_environments == 0);
    told("a", "2026-11-02T00:00:00Z");  // received first, stored last: as by a daemon that was cut off
    CHECK(services() == "a checkout other x");
    CHECK(derive.check().empty());
  }

  TEST_CASE("production environments and configured names are never folded, however many previews there are") {
    const database db;
    ledger::appender to(db.where());
    ledger::derive_settings settings;
    settings.max_names = 3;
    settings.blame.names = naming({{"checkout", "core", {}, {}, {}}}, {{"qa", false, {}}}, {"payments"});
    ledger::deriver derive(db.where(), settings);
    std::size_t folded = 0;
    const auto told = [&](const std::string& id, json::object fields) {
      fields["state"] = "succeeded";
      store(to, {deployment_event(id, id, "2026-11-01T00:00:00Z", std::move(fields))});
      for (auto done = derive.derive_batch(); done.taken > 0; done = derive.derive_batch()) folded += done.folded_names;
    };
    for (const char* name : {"preview-1", "preview-2", "preview-3", "preview-4", "preview-5"})
      told(name, {{"service", name}, {"environment", name}, {"team", name}});
    CHECK(folded == 6);
    for (const char* environment : {"production", "live", "qa"})
      told(environment, {{"service", "checkout"}, {"environment", environment}, {"team", "payments"}});
    told("core", {{"service", "checkout"}, {"environment", "production"}, {"team", "core"}});
    CHECK(db.query("SELECT string_agg(DISTINCT environment, ' ' ORDER BY environment) FROM place") ==
          "live other preview-1 preview-2 preview-3 production qa");
    CHECK(db.query("SELECT count(*) FROM deployment WHERE service = 'checkout' AND facts->>'team' = 'other'") == "0");
    CHECK(ledger::reader(db.where()).counts(settings.max_names).other_environments == 2);
    CHECK(folded == 6);
    CHECK(derive.check().empty());
  }

  TEST_CASE("a name that only retracted things have frees its place, and takes it again") {
    const database db;
    ledger::appender to(db.where());
    ledger::derive_settings settings;
    settings.max_names = 2;
    ledger::deriver derive(db.where(), settings);
    int n = 0;
    const auto received = [&](event e) {
      const auto key = e.id;
      auto one = entry_of(key, {std::move(e)});
      one.received_at = *parse_time("2026-11-02T00:00:00Z") + std::chrono::minutes(++n);
      REQUIRE(to.append({one}).front());
      derive.derive();
      CHECK(derive.check().empty());
    };
    const auto told = [&](const std::string& id, const char* service) {
      received(deployment_event(id, id, "2026-11-01T00:00:00Z", {{"service", service}, {"state", "succeeded"}}));
    };
    const auto retract = [&](const std::string& id, const std::string& subject, bool retracted) {
      auto e = report_of("retraction", subject, "2026-11-01T0" + std::to_string(n % 10) + ":00:00Z",
                         {{"of", "deployment"}, {"retracted", retracted}});
      e.id = id;
      e.thing = "deployment";
      received(std::move(e));
    };
    const auto services = [&] { return db.query("SELECT string_agg(service, ' ' ORDER BY service) FROM place"); };
    told("a1", "a");
    told("b1", "b");
    told("c1", "c");
    told("a2", "a");
    CHECK(services() == "a b other");
    retract("r1", "a1", true);  // a2 has the name still, received after c's
    CHECK(services() == "b c other");
    retract("r2", "a2", true);
    CHECK(services() == "b c");
    retract("r3", "a1", false);
    CHECK(services() == "a b other");
    retract("r4", "c1", true);  // one that is folded moves nobody
    CHECK(services() == "a b");
    told("c2", "c");
    CHECK(services() == "a b other");
    CHECK(db.query("SELECT count(*) FROM known_name WHERE kind = 'service'") == "3");
  }

  TEST_CASE("a rule that looks at incidents is asked again when they change") {
    const database db;
    ledger::appender to(db.where());
    ledger::derive_settings settings;
    settings.stack.rules.rules.push_back(
        {.name = "fire", .kind = "hotfix", .when = {}, .unless = {}, .within = {}, .during_incident = true});
    ledger::deriver derive(db.where(), settings);
    const auto incident = [&](const char* id, json::object fields) {
      store(to, {report_of("incident", "i", "2026-11-01T10:00:00Z", std::move(fields))});
      db.query(std::string("UPDATE event SET id = '") + id + "' WHERE id = '' RETURNING 1");
      derive.derive();
    };
    const auto kind = [&] { return db.query("SELECT kind, kind_reason, kind_evidence FROM deployment"); };
    store(to, {deployment_event("d", "d", "2026-11-01T10:30:00Z", {{"service", "checkout"}, {"state", "succeeded"}})});
    derive.derive();
    CHECK(kind() == "planned|no rule matched|");
    incident("1", {{"service", "search"}});
    CHECK(kind() == "planned|no rule matched|");
    incident("2", {{"services", json::array{"checkout", "search"}}});
    CHECK(kind() == "hotfix|rule fire|during an incident");
    incident("3", {{"environment", "staging"}});
    CHECK(kind() == "planned|no rule matched|");
    incident("4", {{"environment", "production"}});
    CHECK(kind() == "hotfix|rule fire|during an incident");
    incident("5", {{"resolved_at", "2026-11-01T10:30:00Z"}});
    CHECK(kind() == "planned|no rule matched|");
    // what nobody places has no kind, also during an incident that names no service
    store(to, {deployment_event("u", "u", "2026-11-01T10:20:00Z", {{"state", "succeeded"}})});
    derive.derive();
    incident("6", {{"services", nullptr}, {"resolved_at", nullptr}});
    incident("7", {{"title", "again"}});
    CHECK(db.query("SELECT kind FROM deployment WHERE subject = 'u'") == "-");
    CHECK(derive.check().empty());
  }

  TEST_CASE("what an incident tells later its hotfix knows, also if it blames nothing") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    const auto told = [&](event e, const char* id) {
      e.id = id;
      store(to, {e});
      derive.derive();
    };
    told(deployment_event("", "h", "2026-11-01T10:00:00Z",
                          {{"service", "checkout"}, {"state", "succeeded"}, {"kind", "hotfix"}, {"incident", "i"}}),
         "1");
    told(report_of("incident", "i", "2026-11-01T09:00:00Z", {{"service", "checkout"}, {"culprit", "none"}}), "2");
    const auto known = [&] { return db.query("SELECT cause, is_justified, is_attributed FROM deployment"); };
    CHECK(known() == "-|f|f");
    told(report_of("incident", "i", "2026-11-02T09:00:00Z", {{"cause", "data"}, {"severity", 2}}), "3");
    CHECK(known() == "data|t|f");
    CHECK(derive.check().empty());
  }

  TEST_CASE("everything that was derived dropped: rebuild restores every page, byte for byte") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    ledger::reader from(db.where());
    figure_settings with;
    with.engineers["payments"] = 3;
    const auto now = *parse_time("2026-02-20T12:00:00Z");
    const auto pages = [&] {
      const auto s = answer_question(
          from,
          {.periods = current_periods(with.rolling, with.zone, now), .service = {}, .environment = {}, .team = {}},
          with, now);
      return render(s, with, text_format::prometheus) + render(s, with, text_format::openmetrics) +
             csv_report(s, with) + json_array(figures_json(s, with)) + text_report(s, with, "planned") +
             text_report(s, with, "recovery", {.markdown = true});
    };
    std::size_t bytes = 0;
    for (unsigned seed = 1; seed <= 30; ++seed) {
      CAPTURE(seed);
      db.empty();
      store(to, random_history(seed).events);
      derive.derive();
      const auto before = pages();
      for (const auto& table : db.derived_tables())
        db.query(std::string("WITH gone AS (DELETE FROM ") + table + " RETURNING 1) SELECT count(*) FROM gone");
      CHECK(pages() != before);
      derive.rebuild();
      CHECK(pages() == before);
      bytes += before.size();
    }
    CHECK(bytes > 1'000'000);
  }

  TEST_CASE("rebuild mends what was damaged, writing only that, and check finds it") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    for (int i = 0; i < 5; ++i)
      store(to, {deployment_event(std::to_string(i), std::to_string(i), "2026-11-01T00:00:00Z",
                                  {{"service", "checkout"}, {"state", "succeeded"}})});
    derive.derive();
    const auto before = db.derived();
    db.query("UPDATE deployment SET kind = 'hotfix' WHERE subject = '3' RETURNING 1");
    db.query("DELETE FROM deployment WHERE subject = '4' RETURNING 1");
    CHECK(derive.check().size() == 3);
    CHECK(derive.rebuild() == 3);
    CHECK(db.derived() == before);
    CHECK(derive.check().empty());
    CHECK(derive.rebuild() == 0);
    db.query("UPDATE place SET team = 'nobody' RETURNING 1");
    CHECK(derive.check().size() == 2);
    CHECK(derive.rebuild() == 2);
    CHECK(db.derived() == before);
  }

  TEST_CASE("several daemons append and derive at once: nothing is lost") {
    const database db;
    std::vector<std::thread> daemons;
    for (int d = 0; d < 3; ++d)
      daemons.emplace_back([&, d] {
        ledger::appender to(db.where());
        ledger::deriver derive(db.where(), {});
        for (int i = 0; i < 40; ++i) {
          const auto id = std::to_string(d) + '-' + std::to_string(i);
          auto e =
              entry_of(id, {deployment_event(
                               id, std::to_string(i), "2026-11-01T00:00:00Z",
                               {{"service", "checkout"}, {"state", "succeeded"}, {"version", std::to_string(i % 5)}})});
          (void)to.append({e}).front();
          derive.derive();
        }
      });
    for (auto& d : daemons) d.join();
    ledger::deriver derive(db.where(), {});
    derive.derive();
    CHECK(db.query("SELECT count(*) FROM event") == "120");
    CHECK(db.query("SELECT count(*) FROM touched") == "0");
    CHECK(derive.check().empty());
  }
}
