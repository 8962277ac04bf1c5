// Lead times, sizes and merge-backs by the ancestry that commits report (figures.md sections 7, 9 and 22).
#include <algorithm>
#include <random>

#include "daemon/explain/explanation.hpp"
#include "daemon/queries/reads.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

std::string sha(char letter) { return std::string(40, letter); }
std::string day(int n, const char* time = "10:00") {
  return "2026-11-" + std::string(n < 10 ? "0" : "") + std::to_string(n) + 'T' + time + ":00Z";
}

event commit(char name, int of_day, const std::string& parents, json::object more = {}) {
  json::array all;
  for (const char p : parents) all.emplace_back(sha(p));
  more["commit"] = sha(name);
  more["repository"] = "acme/checkout";
  more["title"] = "Pay";
  more["parents"] = std::move(all);
  more["committed_at"] = day(of_day);
  more["authored_at"] = day(of_day, "09:00");
  more.emplace("lines_changed", 10);
  auto e = report_of("commit", sha(name), day(20), std::move(more));
  e.id = std::string("commit ") + name;
  return e;
}

event deploy(char name, int of_day, json::object more = {}) {
  more["service"] = "checkout";
  more["commit"] = sha(name);
  more["version"] = std::string(1, name);
  more["state"] = "succeeded";
  const auto id = std::string("deployment ") + name + ' ' + std::to_string(of_day);
  return deployment_event(id, id, day(of_day), std::move(more));
}

struct ledger_of_checkout {
  database db;
  ledger::appender target{db.where()};
  ledger::deriver derive{db.where(), {}};

  void tell(std::vector<event> events) {
    store(target, std::move(events));
    derive.derive();
    CHECK(derive.check().empty());
  }
  /// "b: 4d 2" for each change that succeeded, in order: days of lead time, and the number of its commits.
  std::string changes() const {
    return db.query(
        "SELECT string_agg(version || ':' || coalesce(' ' || extract(day FROM finished_at - first_commit_at) || 'd', "
        "'') || "
        "coalesce(' ' || (facts->>'new_commits'), ''), ', ' ORDER BY finished_at) FROM deployment WHERE is_change");
  }
  std::string hotfix(const char* what) const {
    return db.query(std::string("SELECT coalesce((") + what + ")::text, '-') FROM deployment WHERE kind = 'hotfix'");
  }
};

}

