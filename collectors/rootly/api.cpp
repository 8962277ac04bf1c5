// Rootly's API, by JSON:API: the incidents that changed, each with the assignments of its roles and its causes.
#include <set>

#include "collectors/facts.hpp"
#include "collectors/rootly/rootly.hpp"

namespace releasehealth::rootly {
namespace {

constexpr std::string_view page_size = "100";

// By creation, an order that changes do not affect. Pages are large, because five requests a minute are permitted.
api_request first_incidents(const api_place& place) {
  return {
      api_path("/v1/incidents?page%5Bsize%5D={size}&sort=created_at&include=roles%2Ccauses"
               "&filter%5Bupdated_at%5D%5Bgte%5D={since}",
               {{"size", page_size}, {"since", format_time(std::chrono::floor<std::chrono::seconds>(place.since))}})};
}

using resource_id = std::pair<std::string, std::string>;  // type, id

// Whatever an incident's relationships name.
std::set<resource_id> related(const json::object& incident) {
  std::set<resource_id> all;
  const auto relationships = value_at(incident, "/relationships");
  if (!relationships.is_object()) return all;
  for (const auto& [name, one] : relationships.get_object())
    for (const auto& resource : elements_at(one, "/data"))
      all.emplace(text_at(resource, "/type"), text_at(resource, "/id"));
  return all;
}

result<std::optional<api_request>> next_page(const api_place& place, const api_request& asked,
                                             const api_answer& answer) {
  if (const auto cursor = text_at(answer.body, "/meta/next_cursor"); !cursor.empty())
    return std::optional(with_parameter(asked, "page[after]", cursor));
  const auto url = text_at(answer.body, "/links/next");
  if (url.empty()) return std::optional<api_request>();
  auto next = request_of_url(place.base, url);
  if (!next) return next.error();
  return std::optional(std::move(*next));
}

result<api_page> read_incidents(const api_place& place, const api_request& asked, const api_answer& answer) {
  auto all = objects_at(answer, "/data");
  if (!all) return all.error();
  auto next = next_page(place, asked, answer);
  if (!next) return next.error();
  api_page page{std::move(*all), {}};
  if (!page.objects.empty()) page.next = std::move(*next);
  for (auto& one : page.objects) {
    json::array included;
    const auto own = related(one);
    for (const auto& resource : elements_at(answer.body, "/included"))
      if (own.contains({text_at(resource, "/type"), text_at(resource, "/id")})) included.push_back(resource);
    one["included"] = std::move(included);
  }
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
