// Alerts of Grafana's API, converted into the notifications that reported them.
#include "collectors/alertmanager/alerts.hpp"

namespace releasehealth::grafana {

extern const api_shape history[1];
const api_shape history[] = {
    {.format = "grafana-alerts",
     .help = "GET /api/alertmanager/grafana/api/v2/alerts: alerts that fire",
     .tell = alertmanager::notification_of},
};

}
