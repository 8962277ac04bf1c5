// incident.io's API: the incidents that changed.
#include "collectors/facts.hpp"
#include "collectors/incidentio/incidentio.hpp"

namespace releasehealth::incidentio {
namespace {

constexpr std::string_view page_size = "250";

// By creation, an order that changes do not affect. The API documents its filter with dates only.
api_request first_incidents(const api_place& place) {
  const auto day = format_time(std::chrono::floor<std::chrono::days>(place.since)).substr(0, 10);
  return {api_path("/v2/incidents?page_size={size}&sort_by=created_at_oldest_first&updated_at%5Bgte%5D={day}",
                   {{"size", page_size}, {"day", day}})};
}

result<api_page> read_incidents(const api_place&, const api_request& asked, const api_answer& answer) {
  auto all = objects_at(answer, "/incidents");
  if (!all) return all.error();
  api_page page{std::move(*all), {}};
  const auto cursor = text_at(answer.body, "/pagination_meta/after");
  if (!cursor.empty() && !page.objects.empty()) page.next = with_parameter(asked, "after", cursor);
  return page;
}

const api_list lists[] = {
    {.name = "incidents",
     .permission = "View data, like public incidents and organization settings",
     .format = "incidentio-incidents",
     .first = first_incidents,
     .read = read_incidents},
};

}

extern constinit const tool_api api{.url = "https://api.incident.io", .scope = "", .lists = lists};

}