TEST_SUITE("postgres") {
  TEST_CASE("the lead time starts at the first commit that the change below does not contain") {
    ledger_of_checkout l;
    l.tell({commit('a', 1, ""), commit('b', 2, "a"), commit('c', 3, "b"), commit('d', 4, "c"), commit('e', 5, "d")});
    l.tell({deploy('a', 6), deploy('e', 10)});
    CHECK(l.changes() == "a:, e: 8d 4");
    l.tell({deploy('c', 8)});  // a late deployment between two releases
    CHECK(l.changes() == "a:, c: 6d 2, e: 6d 2");
    l.tell({deploy('a', 9)});  // a rollback: the next release brings what the one below it lacks
    CHECK(l.changes() == "a:, c: 6d 2, e: 8d 4");
  }

  TEST_CASE("a commit that is not known leaves the lead time open until it is reported") {
    std::vector<event> commits = {commit('a', 1, ""), commit('b', 2, "a"), commit('c', 3, "b"), commit('d', 4, "c")};
    std::mt19937 random(1);
    for (int n = 0; n < 6; ++n) {
      std::ranges::shuffle(commits, random);
      ledger_of_checkout l;
      l.tell({deploy('a', 6), deploy('d', 10)});
      CHECK(l.changes() == "a:, d:");
      for (const auto& one : commits) l.tell({one});
      CHECK(l.changes() == "a:, d: 8d 3");
      CHECK(l.db.query("SELECT count(*) FROM deployment WHERE awaited_commit <> ''") == "0");
    }
  }

  TEST_CASE("a reported first commit wins, and a version that is resolved later counts") {
    ledger_of_checkout l;
    l.tell({commit('a', 1, ""), commit('b', 2, "a"), commit('c', 3, "b")});
    l.tell({deploy('a', 6), deploy('c', 10, {{"first_commit_at", day(9)}, {"new_commits", 1}})});
    CHECK(l.changes() == "a:, c: 1d 1");
    auto unresolved = deploy('b', 8);
    unresolved.fields.erase("commit");
    unresolved.fields["repository"] = "acme/checkout";
    unresolved.fields["version"] = "1.0.0";
    l.tell({unresolved, deploy('c', 12, {{"environment", "prod-eu"}})});
    CHECK(l.changes() == "a:, 1.0.0:, c: 1d 1, c:");
    auto tag = report_of("tag", "acme/checkout@1.0.0", day(7),
                         {{"repository", "acme/checkout"}, {"name", "1.0.0"}, {"commit", sha('b')}});
    tag.id = "tag";
    l.tell({std::move(tag)});
    CHECK(l.changes() == "a:, 1.0.0: 6d 1, c: 1d 1, c:");
  }

  TEST_CASE("a change whose commit below becomes known is derived again") {
    ledger_of_checkout l;
    l.tell({commit('a', 1, ""), commit('b', 2, "a"), commit('c', 3, "b")});
    auto unresolved = deploy('a', 6);
    unresolved.fields.erase("commit");
    unresolved.fields["repository"] = "acme/checkout";
    unresolved.fields["version"] = "1.0.0";
    l.tell({unresolved, deploy('c', 10)});
    CHECK(l.changes() == "1.0.0:, c:");
    auto tag = report_of("tag", "acme/checkout@1.0.0", day(5),
                         {{"repository", "acme/checkout"}, {"name", "1.0.0"}, {"commit", sha('a')}});
    tag.id = "tag";
    l.tell({std::move(tag)});
    CHECK(l.changes() == "1.0.0:, c: 8d 2");
  }

  TEST_CASE("a hotfix is based on the live change unless its branch began elsewhere; its size is that of its commits") {
    ledger_of_checkout l;
    l.tell({commit('a', 1, "", {{"default_branch", true}, {"merged_at", day(1)}}),
            commit('b', 2, "a", {{"default_branch", true}, {"merged_at", day(2)}}), commit('f', 7, "a"),
            commit('e', 7, "f")});
    l.tell({deploy('a', 6), deploy('e', 8, {{"kind", "hotfix"}})});
    CHECK(l.hotfix("facts->'branched_from_production'") == "true");
    CHECK(l.hotfix("lines_changed") == "20");
    CHECK(l.hotfix("'branched_from_production' = ANY (done)") == "true");

    ledger_of_checkout other;
    other.tell({commit('a', 1, "", {{"default_branch", true}, {"merged_at", day(1)}}),
                commit('b', 2, "a", {{"default_branch", true}, {"merged_at", day(2)}}), commit('f', 7, "b")});
    other.tell({deploy('a', 6), deploy('f', 8, {{"kind", "hotfix"}})});
    CHECK(other.hotfix("facts->'branched_from_production'") == "false");
  }

  TEST_CASE("a hotfix is merged back when a commit of the default branch contains it") {
    std::vector<event> commits = {commit('a', 1, "", {{"default_branch", true}, {"merged_at", day(1)}}),
                                  commit('f', 7, "a"), commit('g', 8, "f"),
                                  commit('d', 9, "a", {{"default_branch", true}, {"merged_at", day(9)}}),
                                  commit('e', 12, "dg", {{"default_branch", true}, {"merged_at", day(12)}})};
    std::mt19937 random(1);
    for (int n = 0; n < 4; ++n) {
      ledger_of_checkout l;
      l.tell({deploy('a', 6, {{"repository", "acme/checkout"}}),
              deploy('f', 8, {{"kind", "hotfix"}, {"repository", "acme/checkout"}})});
      CHECK(l.hotfix("merged_back_at") == "-");
      for (const auto& one : commits) l.tell({one});
      CHECK(l.hotfix("to_char(merged_back_at AT TIME ZONE 'UTC', 'DD HH24:MI')") == "12 10:00");
      std::ranges::shuffle(commits, random);
    }
  }

  TEST_CASE("an explanation says where the first commit comes from, or what is missing") {
    ledger_of_checkout l;
    ledger::reader reader(l.db.where());
    const auto first_commit = [&](const char* version) {
      const auto explained = explain_deployment(reader, version).at(0);
      for (const auto& line : explained.lines)
        if (line.what == "first commit") return line.why;
      return std::string("-");
    };
    l.tell({commit('a', 1, ""), commit('c', 3, "b"), deploy('a', 6), deploy('c', 10)});
    CHECK(first_commit("a") == "not known: there is no change below, with which to compare its commits");
    CHECK(first_commit("c") == "not known: no report names the parents of commit " + sha('b'));
    l.tell({commit('b', 2, "a")});
    CHECK(first_commit("c") == "2026-11-02T10:00:00Z: the first of 2 commits that the change below lacks");
    l.tell({deploy('b', 12), deploy('d', 13)});
    CHECK(first_commit("b") == "not known: it has no commit that the change below lacks");
    CHECK(first_commit("d") == "not known: no report says when its commits were made");
  }

  TEST_CASE("a repository whose ancestry is reported is tracked from its first commit on") {
    ledger_of_checkout l;
    l.tell({commit('a', 1, "", {{"default_branch", true}, {"merged_at", day(1)}})});
    CHECK(l.db.query("SELECT told_at AT TIME ZONE 'UTC' FROM commit_seen") == "2026-11-01 10:00:00");
  }
}
