// PagerDuty's API: the log entries of all incidents, each with its incident. Once an incident is resolved, it no longer
// contains its acknowledgements.
#include <algorithm>

#include "collectors/base/text.hpp"
#include "collectors/facts.hpp"
#include "collectors/pagerduty/pagerduty.hpp"

namespace releasehealth::pagerduty {
namespace {

using std::chrono::seconds;
constexpr std::int64_t page_size = 100, most_records = 10'000;  // per query: PagerDuty rejects a larger offset
constexpr duration longest_window = std::chrono::days(30);

// `time_zone` keeps the text of times the same whatever the account's zone is. An overview may lack acknowledgements: it
// is documented as a subset only.
api_request entries_between(timestamp since, timestamp until) {
  return {
      api_path("/log_entries?is_overview=false&include%5B%5D=incidents&time_zone=UTC&limit={limit}&offset=0"
               "&since={since}&until={until}",
               {{"limit", std::to_string(page_size)}, {"since", format_time(since)}, {"until", format_time(until)}})};
}

timestamp end_of(const api_place& place) { return std::chrono::ceil<seconds>(place.until); }

api_request first_entries(const api_place& place) {
  const timestamp since = std::chrono::floor<seconds>(place.since);
  return entries_between(since, std::min(since + longest_window, end_of(place)));
}

/// The rest of the window; its first half if it has more records than a query returns; or the next window.
result<std::optional<api_request>> next_entries(const api_place& place, const api_request& asked,
                                                const api_answer& answer) {
  const auto since = parse_time(parameter_of(asked, "since")), until = parse_time(parameter_of(asked, "until"));
  if (!since || !until) return error(errc::unreadable, "the request has no time window");
  const auto length = *until - *since;
  if (flag_at(answer.body, "/more")) {
    const auto limit = std::clamp<std::int64_t>(number_at(answer.body, "/limit").value_or(page_size), 1, page_size);
    const auto offset = parse_number<std::int64_t>(parameter_of(asked, "offset")).value_or(0) + limit;
    if (offset + page_size <= most_records)
      return std::optional(with_parameter(asked, "offset", std::to_string(offset)));
    if (length < seconds(2)) return error(errc::unreadable, "one second has more than 10,000 log entries");
    return std::optional(entries_between(*since, *since + std::chrono::floor<seconds>(length / 2)));
  }
  const auto end = end_of(place);
  if (*until >= end) return std::optional<api_request>();
  return std::optional(entries_between(*until, std::min(*until + std::min(2 * length, longest_window), end)));
}

result<api_page> read_entries(const api_place& place, const api_request& asked, const api_answer& answer) {
  auto entries = objects_at(answer, "/log_entries");
  if (!entries) return entries.error();
  auto next = next_entries(place, asked, answer);
  if (!next) return next.error();
  return api_page{std::move(*entries), std::move(*next)};
}

const api_list lists[] = {
    {.name = "log entries",
     .permission = "incidents.read",
     .format = "pagerduty-log-entries",
     .first = first_entries,
     .read = read_entries},
};

}

extern constinit const tool_api api{.url = "https://api.pagerduty.com",
                                    .scope = "",
                                    .lists = lists,
                                    .prefix = "Token token=",
                                    .accept = "application/vnd.pagerduty+json;version=2"};

}
