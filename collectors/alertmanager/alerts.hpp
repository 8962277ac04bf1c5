#pragma once
// Alerts in the form of Alertmanager, which Grafana uses, too: each is an incident.
#include "collectors/collector.hpp"

namespace releasehealth::alertmanager {

inline constexpr setting_rule label_settings[] = {
    {"labels.service", true, "", "",
     "labels with the service, of which the first present counts; default: service, service_name"},
    {"labels.environment", true, "", "",
     "labels with the environment; default: environment, deployment_environment, env"},
};

/// The key of a notification, from its bytes and its receipt: its content does not show whether it is a repetition.
std::string key_of_alerts(const delivery&);

/// The events of all alerts, checked; errc::unreadable if `in` holds none. `sender` documents the shape.
result<decoded> read_alerts(const source&, const json::value& in, timestamp now, std::string_view sender);

}
