#pragma once
// Prometheus' alert rules for the thresholds: they compare what is exported with the limits exported beside it.
#include <string>
#include <vector>

#include "daemon/figures/threshold.hpp"

namespace releasehealth {

/// A rule file: one alert for each figure and period that has a limit, and those about the daemon itself.
std::string prometheus_rules(const std::vector<threshold>&);

}
