// Opsgenie's API: alerts, those that changed last first.
#include "collectors/api.hpp"

#include "collectors/facts.hpp"

namespace releasehealth::opsgenie {
namespace {

api_request first_alerts(const api_place&) { return {"/v2/alerts?limit=100&sort=updatedAt&order=desc"}; }

result<api_page> read_alerts(const api_place& place, const api_request&, const api_answer& answer) {
  auto all = objects_at(answer, "/data");
  if (!all) return all.error();
  api_page page{std::move(*all), {}};
  const auto is_old = [&](const json::object& one) {
    const auto updated_at = time_at(one, "/updatedAt");
    return updated_at && *updated_at < place.since;
  };
  const auto next = text_at(answer.body, "/paging/next");
  if (!next.empty() && !page.objects.empty() && !is_old(page.objects.back())) {
    auto request = request_of_url(place.base, next);
    if (!request) return request.error();
    page.next = std::move(*request);
  }
  std::erase_if(page.objects, is_old);
  return page;
}

const api_list lists[] = {
    {.name = "alerts",
     .permission = "Read",
     .format = "opsgenie-alerts",
     .first = first_alerts,
     .read = read_alerts,
     .shows_changes_first = true},
};

}

extern constinit const tool_api api{
    .url = "https://api.opsgenie.com", .scope = "", .lists = lists, .prefix = "GenieKey "};

}
