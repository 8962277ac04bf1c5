// History from PagerDuty's API, converted into the webhooks that would have reported it.
#include "collectors/collector.hpp"
#include "collectors/facts.hpp"

namespace releasehealth::pagerduty {
namespace {

result<std::vector<past_delivery>> incident_of(const json::value& incident) {
  std::vector<past_delivery> all;
  const auto add = [&](const char* type, const json::value& occurred_at) {
    all.push_back(
        {{{"event", {{"id", "export"}, {"event_type", type}, {"occurred_at", occurred_at}, {"data", incident}}}}});
  };
  add("incident.triggered", value_at(incident, "/created_at"));
  for (const auto& a : elements_at(incident, "/acknowledgements")) add("incident.acknowledged", value_at(a, "/at"));
  if (text_at(incident, "/status") == "resolved") {
    const auto resolved = text_at(incident, "/resolved_at");
    add("incident.resolved", resolved.empty() ? value_at(incident, "/last_status_change_at") : json::value(resolved));
  }
  return all;
}

}

extern const api_shape history[1];
const api_shape history[] = {
    {.format = "pagerduty", .help = "GET /incidents", .members = "incidents", .tell = incident_of},
};

}
