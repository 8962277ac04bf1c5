#include "daemon/timeline/kind.hpp"

#include "daemon/timeline/stack.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

std::string decide(json::object facts, json::object commit_facts = {}) {
  deployment d;
  d.facts = std::move(facts);
  d.commit_facts = std::move(commit_facts);
  const auto decided = decide_by_rules({}, d, {});
  return std::string(word(decided.kind)) + ' ' + decided.reason;
}

deployment released(const char* version, const char* at) {
  deployment d;
  d.thing.source = "test";
  d.thing.subject = d.version = version;
  d.state = deployment_state::succeeded;
  d.finished_at = parse_time(at);
  return d;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("default rules classify deployments, rollback first (figures.md 4)") {
    CHECK(decide({{"task", "rollback"}}) == "rollback default rule rollback-task");
    CHECK(decide({{"labels", {"x", "Rollback"}}}) == "rollback default rule rollback-label");
    CHECK(decide({{"workflow", "Production rollback"}}) == "rollback default rule rollback-workflow");
    CHECK(decide({{"title", "Revert \"Add gift cards\""}}) == "rollback default rule rollback-title");
    CHECK(decide({{"title", "Rollback to 1.2"}, {"ref", "hotfix/1"}}) == "rollback default rule rollback-title");
    CHECK(decide({{"title", "roll back to 1.2"}}) == "rollback default rule rollback-title");
    CHECK(decide({{"title", "Revert \"Revert \"Add gift cards\"\""}}) == "planned no rule matched");
    CHECK(decide({{"ref", "hotfix/1.8.3"}}) == "hotfix default rule hotfix-ref");
    CHECK(decide({{"ref", "refs/heads/HOTFIX/1"}}) == "hotfix default rule hotfix-ref");
    CHECK(decide({{"ref", "my/hotfix/1"}}) == "planned no rule matched");
    CHECK(decide({{"labels", {"emergency"}}}) == "hotfix default rule hotfix-label");
    CHECK(decide({{"title", "Hotfix: rounding"}}) == "hotfix default rule hotfix-title");
    CHECK(decide({{"title", "Urgent fix for rounding"}}) == "hotfix default rule hotfix-title");
    CHECK(decide({{"title", "Describe the hotfix process"}}) == "planned no rule matched");
  }

  TEST_CASE("message bodies are never searched, and facts of the commit count") {
    CHECK(decide({{"message", "hotfix: Revert \"x\""}, {"description", "hotfix"}}) == "planned no rule matched");
    CHECK(decide({{"ref", "main"}}, {{"ref", "hotfix/9"}}) == "hotfix default rule hotfix-ref");
    CHECK(decide({}, {{"labels", {"hotfix"}}}) == "hotfix default rule hotfix-label");
    CHECK(decide({}, {{"title", "Revert \"x\""}}) == "rollback default rule rollback-title");
    // as reported by a push and a pull request
    const auto told = fold_commit(
        {{.id = "b", .time = {}, .fields = {{"title", "Merge pull request #7"}, {"ref", "refs/heads/release/1"}}},
         {.id = "a", .time = {}, .fields = {{"title", "Hotfix: rounding"}, {"ref", "hotfix/1"}}}});
    CHECK(decide({}, told) == "hotfix default rule hotfix-ref");
  }

  TEST_CASE("configured rules come first and in order, and all conditions of a rule must hold") {
    rulebook book;
    kind_rule first;
    first.name = "docs";
    first.kind = deployment_kind::planned;
    first.when = {{"title", *compile_pattern("docs")}, {"environment", *compile_pattern("^prod")}};
    book.rules.push_back(first);
    deployment d;
    d.where = {"checkout", "production"};
    d.facts = {{"title", "Hotfix of the docs"}};
    CHECK(decide_by_rules(book, d, {}).reason == "rule docs");
    d.where.environment = "staging";
    CHECK(decide_by_rules(book, d, {}).reason == "default rule hotfix-title");
    book.default_rules = false;
    CHECK(decide_by_rules(book, d, {}).kind == deployment_kind::planned);
  }

  TEST_CASE("a rule matches a patch release within 48 hours of its line's preceding release") {
    stack_settings settings;
    kind_rule quick;
    quick.name = "quick-patch";
    quick.kind = deployment_kind::hotfix;
    quick.patch_release = true;
    quick.at_most = std::chrono::hours(48);
    settings.rules.rules.push_back(quick);
    const std::vector<deployment> all = {
        released("1.0.0", "2026-01-01T00:00:00Z"),
        released("1.0.1", "2026-01-03T00:00:00Z"),  // 48 h: inclusive
        released("1.0.2", "2026-01-05T00:00:00.000001Z"),
        released("2.0.0", "2026-01-05T00:01:00Z"),  // over 48 hours; not a patch
        released("1.0.3", "2026-01-05T12:00:00Z"),
        released("2.0.1", "2026-01-06T00:00:00Z"),  // compared within the line, not by time
        released("3.0.1", "2026-01-06T00:01:00Z"),  // no preceding release
    };
    std::string kinds;
    for (const auto& v : run_stack(all, settings)) kinds += word(v.kind.kind)[0];
    CHECK(kinds == "phpphhp");
  }

  TEST_CASE(
      "§23.3, §23.4: the preceding release is the next lower version of the line, never a later one, never a "
      "rollback") {
    stack_settings settings;
    settings.rules.rules.push_back({.name = "quick",
                                    .kind = deployment_kind::hotfix,
                                    .when = {},
                                    .unless = {},
                                    .patch_release = true,
                                    .at_most = std::chrono::hours(48)});
    const auto kinds = [&](const std::vector<deployment>& all) {
      std::string out;
      for (const auto& v : run_stack(all, settings)) out += word(v.kind.kind)[0];
      return out;
    };
    // 1.0.9 was the line's last release, but 1.0.2 follows 1.0.1
    CHECK(kinds({released("1.0.1", "2026-01-01T00:00:00Z"), released("1.0.9", "2026-01-09T00:00:00Z"),
                 released("1.0.2", "2026-01-10T00:00:00Z")}) == "ppp");
    // released in reverse order: the higher version has no preceding release
    CHECK(kinds({released("1.0.2", "2026-01-01T00:00:00Z"), released("1.0.1", "2026-01-02T00:00:00Z")}) == "pp");
    // the rollback to 1.0.1 on the eighth is not a release
    CHECK(kinds({released("1.0.1", "2026-01-01T00:00:00Z"), released("1.1.0", "2026-01-05T00:00:00Z"),
                 released("1.0.1", "2026-01-08T00:00:00Z"), released("1.0.2", "2026-01-09T00:00:00Z")}) == "pprp");
    CHECK(kinds({released("1.0.1.1", "2026-01-01T00:00:00Z"), released("1.0.1.2", "2026-01-02T00:00:00Z")}) == "ph");
    auto told = released("1.0.2", "2026-01-03T00:00:00Z");  // by a source that sees all tags of a repository
    told.facts["line_released_at"] = "2026-01-02T00:00:00Z";
    CHECK(kinds({told}) == "h");
    told.facts["line_released_at"] = "2026-01-04T00:00:00Z";
    CHECK(kinds({released("1.0.1", "2026-01-02T00:00:00Z"), told}) == "pp");
    CHECK(decide_by_rules(settings.rules, told, parse_time("2026-01-04T00:00:00Z")).kind == deployment_kind::planned);
  }

  TEST_CASE("a rule matches deployments outside the release calendar") {
    rulebook book;
    book.zone = *calendar::in_zone("Europe/Berlin");
    book.release_hours = {*parse_weekly_hours("Mon-Thu 09:00-16:00")};
    kind_rule late;
    late.name = "late";
    late.kind = deployment_kind::hotfix;
    late.outside_calendar = true;
    book.rules = {late};
    const std::pair<const char*, const char*> cases[] = {
        {"2026-11-19T08:00:00Z", "planned"}, {"2026-11-19T07:59:59Z", "hotfix"}, {"2026-11-19T14:59:59Z", "planned"},
        {"2026-11-19T15:00:00Z", "hotfix"},  {"2026-11-20T10:00:00Z", "hotfix"},
    };
    for (const auto& [at, kind] : cases) {
      CAPTURE(at);
      CHECK(decide_by_rules(book, released("1.0.0", at), {}).kind == parse_word<deployment_kind>(kind));
    }
    CHECK_FALSE(parse_weekly_hours("Mon-Fri"));
    CHECK_FALSE(parse_weekly_hours("Mon-Fri 17:00-09:00"));
    CHECK_FALSE(parse_weekly_hours("Mon-Foo 09:00-17:00"));
  }

  TEST_CASE("versions are parsed from tags of many spellings") {
    const auto numbers = [](const char* text) {
      const auto v = parse_version(text);
      return v ? std::to_string(v->major) + '.' + std::to_string(v->minor) + '.' + std::to_string(v->patch) : "-";
    };
    CHECK(numbers("1.8.3") == "1.8.3");
    CHECK(numbers("v1.8.3-rc.1") == "1.8.3");
    CHECK(numbers("release-26.16") == "26.16.0");
    CHECK(numbers("app@1.2.3.4") == "1.2.3");
    CHECK(numbers("main") == "-");
    CHECK(numbers("build-7") == "-");
    CHECK(numbers("99999999999999999999.1.1") == "-");
  }
}
