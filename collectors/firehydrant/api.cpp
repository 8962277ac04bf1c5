// FireHydrant's API: the incidents that changed, and those that were archived.
#include "collectors/facts.hpp"
#include "collectors/firehydrant/firehydrant.hpp"

namespace releasehealth::firehydrant {
namespace {

constexpr std::string_view page_size = "100";

api_request incidents_updated_since(timestamp since) {
  return {api_path("/v1/incidents?per_page={size}&page=1&updated_after={since}",
                   {{"size", page_size}, {"since", format_time(std::chrono::floor<std::chrono::seconds>(since))}})};
}

api_request first_incidents(const api_place& place) { return incidents_updated_since(place.since); }

api_request first_archived(const api_place& place) {
  return with_parameter(incidents_updated_since(place.since), "archived", "true");
}

result<api_page> read_incidents(const api_place&, const api_request& asked, const api_answer& answer) {
  auto all = objects_at(answer, "/data");
  if (!all) return all.error();
  api_page page{std::move(*all), {}};
  if (const auto next = number_at(answer.body, "/pagination/next"); next && !page.objects.empty())
    page.next = with_parameter(asked, "page", std::to_string(*next));
  return page;
}

result<api_page> read_archived(const api_place& place, const api_request& asked, const api_answer& answer) {
  auto page = read_incidents(place, asked, answer);
  if (page) std::erase_if(page->objects, [](const auto& one) { return text_at(one, "/discarded_at").empty(); });
  return page;
}

constexpr std::string_view permission = "read_incidents";

const api_list lists[] = {
    {.name = "incidents",
     .permission = permission,
     .format = "firehydrant-incidents",
     .first = first_incidents,
     .read = read_incidents},
    {.name = "archived incidents",
     .permission = permission,
     .format = "firehydrant-incidents",
     .first = first_archived,
     .read = read_archived},
};

}

extern constinit const tool_api api{.url = "https://api.firehydrant.io", .scope = "", .lists = lists};

}
