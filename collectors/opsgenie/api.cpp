// Opsgenie's API: new alerts in the order of their creation, and older alerts that changed. The report of an alert
// contains when it was acknowledged and closed.
#include <algorithm>

#include "collectors/base/text.hpp"
#include "collectors/facts.hpp"
#include "collectors/opsgenie/opsgenie.hpp"

namespace releasehealth::opsgenie {
namespace {

constexpr std::int64_t page_size = 100, most_alerts = 20'000;  // per query: Opsgenie rejects a larger offset

std::string milliseconds(timestamp t) {
  return std::to_string(std::chrono::floor<std::chrono::milliseconds>(t.time_since_epoch()).count());
}

api_request alerts(const std::string& query, std::string_view sort, std::string_view order) {
  return {api_path("/v2/alerts?query={query}&sort={sort}&order={order}&limit={limit}&offset=0",
                   {{"query", query}, {"sort", sort}, {"order", order}, {"limit", std::to_string(page_size)}})};
}

/// A page, and whether the query has more alerts than Opsgenie lists.
struct listed {
  api_page page;
  bool is_cut_off = false;
};

result<listed> read_page(const api_request& asked, const api_answer& answer) {
  auto all = objects_at(answer, "/data");
  if (!all) return all.error();
  listed found{{std::move(*all), {}}};
  if (found.page.objects.empty() || text_at(answer.body, "/paging/next").empty()) return found;
  const auto offset = parse_number<std::int64_t>(parameter_of(asked, "offset")).value_or(0) + page_size;
  if (offset + page_size <= most_alerts)
    found.page.next = with_parameter(asked, "offset", std::to_string(offset));
  else
    found.is_cut_off = true;
  return found;
}

// ---- new alerts, the oldest first

api_request alerts_created_since(timestamp since) {
  return alerts("createdAt > " + milliseconds(since - std::chrono::milliseconds(1)), "createdAt", "asc");
}

api_request first_new(const api_place& place) { return alerts_created_since(place.since); }

result<api_page> read_new(const api_place&, const api_request& asked, const api_answer& answer) {
  auto found = read_page(asked, answer);
  if (!found) return found.error();
  if (found->is_cut_off) {
    const auto last = sender_time_at(found->page.objects.back(), "/createdAt");
    const auto rest = last ? alerts_created_since(*last) : asked;
    if (parameter_of(rest, "query") == parameter_of(asked, "query"))
      return error(errc::unreadable, "one millisecond has more than 20,000 alerts");
    found->page.next = rest;
  }
  return std::move(found->page);
}

// ---- older alerts that changed, the latest change first

api_request first_changed(const api_place& place) {
  return alerts("createdAt < " + milliseconds(place.since), "updatedAt", "desc");
}

result<api_page> read_changed(const api_place& place, const api_request& asked, const api_answer& answer) {
  auto found = read_page(asked, answer);
  if (!found) return found.error();
  const auto is_old = [&](const json::object& one) {
    const auto updated_at = sender_time_at(one, "/updatedAt");
    return updated_at && *updated_at < place.since;
  };
  auto& page = found->page;
  const bool ends = !page.objects.empty() && is_old(page.objects.back());
  if (found->is_cut_off && !ends) return error(errc::unreadable, "more than 20,000 older alerts changed");
  if (ends) page.next.reset();
  std::erase_if(page.objects, is_old);
  return std::move(page);
}

// ---- the entity, which names the service of alerts without a tag for it

std::vector<api_request> ask_for_entities(const api_place&, const std::vector<json::object>& found) {
  std::vector<api_request> all;
  for (const auto& one : found)
    if (tag_at(one, "/tags", service_tags).empty())
      all.push_back({api_path("/v2/alerts/{alert}?identifierType=id", {{"alert", text_at(one, "/id")}})});
  return all;
}

result<std::optional<api_request>> add_entity(std::vector<json::object>& found, const api_request&,
                                              const api_answer& answer) {
  const auto id = text_at(answer.body, "/data/id");
  const auto alert = std::ranges::find(found, id, [](const json::object& one) { return text_at(one, "/id"); });
  if (alert != found.end())
    for (const auto& [name, value] : members_of(value_at(answer.body, "/data"), {"entity", "details"}))
      (*alert)[name] = value;
  return std::optional<api_request>();
}

constexpr std::string_view permission = "Read";

// A change between the first requests of both lists is in neither of them the next time, unless new alerts are read
// again for longer.
const api_list lists[] = {
    {.name = "changed alerts",
     .permission = permission,
     .format = "opsgenie-alerts",
     .first = first_changed,
     .read = read_changed,
     .details = ask_for_entities,
     .complete = add_entity,
     .may_lack_details = true},
    {.name = "new alerts",
     .permission = permission,
     .format = "opsgenie-alerts",
     .first = first_new,
     .read = read_new,
     .overlap = std::chrono::days(1),
     .details = ask_for_entities,
     .complete = add_entity,
     .may_lack_details = true},
};

}

extern constinit const tool_api api{
    .url = "https://api.opsgenie.com", .scope = "", .lists = lists, .prefix = "GenieKey "};

}
