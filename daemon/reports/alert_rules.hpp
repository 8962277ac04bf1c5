#pragma once
// Prometheus alert rules: for exceeded thresholds, and for the daemon's own health.
#include <string>
#include <string_view>
#include <vector>

#include "daemon/figures/threshold.hpp"

namespace releasehealth {

/// A rule file: one alert for each figure and period with a threshold, and the alerts about the daemon itself.
/// `runbooks`: path or URL of the pages of dashboards/runbooks. `grafana`: base URL of the dashboards.
std::string prometheus_rules(const std::vector<threshold>&, const std::string& runbooks, const std::string& grafana);

/// The names of the alerts about the daemon itself, and of the alerts on thresholds.
std::vector<std::string_view> own_alerts();
std::vector<std::string_view> limit_alerts();

}
