#include <iostream>

#include "daemon/commands/command.hpp"
#include "daemon/reports/alert_rules.hpp"

namespace releasehealth {

std::function<int()> add_rules(CLI::App& app, const common_options& options) {
  const auto format = std::make_shared<std::string>("prometheus");  // the only format
  const auto runbooks = std::make_shared<std::string>("dashboards/runbooks");
  app.add_option("--runbooks", *runbooks, "base URL of the runbooks in dashboards/runbooks")->capture_default_str();
  const auto grafana = std::make_shared<std::string>("http://127.0.0.1:3000");
  app.add_option("--grafana", *grafana, "base URL of Grafana for links to dashboards")->capture_default_str();
  app.add_option("--format", *format, "output format")->check(one_of("format", {"prometheus"}))->capture_default_str();
  app.footer("Example: releasehealthd rules --grafana https://grafana.example.com >alerts.yaml");
  return [format, runbooks, grafana, &options] {
    std::cout << prometheus_rules(load_or_refuse(options).figures.thresholds, *runbooks, *grafana);
    return 0;
  };
}

}
