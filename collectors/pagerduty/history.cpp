// History from PagerDuty's API, converted into the webhooks that would have reported it.
#include "collectors/collector.hpp"
#include "collectors/facts.hpp"

namespace releasehealth::pagerduty {
namespace {

result<std::vector<past_delivery>> incident_of(const json::value& in) {
  std::vector<past_delivery> all;
  const auto add = [&](const char* type, const json::value& occurred_at) {
    all.push_back({{{"event", {{"id", "export"}, {"event_type", type}, {"occurred_at", occurred_at}, {"data", in}}}}});
  };
  add("incident.triggered", value_at(in, "/created_at"));
  for (const auto& a : elements_at(in, "/acknowledgements")) add("incident.acknowledged", value_at(a, "/at"));
  if (text_at(in, "/status") == "resolved") {
    const auto resolved = text_at(in, "/resolved_at");
    add("incident.resolved", resolved.empty() ? value_at(in, "/last_status_change_at") : json::value(resolved));
  }
  return all;
}

}

extern const api_shape history[1];
const api_shape history[] = {
    {.format = "pagerduty", .help = "GET /incidents", .members = "incidents", .tell = incident_of},
};

}
