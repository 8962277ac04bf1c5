#pragma once
// Alerts as Alertmanager sends them, and Grafana after it: each is an incident.
#include "collectors/collector.hpp"

namespace releasehealth::alertmanager {

inline constexpr setting_rule label_settings[] = {
    {"labels.service", true, "", "",
     "labels that name the service, the first that an alert has; default: service, service_name"},
    {"labels.environment", true, "", "",
     "labels that name the environment; default: environment, deployment_environment, env"},
};

/// By its bytes and its receipt: whether it repeats another one is not to be seen from it.
std::string key_of_alerts(const delivery&);

/// The events of all alerts, checked; errc::unreadable if `in` holds none. `sender`: who documents the shape.
result<decoded> read_alerts(const source&, const json::value& in, timestamp now, std::string_view sender);

}
