// Rootly's API: incidents that changed, each with all its milestones.
#include "collectors/api.hpp"

#include "collectors/base/form.hpp"
#include "collectors/facts.hpp"

namespace releasehealth::rootly {
namespace {

api_request first_incidents(const api_place& place) {
  return {"/v1/incidents?page%5Bsize%5D=100&page%5Bnumber%5D=1&sort=created_at&filter%5Bupdated_at%5D%5Bgte%5D=" +
          encode_part(format_time(place.since))};
}

result<api_page> read_incidents(const api_place&, const api_request& asked, const api_answer& answer) {
  auto all = objects_at(answer, "/data");
  if (!all) return all.error();
  api_page page{std::move(*all), {}};
  if (const auto next = number_at(answer.body, "/meta/next_page"); next && !page.objects.empty())
    page.next = with_parameter(asked, "page[number]", std::to_string(*next));
  return page;
}

const api_list lists[] = {
    {.name = "incidents",
     .permission = "Incidents: read",
     .format = "rootly-incidents",
     .first = first_incidents,
     .read = read_incidents},
};

}

extern constinit const tool_api api{
    .url = "https://api.rootly.com", .scope = "", .lists = lists, .accept = "application/vnd.api+json"};

}
