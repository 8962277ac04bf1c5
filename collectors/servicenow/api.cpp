// ServiceNow's Table API: the incidents that changed.
#include "collectors/api.hpp"

#include <algorithm>

#include "collectors/base/text.hpp"
#include "collectors/facts.hpp"

namespace releasehealth::servicenow {
namespace {

constexpr std::size_t page_size = 100;
constexpr std::string_view fields =
    "sys_id,sys_mod_count,sys_created_on,sys_updated_on,number,short_description,description,state,priority,"
    "business_service,assigned_to,caused_by,correlation_id,parent_incident,close_code,opened_at,resolved_at";

// The order is one that updates do not change, so that no row moves from a page not yet read to one already read. There
// is no upper bound: a row that is updated meanwhile would leave the list and move the others.
api_request first_incidents(const api_place& place) {
  auto since = format_time(std::chrono::floor<std::chrono::seconds>(place.since));
  std::ranges::replace(since, 'T', ' ');
  if (since.ends_with('Z')) since.pop_back();
  return {
      api_path("/api/now/table/incident?sysparm_query={query}&sysparm_fields={fields}&sysparm_display_value=all"
               "&sysparm_exclude_reference_link=true&sysparm_limit={limit}&sysparm_offset=0",
               {{"query", "sys_updated_on>=" + since + "^ORDERBYsys_created_on^ORDERBYsys_id"},
                {"fields", fields},
                {"limit", std::to_string(page_size)}})};
}

// A page may have fewer rows than its limit, because those that the user may not read are left out.
result<api_page> read_incidents(const api_place& place, const api_request& asked, const api_answer& answer) {
  auto rows = objects_at(answer, "/result");
  if (!rows) return rows.error();
  auto next = next_by_link(place.base, answer);
  if (!next) return next.error();
  if (!*next && rows->size() >= page_size) {  // a proxy may drop the Link header
    const auto offset = parse_number<std::size_t>(parameter_of(asked, "sysparm_offset")).value_or(0);
    *next = with_parameter(asked, "sysparm_offset", std::to_string(offset + page_size));
  }
  return api_page{std::move(*rows), std::move(*next)};
}

const api_list lists[] = {
    {.name = "incidents",
     .permission = "sn_incident_read",
     .format = "servicenow-incidents",
     .first = first_incidents,
     .read = read_incidents},
};

}

extern constinit const tool_api api{.url = "", .scope = "", .lists = lists};

}
