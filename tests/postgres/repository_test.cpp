// Reports about a service's own repositories under current and former names.
#include "daemon/derivation/derive.hpp"
#include "tests/postgres/cases.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

TEST_SUITE("postgres") {
  TEST_CASE("tags, commits and merge-backs reported under a former name belong to the repository") {
    const database db;
    ledger::appender to(db.where());
    const std::string a(40, 'a'), b(40, 'b'), c = "1a2b3c4" + std::string(33, '0');
    const auto commit = [&](const std::string& sha, const char* repository, json::object more) {
      more["commit"] = sha;
      more["repository"] = repository;
      more["title"] = "Pay";
      auto e = report_of("commit", sha, "2026-11-03T09:00:00Z", std::move(more));
      e.id = sha;
      return e;
    };
    auto tag = report_of("tag", "acme/cart@v1.8.4", "2026-11-03T09:30:00Z",
                         {{"repository", "acme/cart"}, {"name", "v1.8.4"}, {"commit", a}});
    tag.id = "tag";
    const auto deploy = [](const char* id, const char* at, const char* version) {
      return deployment_event(
          id, id, at, {{"service", "checkout"}, {"version", version}, {"state", "succeeded"}, {"kind", "hotfix"}});
    };
    store(to,
          {commit(a, "acme/cart", {{"pull_request", "7"}, {"ref", "hotfix/1"}, {"merged_at", "2026-11-03T09:00:00Z"}}),
           commit(b, "github.com/acme/checkout",
                  {{"pull_request", "8"},
                   {"ref", "hotfix/1"},
                   {"merged_at", "2026-11-03T15:00:00Z"},
                   {"default_branch", true}}),
           commit(c, "acme/cart", {}), std::move(tag), deploy("d1", "2026-11-03T10:00:00Z", "1.8.4"),
           deploy("d2", "2026-11-03T12:00:00Z", "main-1a2b3c4")});
    const service_rule checkout{.name = "checkout", .team = {}, .repositories = {"github.com/acme/checkout"}};
    const auto known = [&](const repository_rule& rule) {
      ledger::derive_settings settings;
      settings.blame.names = naming({checkout}, {}, {}, {}, repository_names(std::span(&rule, 1)));
      ledger::deriver derive(db.where(), settings);
      derive.rebuild();
      return db.query(
          "SELECT string_agg(left(commit, 7) || ' ' || coalesce((merged_back_at AT TIME ZONE 'UTC')::time::text, '-'), "
          "', ' ORDER BY subject) FROM deployment");
    };
    CHECK(known({"github.com/acme/checkout", {}}) == " -,  -");
    CHECK(known({"github.com/acme/checkout", {"acme/cart"}}) == "aaaaaaa 15:00:00, 1a2b3c4 -");
  }

  TEST_CASE("two repositories whose commits share a prefix keep their facts apart in any order") {
    const database db;
    ledger::derive_settings settings;
    settings.blame.names = naming({{.name = "checkout", .team = {}, .repositories = {"acme/checkout"}}}, {});
    ledger::deriver derive(db.where(), settings);
    ledger::appender to(db.where());
    const auto commit = [&](const std::string& sha, const char* repository, const char* title,
                            const char* authored_at) {
      auto e = report_of("commit", sha, "2026-11-03T09:00:00Z",
                         {{"commit", sha}, {"repository", repository}, {"title", title}, {"authored_at", authored_at}});
      e.id = sha;
      store(to, {std::move(e)});
      derive.derive();
      CHECK(derive.check().empty());
      return db.query(
          "SELECT string_agg(service || ': ' || coalesce(commit_facts->>'title', '') || ' ' || kind, ', ' "
          "ORDER BY service) FROM deployment");
    };
    const auto deploy = [](const char* id, const char* service, const char* repository) {
      return deployment_event(
          id, id, "2026-11-03T10:00:00Z",
          {{"service", service}, {"repository", repository}, {"commit", "1a2b3c4"}, {"state", "succeeded"}});
    };
    store(to, {deploy("d1", "checkout", "acme/checkout"), deploy("d2", "search", "acme/search")});
    const std::string a = "1a2b3c4" + std::string(33, '0'), b = "1a2b3c4" + std::string(33, '1');
    CHECK(commit(a, "github.com/acme/checkout", "Hotfix rounding", "2026-11-02T10:00:00Z") ==
          "checkout: Hotfix rounding hotfix, search:  planned");
    CHECK(commit(b, "acme/search", "Rank", "2026-11-01T10:00:00Z") ==
          "checkout: Hotfix rounding hotfix, search: Rank planned");
    CHECK(
        db.query("SELECT string_agg(extract(day FROM first_commit_at AT TIME ZONE 'UTC')::text, ' ' ORDER BY service) "
                 "FROM deployment") == "2 1");
  }
}
