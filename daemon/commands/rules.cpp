#include <iostream>

#include "daemon/commands/command.hpp"
#include "daemon/reports/alert_rules.hpp"

namespace releasehealth {

std::function<int()> add_rules(CLI::App& app, const common_options& options) {
  const auto format = std::make_shared<std::string>("prometheus");  // the only one there is
  const auto runbooks = std::make_shared<std::string>("dashboards/runbooks");
  app.add_option("--runbooks", *runbooks, "the URL under which dashboards/runbooks can be read")->capture_default_str();
  const auto grafana = std::make_shared<std::string>("http://127.0.0.1:3000");
  app.add_option("--grafana", *grafana, "the URL of Grafana, for links to the dashboards")->capture_default_str();
  app.add_option("--format", *format)->check(one_of("format", {"prometheus"}))->capture_default_str();
  return [format, runbooks, grafana, &options] {
    std::cout << prometheus_rules(load_or_refuse(options).figures.thresholds, *runbooks, *grafana);
    return 0;
  };
}

}
