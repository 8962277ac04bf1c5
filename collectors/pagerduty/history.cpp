// History from PagerDuty's API, converted into the webhooks that would have reported it.
#include <algorithm>

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

/// The webhook that reports what an entry of the log reports.
constexpr std::pair<std::string_view, std::string_view> event_types[] = {
    {"trigger_log_entry", "incident.triggered"},
    {"acknowledge_log_entry", "incident.acknowledged"},
    {"unacknowledge_log_entry", "incident.unacknowledged"},
    {"resolve_log_entry", "incident.resolved"},
    {"reopen_log_entry", "incident.reopened"},
    {"assign_log_entry", "incident.reassigned"},
    {"escalate_log_entry", "incident.escalated"},
    {"delegate_log_entry", "incident.delegated"},
    {"priority_change_log_entry", "incident.priority_updated"},
    {"urgency_change_log_entry", "incident.priority_updated"},
};

// Most entries are notifications, which no webhook reports.
result<std::vector<past_delivery>> entry_of(const json::value& entry) {
  const auto type = text_at(entry, "/type");
  const auto* const known = std::ranges::find(event_types, type, [](const auto& t) { return t.first; });
  if (known == std::end(event_types) || text_at(entry, "/incident/id").empty()) return std::vector<past_delivery>();
  auto incident = entry.at("incident").as_object();
  incident["assignees"] = value_at(entry, "/assignees");  // of assignments; the incident has those of today
  return std::vector<past_delivery>{{{{"event",
                                       {{"id", value_at(entry, "/id")},
                                        {"event_type", known->second},
                                        {"occurred_at", value_at(entry, "/created_at")},
                                        {"data", std::move(incident)}}}}}};
}

}

extern const api_shape history[2];
const api_shape history[] = {
    {.format = "pagerduty", .help = "GET /incidents", .members = "incidents", .tell = incident_of},
    {.format = "pagerduty-log-entries",
     .help = "GET /log_entries?include[]=incidents",
     .members = "log_entries",
     .tell = entry_of},
};

}
