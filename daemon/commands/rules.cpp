#include <iostream>

#include "daemon/commands/command.hpp"
#include "daemon/figures/alert_rules.hpp"

namespace releasehealth {

std::function<int()> add_rules(CLI::App& app, const common_options& options) {
  const auto format = std::make_shared<std::string>("prometheus");
  app.add_option("--format", *format)->check(CLI::IsMember({"prometheus"}))->capture_default_str();
  return [format, &options] {
    std::cout << prometheus_rules(load_or_refuse(options).figures.thresholds);
    return 0;
  };
}

}
