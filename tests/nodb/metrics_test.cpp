// Rendering of the daemon's own metrics.
#include "daemon/telemetry/metrics.hpp"

#include <doctest/doctest.h>

using namespace releasehealth;

TEST_SUITE("nodb") {
  TEST_CASE("unjoined incidents have a sample for each source that follows another, only while it does") {
    metrics own({"jira", "github"});
    const auto has = [&](const char* sample) {
      return own.render(text_format::prometheus).find(sample) != std::string::npos;
    };
    CHECK(!has("releasehealth_unjoined_incidents{"));
    const std::map<std::string, double> two = {{"jira", 3}, {"github", 0}}, one = {{"github", 1}};
    own.set(source_gauge::unjoined_incidents, two);
    CHECK(has("releasehealth_unjoined_incidents{source=\"jira\"} 3\n"));
    CHECK(has("releasehealth_unjoined_incidents{source=\"github\"} 0\n"));
    own.set(source_gauge::unjoined_incidents, one);
    CHECK(has("releasehealth_unjoined_incidents{source=\"github\"} 1\n"));
    CHECK(!has("jira\"} 3"));
  }
}
