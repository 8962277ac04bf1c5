#include "daemon/timeline/stack.hpp"

#include <set>
#include <sstream>

#include "tests/check.hpp"

using namespace releasehealth;

namespace {

const timestamp start = *parse_time("2026-01-01T00:00:00Z");

/// One case per line: deployments on consecutive days and their kinds. A word is `version`, then any of `@commit`,
/// `=kind` (explicit), `!kind` (override), `#ref`, `+days` (instead of one).
struct stack_case {
  const char* rule;  ///< section of figures.md and the rule
  const char* deployed;
  const char* kinds;
  const char* rolled_back;  ///< positions from 1
};

deployment parse_word(const std::string& word, int position, timestamp& clock) {
  deployment d;
  d.thing.source = "test";
  char id[16];
  std::snprintf(id, sizeof id, "%04d", position);
  d.thing.subject = id;
  d.state = deployment_state::succeeded;
  d.where = {"checkout", "production"};
  int days = 1;
  for (std::size_t at = 0; at < word.size();) {
    const auto end = std::min(word.find_first_of("@=!#+", at + 1), word.size());
    const auto part = word.substr(at, end - at);
    const auto value = part.substr(1);
    switch (part[0]) {
      case '@': d.commit = value; break;
      case '=': d.facts["kind"] = value; break;
      case '!': d.overrides = {{"kind", value}, {"by", "robin"}, {"reason", "so"}}; break;
      case '#': d.facts["ref"] = value; break;
      case '+': days = std::stoi(value); break;
      default:
        if (part != "-") d.version = part;
    }
    at = end;
  }
  clock += std::chrono::days(days);
  d.finished_at = clock;
  return d;
}

std::vector<deployment> parse(const std::string& words) {
  std::vector<deployment> all;
  std::istringstream in(words);
  timestamp clock = start;
  for (std::string word; in >> word;) all.push_back(parse_word(word, static_cast<int>(all.size()) + 1, clock));
  return all;
}

const stack_case cases[] = {
    {"§3 a rollback pops every level above its target", "v1 v2 v3 v1", "planned planned planned rollback", "2 3"},
    {"§3 the live version again is a redeployment", "v1 v1 v2 v2", "planned redeploy planned redeploy", ""},
    {"§3 a version rolled back and deployed again is new", "v1 v2 v1 v2", "planned planned rollback planned", "2"},
    {"§3 a version deployed again may be rolled back again", "v1 v2 v1 v2 v1",
     "planned planned rollback planned rollback", "2 4"},
    {"§3 commits are compared when both have one", "v1@aaaaaaa v2@bbbbbbb v1@ccccccc", "planned planned planned", ""},
    {"§3 the commit beats the version", "v1@aaaaaaa v2@bbbbbbb v9@aaaaaaa", "planned planned rollback", "2"},
    {"§3 a hex prefix of 7 or more is equal", "-@aaaaaaabbb -@ccccccc -@AAAAAAA", "planned planned rollback", "2"},
    {"§3 a shorter hex prefix is not equal", "-@aaaaaabbb -@ccccccc -@aaaaaa", "planned planned planned", ""},
    {"§3 versions are compared when a commit is missing", "v1@aaaaaaa v2 v1", "planned planned rollback", "2"},
    {"§3 unknown equals nothing", "- - -", "planned planned planned", ""},
    {"§3 a rollback to an unknown version goes one level down", "v1 v2 v3 x=rollback",
     "planned planned planned rollback", "3"},
    {"§3 the level returned to gets the rollback's identity too", "v1 v2 v3 x=rollback x",
     "planned planned planned rollback redeploy", "3"},
    {"§3 the level returned to keeps its own identity", "v1 v2 v3 x=rollback v2",
     "planned planned planned rollback redeploy", "3"},
    {"§3 a rollback with nothing below creates an unmeasured base", "v1 v0=rollback", "planned rollback", "1"},
    {"§3 the base has the rollback's identity", "v1 v0=rollback v0", "planned rollback redeploy", "1"},
    {"§3 the base stays below later deployments", "v1 v0=rollback v2 v0", "planned rollback planned rollback", "1 3"},
    {"§3 a rollback on an empty stack pops nothing", "v0=rollback v1", "rollback planned", ""},
    {"§3 a level covered for at most 180 days is a target", "v1 v2 v1+180", "planned planned rollback", "2"},
    {"§3 a level covered for longer is no target", "v1 v2 v1+181", "planned planned planned", ""},
    {"§3 a rollback to an unknown version always pops the top", "v1 v2 x=rollback+181", "planned planned rollback",
     "2"},
    {"§14 versions with and without v are equal", "v1.0 v2.0 1.0 V1.0", "planned planned rollback redeploy", "2"},
    {"§4.1 an override beats everything", "v1 v2 v1!planned", "planned planned planned", ""},
    {"§4.1 an override to planned of the live version is pushed", "v1 v1!planned", "planned planned", ""},
    {"§4.1 an override to hotfix pops nothing", "v1 v2 v1!hotfix v2", "planned planned hotfix rollback", "3"},
    {"§4.1 an override to redeploy leaves the stack", "v1 v2!redeploy v1", "planned redeploy redeploy", ""},
    {"§4.1 an override to rollback", "v1 v2 v3!rollback", "planned planned rollback", "2"},
    {"§4.2 the live identity beats an explicit kind", "v1 v1=hotfix", "planned redeploy", ""},
    {"§4.3 an explicit kind beats an earlier identity", "v1 v2 v1=hotfix", "planned planned hotfix", ""},
    {"§4.3 an explicit kind beats the rules", "v1 v2=planned#hotfix/2", "planned planned", ""},
    {"§4.4 an earlier identity beats the rules", "v1 v2 v1#hotfix/1", "planned planned rollback", "2"},
    {"§4.5 default rules", "v1 v2#hotfix/2 v3#refs/heads/hotfix/3 v4#not-hotfix/4", "planned hotfix hotfix planned",
     ""},
    {"§4.6 planned", "v1 v2#main", "planned planned", ""},
};

std::string run(const char* deployed, const stack_settings& settings, std::string& rolled_back) {
  const auto all = parse(deployed);
  const auto verdicts = run_stack(all, settings);
  std::string kinds;
  std::set<int> popped;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    kinds += (i ? " " : "") + std::string(word(verdicts[i].kind.kind));
    for (const auto& p : verdicts[i].rolled_back) popped.insert(std::stoi(p.subject));
  }
  rolled_back.clear();
  for (const auto position : popped) rolled_back += (rolled_back.empty() ? "" : " ") + std::to_string(position);
  return kinds;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("the live stack decides the kinds of deployments") {
    for (const auto& c : cases) {
      CAPTURE(c.rule);
      CAPTURE(c.deployed);
      std::string rolled_back;
      CHECK(run(c.deployed, {}, rolled_back) == c.kinds);
      CHECK(rolled_back == c.rolled_back);
    }
  }

