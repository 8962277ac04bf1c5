#pragma once
// Prometheus Alertmanager: an alert is an incident, from firing to resolved.
#include "collectors/collector.hpp"

namespace releasehealth::alertmanager {

extern const collector collect;

}
