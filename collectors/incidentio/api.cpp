// incident.io's API: incidents that changed, each with all its timestamps.
#include "collectors/api.hpp"

#include "collectors/base/form.hpp"
#include "collectors/facts.hpp"

namespace releasehealth::incidentio {
namespace {

api_request first_incidents(const api_place& place) {
  return {"/v2/incidents?page_size=250&updated_at%5Bgte%5D=" + encode_part(format_time(place.since))};
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
     .permission = "View data",
     .format = "incidentio-incidents",
     .first = first_incidents,
     .read = read_incidents},
};

}

extern constinit const tool_api api{.url = "https://api.incident.io", .scope = "", .lists = lists};

}
