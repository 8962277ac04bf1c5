// History from incident.io's API, converted into the webhooks that would have reported it.
#include <algorithm>

#include "collectors/facts.hpp"
#include "collectors/incidentio/incidentio.hpp"

namespace releasehealth::incidentio {
namespace {

// Webhooks of private incidents report only an id.
constexpr std::string_view unreported_visibility = "private";

past_delivery delivery_of(const std::string& type, json::object told) {
  const auto name = "public_incident." + type;
  json::object body{{"event_type", name}};
  body[name] = std::move(told);
  return {std::move(body)};
}

json::object status_of(std::string_view category) { return {{"category", category}}; }

past_delivery status_change(json::object incident, const std::string& previous, const std::string& current) {
  incident["incident_status"] = status_of(current);
  json::object told{{"incident", std::move(incident)}, {"new_status", status_of(current)}};
  if (!previous.empty()) told["previous_status"] = status_of(previous);
  return delivery_of("incident_status_updated_v2", std::move(told));
}

// The incident as a webhook reported it earlier. Only what never changes is known.
json::object earlier(const json::value& incident, const json::value& reported_at) {
  return {{"id", value_at(incident, "/id")}, {"mode", value_at(incident, "/mode")}, {"updated_at", reported_at}};
}

// The incident now, with the members that webhooks are read for.
json::object current(const json::value& incident) {
  return members_of(incident, {"id", "name", "summary", "permalink", "mode", "incident_status", "severity",
                               "created_at", "updated_at", "external_issue_reference", "custom_field_entries",
                               "incident_timestamp_values", "incident_role_assignments", "workload_minutes_total"});
}

/// A status of an incident, and when it was reached.
struct reached {
  std::string category;
  json::value instant;
};

// Updates repeat the status: only those that change it count.
std::vector<reached> statuses_of(const json::value& incident) {
  const auto told = elements_at(incident, "/updates");
  std::vector<json::value> updates(told.begin(), told.end());
  std::ranges::stable_sort(updates, {}, [](const json::value& one) { return time_at(one, "/created_at"); });
  std::vector<reached> all;
  for (const auto& one : updates)
    if (auto category = text_at(one, "/new_incident_status/category");
        !category.empty() && (all.empty() || category != all.back().category))
      all.push_back({std::move(category), value_at(one, "/created_at")});
  return all;
}

result<std::vector<past_delivery>> incident_of(const json::value& incident) {
  if (!value_at(incident, "/incident_status").is_object())
    return error(errc::malformed, "is not an incident",
                 {{"/incident_status", "missing; expected an answer to GET /v2/incidents"}});
  if (text_at(incident, "/visibility") == unreported_visibility) return std::vector<past_delivery>();
  const auto statuses = statuses_of(incident);
  auto creation = earlier(incident, value_at(incident, "/created_at"));
  creation["created_at"] = value_at(incident, "/created_at");
  creation["incident_status"] = status_of(statuses.empty() ? "live" : statuses.front().category);
  std::vector<past_delivery> all = {delivery_of("incident_created_v2", std::move(creation))};
  std::string last;
  for (const auto& one : statuses) {
    if (!last.empty()) all.push_back(status_change(earlier(incident, one.instant), last, one.category));
    last = one.category;
  }
  if (const auto category = text_at(incident, "/incident_status/category"); category == last)
    all.push_back(delivery_of("incident_updated_v2", current(incident)));
  else
    all.push_back(status_change(current(incident), last, category));
  return all;
}

}

const api_shape history[] = {
    {.format = "incidentio-incidents",
     .help = "GET /v2/incidents, each with its GET /v2/incident_updates as `updates`",
     .members = "incidents",
     .tell = incident_of},
};

}
