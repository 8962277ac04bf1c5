#include <atomic>
#include <thread>

#include "daemon/database/migrate.hpp"
#include "daemon/queries/reads.hpp"
#include "tests/check.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/random_history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

TEST_SUITE("postgres") {
  TEST_CASE("incidents are attributed again when the target of a rollback turns out to be no change") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    const auto report = [&](const char* id, const char* subject, const char* time, json::object fields) {
      fields["service"] = "checkout";
      auto e = report_of(*subject == 'i' ? "incident" : "deployment", subject, time, std::move(fields));
      e.id = id;
      store(to, {e});
      derive.derive();
    };
    report("1", "d1", "2026-01-01T08:00:00Z", {{"version", "1"}, {"state", "succeeded"}});
    report("2", "d2", "2026-01-02T08:00:00Z", {{"version", "2"}, {"state", "succeeded"}});
    report("3", "d3", "2026-01-03T08:00:00Z", {{"version", "1"}, {"state", "succeeded"}});
    report("4", "i1", "2026-01-20T08:00:00Z", {{"state", "open"}});
    CHECK(db.query("SELECT reason FROM incident") == "outside_window");
    report("5", "d1", "2026-01-01T08:00:01Z", {{"kind", "rollback"}});
    CHECK(db.query("SELECT reason FROM incident") == "no_deployment");
    CHECK(derive.check().empty());
  }

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

  TEST_CASE("under a newer schema nothing is derived, and the queue is kept for the newer program") {
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

  TEST_CASE("late events at many points of a long history give the same result as derivation from scratch") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    const auto tell = [&](int rest) {
      std::vector<event> all;
      for (int n = 0; n < 1500; ++n)
        if (n % 3 == rest) {
          const auto id = "d" + std::to_string(n);
          const auto version = "v" + std::to_string(n % 11 == 0 ? n - 5 : n);  // some return to an earlier version
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

  TEST_CASE("late events on a day of releases without a time of day give the same result as from scratch") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    constexpr int all_of_them = 600;  // several pages of the stack
    for (const int rest : {1, 0, 2}) {
      std::vector<event> all;
      for (int n = rest; n < all_of_them; n += 3) {
        const auto id = "d" + std::to_string(all_of_them - n);  // the subjects' order differs from the versions'
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

  TEST_CASE("derivation ends while deliveries keep arriving, and when it is stopped") {
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
      commit.reports(thing_type::commit);
      if (first) store(to, {commit}), derive.derive();
      store(to, {deployment_event("d", "d", "2026-11-02T00:00:00Z",
                                  {{"service", "checkout"}, {"state", "succeeded"}, {"commit", "AAAAAAABBBBBBB"}})});
      derive.derive();
      if (!first) store(to, {commit}), derive.derive();
      CHECK(db.query("SELECT kind, kind_reason FROM deployment") == "hotfix|default rule hotfix-label");
    }
  }

  TEST_CASE("the derivation backlog is counted") {
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

  TEST_CASE("a rule that looks at incidents is asked again when they change") {
    const database db;
    ledger::appender to(db.where());
    ledger::derive_settings settings;
    settings.stack.rules.rules.push_back({.name = "fire",
                                          .kind = deployment_kind::hotfix,
                                          .when = {},
                                          .unless = {},
                                          .at_most = {},
                                          .during_incident = true});
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
    // a deployment without a service has no kind, also during an incident without a service
    store(to, {deployment_event("u", "u", "2026-11-01T10:20:00Z", {{"state", "succeeded"}})});
    derive.derive();
    incident("6", {{"services", nullptr}, {"resolved_at", nullptr}});
    incident("7", {{"title", "again"}});
    CHECK(db.query("SELECT kind FROM deployment WHERE subject = 'u'") == "-");
    CHECK(derive.check().empty());
  }

  TEST_CASE("facts that an incident reports later reach its hotfix, also without an attributed change") {
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
