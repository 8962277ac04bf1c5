// History from ServiceNow's Table API, converted into what the business rule would have reported.
#include <algorithm>
#include <array>

#include "collectors/facts.hpp"

namespace releasehealth::servicenow {
namespace {

std::string field(const json::value& row, std::string_view name) {
  return text_at(row, '/' + std::string(name) + "/value");
}
std::string shown_field(const json::value& row, std::string_view name) {
  return text_at(row, '/' + std::string(name) + "/display_value");
}

// "2026-11-03 10:20:00" is in UTC.
std::string time_field(const json::value& row, std::string_view name) {
  auto text = field(row, name);
  if (text.empty()) return text;
  std::ranges::replace(text, ' ', 'T');
  return text + 'Z';
}

// The row as the rule reports it now.
json::object current(const json::value& row) {
  json::object body;
  for (const auto* name :
       {"sys_id", "sys_mod_count", "number", "short_description", "state", "priority", "description", "correlation_id"})
    body[name] = field(row, name);
  for (const auto* name : {"assigned_to", "caused_by", "close_code"}) body[name] = shown_field(row, name);
  for (const auto* name : {"opened_at", "resolved_at", "sys_updated_on"}) body[name] = time_field(row, name);
  body["service"] = shown_field(row, "business_service");
  body["parent"] = shown_field(row, "parent_incident");
  return body;
}

// The row as the rule reported it when it was inserted. Only what never changes is known.
json::object inserted(const json::value& row) {
  return {{"sys_id", field(row, "sys_id")},
          {"sys_mod_count", "0"},
          {"number", field(row, "number")},
          {"state", "1"},
          {"opened_at", time_field(row, "opened_at")},
          {"sys_updated_on", time_field(row, "sys_created_on")}};
}

result<std::vector<past_delivery>> incident_of(const json::value& row) {
  if (field(row, "sys_id").empty())
    return error(errc::malformed, "is not an incident",
                 {{"/sys_id/value", "missing; expected an answer to sysparm_display_value=all"}});
  std::vector<past_delivery> all;
  if (field(row, "sys_mod_count") != "0") all.push_back({inserted(row)});
  all.push_back({current(row)});
  return all;
}

}

extern const api_shape history[1];
const api_shape history[] = {
    {.format = "servicenow-incidents",
     .help = "GET /api/now/table/incident?sysparm_display_value=all",
     .members = "result",
     .tell = incident_of},
};

}
