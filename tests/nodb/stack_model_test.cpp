// Compares the live stack with a second, simple implementation of figures.md §3 and §4 that shares no code with it.
#include <random>

#include "daemon/timeline/stack.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

struct model_element {
  int change;  // -1: the unmeasured base
  int covers;  // day since which the element below is covered
  std::vector<std::string> versions;
};

struct model {
  std::vector<std::string> kinds;
  std::vector<int> rolled_back_by, live;
};

bool holds(const model_element& e, const std::string& version) {
  for (const auto& v : e.versions)
    if (!version.empty() && v == version) return true;
  return false;
}

// Whether a rollback may target element i of the stack at day `now`: it was covered for at most 180 days.
bool reachable(const std::vector<model_element>& stack, std::size_t i, int now) {
  for (std::size_t above = i + 1; above < stack.size(); ++above)
    if (now - stack[above].covers > 180) return false;
  return true;
}

model run_model(const std::vector<std::string>& versions, const std::vector<std::string>& explicit_kinds,
                const std::vector<int>& days) {
  model m;
  std::vector<model_element> stack;
  m.rolled_back_by.assign(versions.size(), -1);
  for (std::size_t i = 0; i < versions.size(); ++i) {
    std::string kind;
    if (!stack.empty() && holds(stack.back(), versions[i])) kind = "redeploy";
    if (kind.empty()) kind = explicit_kinds[i];
    for (std::size_t e = 0; kind.empty() && e + 1 < stack.size(); ++e)
      if (holds(stack[e], versions[i]) && reachable(stack, e, days[i])) kind = "rollback";
    if (kind.empty()) kind = "planned";
    m.kinds.push_back(kind);
    if (kind == "rollback") {
      int target = -1;
      for (std::size_t e = 0; e < stack.size(); ++e)
        if (holds(stack[e], versions[i]) && reachable(stack, e, days[i])) target = static_cast<int>(e);
      if (target < 0 && stack.size() >= 2 && reachable(stack, stack.size() - 2, days[i])) {
        target = static_cast<int>(stack.size()) - 2;
        stack[stack.size() - 2].versions.push_back(versions[i]);
      }
      int covers = days[i];
      const auto pop = [&] {
        if (stack.back().change >= 0)
          m.rolled_back_by[static_cast<std::size_t>(stack.back().change)] = static_cast<int>(i);
        covers = stack.back().covers;
        stack.pop_back();
      };
      if (target >= 0) {
        while (static_cast<int>(stack.size()) > target + 1) pop();
      } else {
        if (!stack.empty()) pop();
        stack.push_back({-1, covers, {versions[i]}});
      }
    } else if (kind != "redeploy") {
      stack.push_back({static_cast<int>(i), days[i], {versions[i]}});
    }
    m.live.push_back(stack.empty() ? -1 : stack.back().change);
  }
  return m;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("the live stack agrees with a simple model on random deployments") {
    std::mt19937 random(1);
    const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    int rollbacks = 0, bases = 0, forgotten = 0;
    for (int history = 0; history < 3000; ++history) {
      std::vector<std::string> versions, kinds;
      std::vector<int> days;
      int day = 0;
      for (int i = (history % 10 == 0 ? 60 : 3) + pick(12); i > 0; --i) {
        day += pick(6) == 0 ? 150 + pick(60) : 1 + pick(5);
        days.push_back(day);
        versions.push_back(pick(10) == 0 ? "" : "v" + std::to_string(pick(history % 10 == 0 ? 30 : 5)));
        kinds.emplace_back(pick(6) == 0 ? "rollback" : pick(8) == 0 ? "hotfix" : "");
      }
      std::vector<deployment> all;
      for (std::size_t i = 0; i < versions.size(); ++i) {
        auto& d = all.emplace_back();
        d.thing.source = "test";
        d.thing.subject = std::to_string(i);
        d.version = versions[i];
        d.finished_at = timestamp{} + std::chrono::days(days[i]);
        if (!kinds[i].empty()) d.facts["kind"] = kinds[i];
      }
      const auto said = run_stack(all, {});
      const auto expected = run_model(versions, kinds, days);
      std::vector<int> rolled_back_by(versions.size(), -1);
      for (std::size_t i = 0; i < said.size(); ++i)
        for (const auto& popped : said[i].rolled_back)
          rolled_back_by[static_cast<std::size_t>(std::stoi(popped.subject))] = static_cast<int>(i);
      CHECK(rolled_back_by == expected.rolled_back_by);
      CAPTURE(history);
      for (std::size_t i = 0; i < versions.size(); ++i) {
        CAPTURE(i);
        CHECK(word(said[i].kind.kind) == expected.kinds[i]);
        const auto live = said[i].live ? std::stoi(said[i].live->subject) : -1;
        CHECK((live >= 0 && said[static_cast<std::size_t>(live)].is_change ? live : -1) == expected.live[i]);
        rollbacks += expected.kinds[i] == "rollback";
        bases += expected.live[i] < 0;
        for (std::size_t e = 0; e < i; ++e)
          forgotten += expected.kinds[i] == "planned" && versions[e] == versions[i] && !versions[i].empty();
      }
    }
    CHECK(rollbacks > 1000);
    CHECK(bases > 500);
    CHECK(forgotten > 500);
  }
}
