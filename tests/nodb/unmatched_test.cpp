// Names that match no service (figures.md section 16) and silent sources.
#include "daemon/discover/unmatched.hpp"

#include "daemon/queries/reads.hpp"
#include "tests/nodb/discoveries.hpp"

using namespace releasehealth;
using namespace releasehealth::discover;
using namespace releasehealth::test;

namespace {

seen_service deployed(const char* name, const char* source) { return {name, true, {source}, {}}; }
seen_service with_incidents(const char* name, const char* source) { return {name, false, {}, {source}}; }

// "name (side: similar names)" for each unmatched name
std::string unmatched(const std::vector<seen_service>& seen, const std::string& configuration = {}) {
  const auto known = configured_by(configuration);
  std::string all;
  for (const auto& one : find_unmatched(seen, known.names, known.kinds)) {
    all += (all.empty() ? "" : "; ") + one.name + (one.has_incidents ? " (incidents" : " (deployments");
    for (const auto& similar : one.similar) all += ' ' + similar;
    all += ')';
  }
  return all;
}

}

TEST_SUITE("nodb") {
  TEST_CASE(
      "a name is unmatched if it has incidents but no deployments, or only deployments and resembles such a name") {
    CHECK(unmatched({}) == "");
    CHECK(unmatched({deployed("checkout", "github"), deployed("search", "github")}) == "");
    CHECK(unmatched({{"checkout", true, {"github"}, {"pagerduty"}}}) == "");
    CHECK(unmatched({with_incidents("Data lake", "pagerduty")}) == "Data lake (incidents)");
    CHECK(unmatched({deployed("checkout-prod", "argocd"), deployed("search", "github"),
                     with_incidents("Checkout API", "pagerduty")}) ==
          "Checkout API (incidents checkout-prod); checkout-prod (deployments Checkout API)");
  }

  TEST_CASE("an unconfigured deployed name is unmatched if names of its source are listed as aliases") {
    const std::string configuration =
        "[[source]]\nname='argo-eu'\nkind='argocd'\nsecret='x'\n"
        "[[service]]\nname='checkout'\naliases={argocd=['checkout-prod']}\n";
    const auto seen =
        std::vector{deployed("checkout", "argo-eu"), deployed("ingress", "argo-eu"), deployed("web", "github")};
    CHECK(unmatched(seen, configuration) == "ingress (deployments)");
    CHECK(unmatched(seen) == "");
  }

  TEST_CASE("unmatched names are counted for each source that uses them, and other sources have 0") {
    const std::vector<unmatched_name> found = {{"a", {"pagerduty", "jira"}, true, {}}, {"b", {"jira"}, true, {}}};
    const std::vector<std::string> sources = {"github", "jira", "pagerduty"};
    CHECK(count_unmatched(found, sources) ==
          std::map<std::string, double>{{"github", 0}, {"jira", 2}, {"pagerduty", 1}});
  }

  TEST_CASE("at most 1,000 names of either side are compared, and at most three similar ones are listed") {
    std::vector<seen_service> seen;
    std::vector<std::string> names;
    for (int n = 0; n < 1100; ++n) names.push_back("Team " + std::to_string(n));
    for (const auto& name : names) seen.push_back(with_incidents(name.c_str(), "pagerduty"));
    for (int n = 0; n < 5; ++n) seen.push_back(deployed(("checkout-" + std::to_string(n)).c_str(), "github"));
    seen.insert(seen.begin(), with_incidents("checkout", "pagerduty"));
    const auto known = configured_by("");
    const auto found = find_unmatched(seen, known.names, known.kinds);
    CHECK(std::ranges::count(found, true, &unmatched_name::has_incidents) == 1000);
    const auto checkout = std::ranges::find(found, "checkout", &unmatched_name::name);
    REQUIRE(checkout != found.end());
    CHECK(checkout->similar.size() <= 3);
  }

  TEST_CASE("a source is silent after three times its longest usual gap, at least a day, from 20 deliveries on") {
    constexpr std::chrono::hours hour{1};
    const auto is_silent = [](std::int64_t deliveries, double gap_s, duration since_last) {
      return ledger::rhythm{"github", deliveries, gap_s, noon}.is_silent(noon + since_last);
    };
    CHECK(!is_silent(20, 3600, 24 * hour));
    CHECK(is_silent(20, 3600, 25 * hour));
    CHECK(!is_silent(19, 3600, 25 * hour));
    CHECK(!is_silent(20, 10 * 3600, 30 * hour));
    CHECK(is_silent(20, 10 * 3600, 31 * hour));
    CHECK(!ledger::rhythm{"github", 20, 3600, {}}.is_silent(noon));
  }
}
