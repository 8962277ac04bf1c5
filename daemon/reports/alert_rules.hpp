#pragma once
// Prometheus' alert rules: for what the daemon judges as exceeded, and about the daemon itself.
#include <string>
#include <string_view>
#include <vector>

#include "daemon/figures/threshold.hpp"

namespace releasehealth {

/// A rule file: one alert for each figure and period that has a threshold, and those about the daemon itself.
/// `runbooks`: where the pages of dashboards/runbooks are, as a path or a URL. `grafana`: the URL under which the
/// dashboards are.
std::string prometheus_rules(const std::vector<threshold>&, const std::string& runbooks, const std::string& grafana);

/// The names of those about the daemon itself, and of those on thresholds.
std::vector<std::string_view> own_alerts();
std::vector<std::string_view> limit_alerts();

}
