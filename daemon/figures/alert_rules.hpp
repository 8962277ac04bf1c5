#pragma once
// Prometheus' alert rules for the thresholds: they compare what is exported with the limits exported beside it.
#include <string>
#include <string_view>
#include <vector>

#include "daemon/figures/threshold.hpp"

namespace releasehealth {

/// A rule file: one alert for each figure and period that has a limit, and those about the daemon itself. `runbooks`:
/// where the pages of dashboards/runbooks are, as a path or a URL.
std::string prometheus_rules(const std::vector<threshold>&, const std::string& runbooks = "dashboards/runbooks");

/// The names of those about the daemon itself.
std::vector<std::string_view> own_alerts();

}
