// Grafana's API in the form of Alertmanager's: the alerts that now fire, by contact point.
#include "collectors/alertmanager/alerts.hpp"

namespace releasehealth::grafana {
namespace {

std::vector<api_request> scopes(const api_place&) { return {{"/api/v1/provisioning/contact-points"}}; }

api_request first_alerts(const api_place& place) {
  return alertmanager::current_alerts(place, "/api/alertmanager/grafana");
}

const api_list lists[] = {
    {.name = "firing alerts",
     .permission = "alert.instances:read",
     .format = "grafana-alerts",
     .first = first_alerts,
     .read = alertmanager::read_current_alerts},
};

}

extern constinit const tool_api api{.url = "",
                                    .scope = "contact point",
                                    .example = "release-health",
                                    .needs_include = true,
                                    .lists = lists,
                                    .scopes = scopes,
                                    .read_scopes = alertmanager::read_receivers};

}
