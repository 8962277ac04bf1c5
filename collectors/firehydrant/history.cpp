// History from FireHydrant's API, converted into the webhooks that would have reported it.
#include <algorithm>

#include "collectors/facts.hpp"
#include "collectors/firehydrant/firehydrant.hpp"

namespace releasehealth::firehydrant {
namespace {

json::value milestone_of(json::value type, json::value occurred_at) {
  return json::object{{"type", std::move(type)}, {"occurred_at", std::move(occurred_at)}};
}

// In the order in which they were reached. The phases of the lifecycle replace the list, which the API deprecates.
json::array milestones_of(const json::value& incident) {
  std::vector<json::value> all;
  for (const auto& one : elements_at(incident, "/milestones"))
    all.push_back(milestone_of(value_at(one, "/type"), value_at(one, "/occurred_at")));
  if (all.empty())
    for (const auto& phase : elements_at(incident, "/lifecycle_phases"))
      for (const auto& one : elements_at(phase, "/milestones"))
        all.push_back(milestone_of(value_at(one, "/slug"), value_at(one, "/occurred_at")));
  const auto reached_at = [](const json::value& one) { return sender_time_at(one, "/occurred_at"); };
  std::erase_if(all, [&](const json::value& one) { return !reached_at(one); });
  std::ranges::stable_sort(all, {}, reached_at);
  return json::array(all.begin(), all.end());
}

past_delivery webhook(std::string_view operation, json::object incident) {
  return {{{"event", {{"resource_type", "incident"}, {"operation", operation}}},
           {"data", {{"incident", std::move(incident)}}}}};
}

// The incident when it had reached a milestone. Only what never changes is known.
past_delivery earlier(const json::value& incident, json::array course) {
  auto facts = members_of(incident, {"id"});
  facts["current_milestone"] = value_at(course.back(), "/type");
  facts["milestones"] = std::move(course);
  return webhook("CREATED", std::move(facts));
}

// The last webhook is `UPDATED`, which also reports that an incident counts again.
result<std::vector<past_delivery>> incident_of(const json::value& incident) {
  if (!text_at(incident, "/discarded_at").empty())
    return std::vector<past_delivery>{webhook("ARCHIVED", members_of(incident, {"id", "discarded_at"}))};
  auto facts = members_of(incident, {"id", "name", "severity", "incident_url", "description", "summary", "services",
                                     "environments", "role_assignments", "current_milestone", "created_at"});
  auto course = milestones_of(incident);
  std::vector<past_delivery> all;
  if (!is_uncounted(text_at(incident, "/severity")))
    for (std::size_t count = 1; count < course.size(); ++count)
      all.push_back(earlier(incident, json::array(course.begin(), course.begin() + count)));
  facts["milestones"] = std::move(course);
  all.push_back(webhook("UPDATED", std::move(facts)));
  return all;
}

}

const api_shape history[] = {
    {.format = "firehydrant-incidents", .help = "GET /v1/incidents", .members = "data", .tell = incident_of},
};

}
