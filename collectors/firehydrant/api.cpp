// FireHydrant's API: incidents that changed, each with the milestones that it has reached.
#include "collectors/api.hpp"

#include "collectors/base/form.hpp"
#include "collectors/facts.hpp"

namespace releasehealth::firehydrant {
namespace {

api_request first_incidents(const api_place& place) {
  return {"/v1/incidents?per_page=100&page=1&updated_after=" + encode_part(format_time(place.since))};
}

result<api_page> read_incidents(const api_place&, const api_request& asked, const api_answer& answer) {
  auto all = objects_at(answer, "/data");
  if (!all) return all.error();
  api_page page{std::move(*all), {}};
  if (const auto next = number_at(answer.body, "/pagination/next"); next && !page.objects.empty())
    page.next = with_parameter(asked, "page", std::to_string(*next));
  return page;
}

const api_list lists[] = {
    {.name = "incidents",
     .permission = "Read incidents",
     .format = "firehydrant-incidents",
     .first = first_incidents,
     .read = read_incidents},
};

}

extern constinit const tool_api api{.url = "https://api.firehydrant.io", .scope = "", .lists = lists};

}
