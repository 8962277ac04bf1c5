#include "daemon/reports/alert_rules.hpp"

#include <filesystem>
#include <fstream>

#include "daemon/figures/verdict.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

TEST_SUITE("nodb") {
  TEST_CASE("every alert has a runbook section with its default threshold and a test; every cause has its metric") {
    const std::filesystem::path folder = std::filesystem::path(SOURCE_DIR) / "dashboards";
    const auto read = [&](const char* name) {
      std::ifstream in(folder / name);
      return std::string((std::istreambuf_iterator<char>(in)), {});
    };
    const auto about_daemon = read("runbooks/daemon.md"), about_releases = read("runbooks/releases.md");
    const auto tests = read("alerts_test.yaml"), rules = read("alerts.yaml");
    CHECK(own_alerts().size() > 10);
    CHECK(limit_alerts().size() > 10);
    for (const auto& [alerts, runbook] :
         {std::pair(own_alerts(), about_daemon), std::pair(limit_alerts(), about_releases)})
      for (const auto alert : alerts) {
        CAPTURE(alert);
        CHECK(runbook.find("\n## " + std::string(alert) + '\n') != runbook.npos);
        if (rules.find("alert: " + std::string(alert) + '\n') !=
            rules.npos)  // the rework ratio has no default threshold
          CHECK(tests.find("alertname: " + std::string(alert)) != tests.npos);
      }
    for (const auto& t : default_thresholds()) {
      const auto& of = *find_threshold_figure(t.figure);
      const auto words = "Default threshold: " + default_in_words(t) + '.';
      CAPTURE(words);
      const auto at = about_releases.find("\n## " + std::string(of.alert) + '\n');
      const auto section = about_releases.substr(at, about_releases.find("\n## ", at + 1) - at);
      CHECK(section.find(words) != section.npos);
    }
    for (const auto& cause : default_causes()) {
      CAPTURE(cause);
      CHECK(about_releases.find("| " + cause + " | " + std::string(prevention_of(cause)) + " |\n") != tests.npos);
    }
  }

  TEST_CASE("there is one alert rule for each figure and period, based on the daemon's own judgement alone") {
    const auto rules = prometheus_rules({{"hotfixes", "month", true, 5, 0, {}, {}},
                                         {"hotfixes", "month", true, 9, 0, "legacy", {}},
                                         {"hotfixes", "month", true, 20, 0, {}, "payments"},
                                         {"firefighting_ratio", "30d", true, 0.2, 0, {}, {}},
                                         {"time_to_issue_seconds", "30d", false, 172800, 3, {}, {}},
                                         {"rollback_ratio", "90d", true, 0.05, 0, {}, {}},
                                         {"rollback_ratio", "90d", true, 0.1, 20, "legacy", {}}},
                                        "runbooks", "https://grafana");
    const auto count = [&](std::string_view what) {
      int n = 0;
      for (auto at = rules.find(what); at != rules.npos; at = rules.find(what, at + 1)) ++n;
      return n;
    };
    CHECK(count("alert: ReleaseHealthHotfixes\n") == 2);  // of services, and of the team that has a threshold
    CHECK(count("(releasehealth_threshold_exceeded{figure=\"hotfixes\",period=\"month\"}) == 1") == 1);
    CHECK(count("(releasehealth_team_threshold_exceeded{figure=\"hotfixes\",period=\"month\"}) == 1") == 1);
    CHECK(count("(releasehealth_team_threshold_exceeded{figure=\"firefighting_ratio\",period=\"30d\"}) == 1") == 1);
    CHECK(count("alert: ReleaseHealthTimeToIssue\n") == 1);
    CHECK(count("alert: ReleaseHealthRollbackRatio\n") == 1);
    CHECK(count("unless") == 0);  // the daemon applies minimum counts
  }
}
