// History from FireHydrant's API, converted into the webhooks that would have reported it.
#include "collectors/facts.hpp"
#include "collectors/firehydrant/firehydrant.hpp"

namespace releasehealth::firehydrant {
namespace {

// The phases of the lifecycle replace the list of milestones, which the API deprecates.
json::array milestones_of(const json::value& incident) {
  json::array all;
  for (const auto& one : elements_at(incident, "/milestones")) all.push_back(members_of(one, {"type", "occurred_at"}));
  if (!all.empty()) return all;
  for (const auto& phase : elements_at(incident, "/lifecycle_phases"))
    for (const auto& one : elements_at(phase, "/milestones"))
      if (!text_at(one, "/occurred_at").empty())
        all.push_back(json::object{{"type", value_at(one, "/slug")}, {"occurred_at", value_at(one, "/occurred_at")}});
  return all;
}

json::object facts_of(const json::value& incident) {
  auto facts = members_of(incident, {"id", "name", "severity", "incident_url", "description", "summary", "services",
                                     "environments", "role_assignments", "current_milestone", "created_at"});
  facts["milestones"] = milestones_of(incident);
  return facts;
}

// A webhook has the time of the current milestone, which archiving does not change.
json::object archived(const json::value& incident) {
  const auto current = value_at(incident, "/current_milestone");
  return {{"id", value_at(incident, "/id")},
          {"current_milestone", current},
          {"milestones",
           json::array{json::object{{"type", current}, {"occurred_at", value_at(incident, "/discarded_at")}}}}};
}

past_delivery webhook(std::string_view operation, json::object incident) {
  return {{{"event", {{"resource_type", "incident"}, {"operation", operation}}},
           {"data", {{"incident", std::move(incident)}}}}};
}

// As `UPDATED`, which also reports that an incident counts again.
result<std::vector<past_delivery>> incident_of(const json::value& incident) {
  if (text_at(incident, "/discarded_at").empty())
    return std::vector<past_delivery>{webhook("UPDATED", facts_of(incident))};
  return std::vector<past_delivery>{webhook("ARCHIVED", archived(incident))};
}

}

const api_shape history[] = {
    {.format = "firehydrant-incidents", .help = "GET /v1/incidents", .members = "data", .tell = incident_of},
};

}
