// The engine classifies the rollbacks of the benchmark's history as rollbacks.
#include <cstdio>
#include <map>

#include "collectors/base/json.hpp"
#include "daemon/timeline/stack.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

/// Succeeded deployments of each service and environment, in the order of the history.
std::map<std::string, std::vector<deployment>> history() {
  std::map<std::string, std::vector<deployment>> all;
  const std::string command =
      "python3 " SOURCE_DIR "/tests/bench/history.py --deployments 3000 --services 5 --years 0.2 --until 2026-11-01";
  std::FILE* in = popen(command.c_str(), "r");
  REQUIRE(in != nullptr);
  std::string line;
  for (int c = std::fgetc(in); c != EOF; c = std::fgetc(in)) {
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    const auto e = json::parse(std::exchange(line, {}));
    if (text_at(e, "/state") != "succeeded") continue;
    deployment d;
    d.thing.source = "bench";
    d.thing.subject = text_at(e, "/subject");
    d.version = text_at(e, "/version");
    d.commit = text_at(e, "/commit");
    d.finished_at = time_at(e, "/time");
    d.facts["ref"] = text_at(e, "/ref");
    all[text_at(e, "/service") + ' ' + text_at(e, "/environment")].push_back(std::move(d));
  }
  REQUIRE(pclose(in) == 0);
  return all;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("rollbacks of the benchmark's history go back to a version with its own commit") {
    std::map<std::string, int> kinds;
    int total = 0;
    for (auto& [place, deployments] : history()) {
      order_deployments(deployments);
      for (const auto& v : run_stack(deployments, {})) {
        ++kinds[std::string(word(v.kind.kind))];
        ++total;
      }
    }
    CHECK(total > 2000);
    CHECK(kinds["rollback"] * 100 > total * 2);  // 3 % are intended
    CHECK(kinds["rollback"] * 100 < total * 5);
    CHECK(kinds["hotfix"] * 100 > total * 4);
    CHECK(kinds["redeploy"] == 0);
  }
}