  TEST_CASE("each deployment has the change live after it, each change the one that it covered") {
    const auto all = parse("v1 v2 v3 v1 v4");
    const auto v = run_stack(all, {});
    const auto live = [&](std::size_t i) { return v[i].live ? v[i].live->subject : "-"; };
    const auto below = [&](std::size_t i) { return v[i].below ? v[i].below->subject : "-"; };
    CHECK(live(2) == "0003");
    CHECK(live(3) == "0001");
    CHECK(live(4) == "0005");
    CHECK(below(0) == "-");
    CHECK(below(2) == "0002");
    CHECK(below(4) == "0001");
    REQUIRE(v[3].rolled_back.size() == 2);
    CHECK(v[3].rolled_back[1].subject == "0002");
    CHECK(run_stack(parse("v1 v0=rollback"), {})[1].live->subject == "0002");  // the rollback created the base
  }

  TEST_CASE("an unreachable level stays unreachable, and a stack may be resumed without it") {
    const auto all = parse("v1 v2 v3+200 x=rollback v2 v1 y=rollback v4 v2 x v4 v1");
    const auto whole = run_stack(all, {});
    const stack_settings settings;
    live_stack running(settings);
    for (std::size_t i = 0; i < all.size(); ++i) {
      auto levels = running.levels();
      while (levels.size() > 1 && !running.in_reach(running.levels().size() - levels.size(), *all[i].finished_at))
        levels.erase(levels.begin());
      live_stack resumed(settings, levels);
      for (std::size_t rest = i; rest < all.size(); ++rest) {
        CAPTURE(i);
        CAPTURE(rest);
        CHECK(resumed.apply(all[rest]).rolled_back == whole[rest].rolled_back);
      }
      running.apply(all[i]);
    }
  }

  TEST_CASE("equal times are ordered by source and subject, bytewise") {
    auto all = parse("v1 v2 v1");
    for (auto& d : all) d.finished_at = start;
    std::swap(all[0], all[2]);
    order_deployments(all);
    CHECK(all[0].thing.subject == "0001");
    CHECK(all[2].thing.subject == "0003");
    CHECK(run_stack(all, {})[2].kind.kind == deployment_kind::rollback);
  }
}
