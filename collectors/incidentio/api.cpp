// incident.io's API: the incidents that changed, each with its updates.
#include <algorithm>

#include "collectors/base/text.hpp"
#include "collectors/facts.hpp"
#include "collectors/incidentio/incidentio.hpp"

namespace releasehealth::incidentio {
namespace {

// The page that begins after the last object of this one.
std::optional<api_request> next_page(const api_request& asked, const api_answer& answer) {
  const auto last = text_at(answer.body, "/pagination_meta/after");
  if (last.empty()) return {};
  return with_parameter(asked, "after", last);
}

// The filter takes a day, in a zone that is not documented. The order is one that updates do not change.
api_request first_incidents(const api_place& place) {
  const auto day = format_time(place.since - std::chrono::days(1)).substr(0, std::string_view("2026-11-03").size());
  return {api_path("/v2/incidents?page_size=250&sort_by=created_at_oldest_first&{filter}={day}",
                   {{"filter", "updated_at[gte]"}, {"day", day}})};
}

result<api_page> read_incidents(const api_place&, const api_request& asked, const api_answer& answer) {
  auto incidents = objects_at(answer, "/incidents");
  if (!incidents) return incidents.error();
  // webhooks of private incidents report nothing
  std::erase_if(*incidents, [](const json::object& one) { return text_at(one, "/visibility") == "private"; });
  return api_page{std::move(*incidents), next_page(asked, answer)};
}

// Only updates show when a status was reached. An incident may have left any status and returned to it.
std::vector<api_request> ask_for_updates(const api_place&, const std::vector<json::object>& incidents) {
  std::vector<api_request> all;
  for (const auto& one : incidents)
    all.push_back(
        {api_path("/v2/incident_updates?page_size=250&incident_id={incident}", {{"incident", text_at(one, "/id")}})});
  return all;
}

result<std::optional<api_request>> add_updates(std::vector<json::object>& incidents, const api_request& asked,
                                               const api_answer& answer) {
  auto updates = objects_at(answer, "/incident_updates");
  if (!updates) return updates.error();
  const auto id = parameter_of(asked, "incident_id");
  const auto found = std::ranges::find(incidents, id, [](const json::object& one) { return text_at(one, "/id"); });
  if (found == incidents.end()) return std::optional<api_request>();
  auto& all = (*found)["updates"];
  if (!all.is_array()) all = json::array();
  for (auto& one : *updates) all.get_array().emplace_back(std::move(one));
  return next_page(asked, answer);
}

const api_list lists[] = {
    {.name = "incidents",
     .permission = "View data, like public incidents and organization settings",
     .format = "incidentio-incidents",
     .first = first_incidents,
     .read = read_incidents,
     .details = ask_for_updates,
     .complete = add_updates,
     .may_lack_details = true},  // the incident became private meanwhile
};

}

extern constinit const tool_api api{.url = "https://api.incident.io", .scope = "", .lists = lists};

}
