// History from incident.io's API, converted into the webhooks that would have reported it.
#include "collectors/facts.hpp"
#include "collectors/incidentio/incidentio.hpp"

namespace releasehealth::incidentio {
namespace {

constexpr std::string_view created_type = "public_incident.incident_created_v2",
                           changed_type = "public_incident.incident_status_updated_v2";

std::optional<timestamp> milestone_at(const json::value& incident, std::string_view name) {
  for (const auto& one : elements_at(incident, "/incident_timestamp_values"))
    if (text_at(one, "/incident_timestamp/name") == name) return sender_time_at(one, "/value/value");
  return {};
}

// An incident that was closed some time after its resolution went through the post-incident flow.
std::optional<past_delivery> review_of(const json::value& incident) {
  const auto resolved_at = milestone_at(incident, "Resolved at"), closed_at = milestone_at(incident, "Closed at");
  const bool is_closed = text_at(incident, "/incident_status/category") == "closed";
  if (!is_closed || !resolved_at || !closed_at || *closed_at <= *resolved_at) return {};
  auto facts = incident.as_object();
  facts["updated_at"] = format_time(*closed_at);
  facts.erase("workload_minutes_total");
  return past_delivery{
      {{"event_type", changed_type},
       {changed_type, {{"incident", std::move(facts)}, {"previous_status", {{"category", "learning"}}}}}}};
}

// Webhooks name private incidents by id only.
result<std::vector<past_delivery>> incident_of(const json::value& incident) {
  if (text_at(incident, "/visibility") == "private") return std::vector<past_delivery>();
  std::vector<past_delivery> all;
  if (auto review = review_of(incident)) all.push_back(std::move(*review));
  all.push_back({{{"event_type", created_type}, {created_type, incident}}});
  return all;
}

}

const api_shape history[] = {
    {.format = "incidentio-incidents", .help = "GET /v2/incidents", .members = "incidents", .tell = incident_of},
};

}
