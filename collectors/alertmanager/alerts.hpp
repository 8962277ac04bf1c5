#pragma once
// Alerts in the form of Alertmanager, which Grafana uses, too: each is an incident.
#include "collectors/api.hpp"

namespace releasehealth::alertmanager {

inline constexpr setting_rule label_settings[] = {
    {"labels.service", true, "", "",
     "labels with the service, of which the first present counts; default: service, service_name"},
    {"labels.environment", true, "", "",
     "labels with the environment; default: environment, deployment_environment, env"},
};

/// The key of a notification, from its bytes and its receipt: its content does not show whether it is a repetition.
std::string key_of_alerts(const delivery&);

/// The events of all alerts, checked; errc::unreadable if `body` holds none. `sender` documents the shape.
result<decoded> read_alerts(const source&, const json::value& body, timestamp now, std::string_view sender);

/// The notification that reported an alert which the API lists; none if it is silenced or inhibited.
result<std::vector<past_delivery>> notification_of(const json::value& alert);
/// The request for the alerts that now fire and are routed to the place's receiver. `prefix` precedes /api/v2.
api_request current_alerts(const api_place&, std::string_view prefix);
result<api_page> read_current_alerts(const api_place&, const api_request&, const api_answer&);
/// The receivers that an answer lists, by their names.
result<api_page> read_receivers(const api_place&, const api_request&, const api_answer&);

}
