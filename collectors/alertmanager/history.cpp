// Alerts of Alertmanager's API, converted into the notifications that reported them.
#include "collectors/alertmanager/alerts.hpp"
#include "collectors/facts.hpp"

namespace releasehealth::alertmanager {

// endsAt and updatedAt are left out: they change while an alert fires.
result<std::vector<past_delivery>> notification_of(const json::value& alert) {
  if (text_at(alert, "/status/state") == "suppressed") return std::vector<past_delivery>();
  json::object firing{{"status", "firing"}};
  for (const auto* name : {"fingerprint", "startsAt", "labels", "annotations", "generatorURL"})
    firing[name] = value_at(alert, '/' + std::string(name));
  return std::vector<past_delivery>{{{{"alerts", json::array{std::move(firing)}}}}};
}

extern const api_shape history[1];
const api_shape history[] = {
    {.format = "alertmanager-alerts", .help = "GET /api/v2/alerts: alerts that fire", .tell = notification_of},
};

}
