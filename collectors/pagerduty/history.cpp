// History from PagerDuty's API, converted into the webhooks that would have reported it.
#include <algorithm>

#include "collectors/facts.hpp"
#include "collectors/pagerduty/pagerduty.hpp"

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

/// The types of log entries, and the webhook that reports each. There is none for a change of the urgency: it has the
/// type of one that reports the current facts only.
constexpr std::pair<std::string_view, std::string_view> webhooks[] = {
    {"trigger_log_entry", "incident.triggered"},
    {"acknowledge_log_entry", "incident.acknowledged"},
    {"assign_log_entry", "incident.reassigned"},
    {"priority_change_log_entry", "incident.priority_updated"},
    {"urgency_change_log_entry", "incident.priority_updated"},
    {"resolve_log_entry", "incident.resolved"},
};

// The facts that webhooks report. Counters and the time of the last change are left out: they would make every reading
// another event.
json::object facts_of(const json::value& incident) {
  return {{"id", value_at(incident, "/id")},
          {"created_at", value_at(incident, "/created_at")},
          {"title", value_at(incident, "/title")},
          {"html_url", value_at(incident, "/html_url")},
          {"urgency", value_at(incident, "/urgency")},
          {"incident_key", value_at(incident, "/incident_key")},
          {"service", {{"id", value_at(incident, "/service/id")}, {"summary", value_at(incident, "/service/summary")}}},
          {"priority", {{"summary", value_at(incident, "/priority/summary")}}}};
}

// The acknowledging user becomes the only assignee.
json::array assignees_of(const json::value& entry, std::string_view type) {
  json::array all;
  if (type == "incident.acknowledged" && text_at(entry, "/agent/type").starts_with("user"))
    all.push_back(json::object{{"summary", value_at(entry, "/agent/summary")}});
  for (const auto& one : elements_at(entry, "/assignees"))
    all.push_back(json::object{{"summary", value_at(one, "/summary")}});
  return all;
}

past_delivery webhook(std::string_view type, const json::value& occurred_at, json::object data) {
  return {
      {{"event", {{"id", "export"}, {"event_type", type}, {"occurred_at", occurred_at}, {"data", std::move(data)}}}}};
}

result<std::vector<past_delivery>> log_entry_of(const json::value& entry) {
  const auto* const known =
      std::ranges::find(webhooks, text_at(entry, "/type"), [](const auto& one) { return one.first; });
  if (known == std::end(webhooks)) return std::vector<past_delivery>();
  const auto type = known->second;
  const auto incident = value_at(entry, "/incident");
  auto facts = facts_of(incident);
  if (auto assignees = assignees_of(entry, type); !assignees.empty()) facts["assignees"] = std::move(assignees);
  const auto status = text_at(incident, "/status");
  const bool is_resolution = type == "incident.resolved";
  if (is_resolution && status == "resolved")
    facts["resolve_reason"] = json::object{{"type", value_at(incident, "/resolve_reason/type")}};
  std::vector<past_delivery> all = {webhook(type, value_at(entry, "/created_at"), std::move(facts))};
  if (is_resolution && status == "triggered")  // no log entry is documented for a reopening
    all.push_back(webhook("incident.reopened", value_at(incident, "/last_status_change_at"), facts_of(incident)));
  return all;
}

}

const api_shape history[] = {
    {.format = "pagerduty", .help = "GET /incidents", .members = "incidents", .tell = incident_of},
    {.format = "pagerduty-log-entries",
     .help = "GET /log_entries?include[]=incidents",
     .members = "log_entries",
     .tell = log_entry_of},
};

}
