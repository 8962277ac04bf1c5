// Rootly's API, by JSON:API: the incidents that changed, each with the assignments of its roles and its causes.
#include <map>

#include "collectors/facts.hpp"
#include "collectors/rootly/rootly.hpp"

namespace releasehealth::rootly {
namespace {

constexpr std::string_view page_size = "100";

// By creation, an order that changes do not affect.
api_request first_incidents(const api_place& place) {
  return {
      api_path("/v1/incidents?page%5Bsize%5D={size}&page%5Bnumber%5D=1&sort=created_at&include=roles%2Ccauses"
               "&filter%5Bupdated_at%5D%5Bgte%5D={since}",
               {{"size", page_size}, {"since", format_time(std::chrono::floor<std::chrono::seconds>(place.since))}})};
}

using resource_id = std::pair<std::string, std::string>;  // type, id
resource_id id_of(const json::value& resource) { return {text_at(resource, "/type"), text_at(resource, "/id")}; }

// Whatever an incident's relationships name, in their order.
json::array related(const json::object& incident, const std::map<resource_id, const json::value*>& included) {
  json::array all;
  const auto relationships = value_at(incident, "/relationships");
  if (!relationships.is_object()) return all;
  for (const auto& [name, one] : relationships.get_object())
    for (const auto& reference : elements_at(one, "/data"))
      if (const auto found = included.find(id_of(reference)); found != included.end()) all.push_back(*found->second);
  return all;
}

result<api_page> read_incidents(const api_place&, const api_request& asked, const api_answer& answer) {
  auto all = objects_at(answer, "/data");
  if (!all) return all.error();
  api_page page{std::move(*all), {}};
  if (const auto next = number_at(answer.body, "/meta/next_page"))
    page.next = with_parameter(asked, "page[number]", std::to_string(*next));
  std::map<resource_id, const json::value*> included;
  for (const auto& one : elements_at(answer.body, "/included")) included.emplace(id_of(one), &one);
  for (auto& one : page.objects) one["included"] = related(one, included);
  return page;
}

const api_list lists[] = {
    {.name = "incidents",
     .permission = "Incidents: Read",
     .format = "rootly-incidents",
     .first = first_incidents,
     .read = read_incidents},
};

}

extern constinit const tool_api api{
    .url = "https://api.rootly.com", .scope = "", .lists = lists, .accept = "application/vnd.api+json"};

}
