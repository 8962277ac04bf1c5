// Stored issues are incidents only by configured labels and types (figures.md sections 18, 22).
#include "collectors/collector.hpp"
#include "daemon/derivation/derive.hpp"
#include "tests/postgres/cases.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

/// The events of a GitHub issue webhook.
std::vector<event> github_issue(const char* action, int number, const char* at, const char* labels, const char* state) {
  const auto body = std::string(R"({"action":")") + action + R"(","issue":{"number":)" + std::to_string(number) +
                    R"(,"title":"Down","state":")" + state + R"(","labels":)" + labels + R"(,"created_at":")" + at +
                    R"(","updated_at":")" + at + R"(","closed_at":")" + at +
                    R"("},"repository":{"full_name":"acme/shop)" + std::to_string(number) + R"("}})";
  headers head;
  head.add("Content-Type", "application/json");
  head.add("X-GitHub-Event", "issues");
  head.add("X-GitHub-Delivery", std::string(action) + std::to_string(number) + at);
  source s;
  s.name = s.kind = "github";
  s.settings["incidents.labels"] = {"incident"};
  auto read = find_collector("github")->decode(s, {.header = head, .body = body, .received_at = *parse_time(at)});
  for (auto& e : read->events) e.source = "github";
  return std::move(read->events);
}

}

TEST_SUITE("postgres") {
  TEST_CASE("changed labels and a rebuild change which past issues were incidents; names of other issues are unknown") {
    const database db;
    ledger::appender to(db.where());
    ledger::derive_settings settings;
    settings.max_names = 3;
    const auto derived_with = [&](std::vector<std::string> labels) {
      settings.joins.filters["github"].any_of = {{"issue_type", {}}, {"labels", std::move(labels)}};
      settings.fingerprint += "x";
      ledger::deriver derive(db.where(), settings);
      derive.derive();
      derive.rebuild();
      CHECK(derive.check().empty());
      return db.query("SELECT coalesce(string_agg(service || ' ' || state, ', ' ORDER BY service), '') FROM incident");
    };
    const auto tell = [&](const char* action, int number, const char* at, const char* labels, const char* state) {
      store(to, github_issue(action, number, at, labels, state));
    };
    const auto* const none = "[]";
    const auto* const incident = R"([{"name":"incident"}])";
    const auto* const outage = R"([{"name":"outage"}])";
    tell("opened", 1, "2026-11-03T10:00:00Z", none, "open");
    tell("opened", 2, "2026-11-03T10:01:00Z", outage, "open");
    tell("closed", 2, "2026-11-03T11:00:00Z", outage, "closed");
    tell("opened", 3, "2026-11-03T10:02:00Z", incident, "open");
    tell("unlabeled", 3, "2026-11-03T10:30:00Z", none, "open");
    tell("opened", 4, "2026-11-03T10:03:00Z", none, "open");
    tell("labeled", 4, "2026-11-03T10:40:00Z", incident, "open");
    CHECK(derived_with({"incident"}) == "acme/shop4 open");
    CHECK(db.query("SELECT string_agg(name, ', ' ORDER BY name) FROM known_name WHERE kind = 'service'") ==
          "acme/shop3, acme/shop4");
    CHECK(db.query("SELECT count(DISTINCT subject) FROM event") == "4");
    CHECK(derived_with({"outage"}) == "acme/shop2 resolved");
    CHECK(derived_with({"incident", "outage"}) == "acme/shop2 resolved, acme/shop4 open");
    CHECK(derived_with({}).empty());
  }
}
