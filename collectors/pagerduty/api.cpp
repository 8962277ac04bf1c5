// PagerDuty's API: the log of all incidents, each entry with its incident.
#include "collectors/api.hpp"

#include <algorithm>

#include "collectors/base/form.hpp"
#include "collectors/base/text.hpp"
#include "collectors/facts.hpp"

namespace releasehealth::pagerduty {
namespace {

constexpr std::int64_t page_size = 100, most_offset = 9900;  // PagerDuty shows 10,000 entries of a window
constexpr auto window = std::chrono::days(30);

/// `window_end`: where the next window begins; PagerDuty ignores it.
api_request entries_in(timestamp begin, timestamp end, timestamp window_end) {
  return {"/log_entries?limit=" + std::to_string(page_size) +
          "&offset=0&is_overview=false&include%5B%5D=incidents&since=" + encode_part(format_time(begin)) +
          "&until=" + encode_part(format_time(end)) + "&window_end=" + encode_part(format_time(window_end))};
}

api_request window_at(const api_place& place, timestamp begin) {
  const auto end = std::min(place.until, begin + window);
  return entries_in(begin, end, end);
}

api_request first_entries(const api_place& place) { return window_at(place, place.since); }

// The newest entry of a window first; the oldest window first. A window with too many entries is cut at the oldest
// entry that was read.
result<api_page> read_entries(const api_place& place, const api_request& asked, const api_answer& answer) {
  auto all = objects_at(answer, "/log_entries");
  if (!all) return all.error();
  api_page page{std::move(*all), {}};
  const auto offset = parse_number<std::int64_t>(parameter_of(asked, "offset")).value_or(0);
  const auto begin = parse_time(parameter_of(asked, "since")), end = parse_time(parameter_of(asked, "window_end"));
  const auto oldest = page.objects.empty() ? std::nullopt : time_at(page.objects.back(), "/created_at");
  if (flag_at(answer.body, "/more") && offset < most_offset)
    page.next = with_parameter(asked, "offset", std::to_string(offset + page_size));
  else if (flag_at(answer.body, "/more") && begin && end && oldest)
    page.next = entries_in(*begin, *oldest + std::chrono::seconds(1), *end);
  else if (end && *end < place.until)
    page.next = window_at(place, *end);
  return page;
}

const api_list lists[] = {
    {.name = "log entries",
     .permission = "Read-only API Key",
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
