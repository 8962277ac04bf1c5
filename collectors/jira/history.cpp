// History from Jira's API, converted into the webhooks that would have reported it.
#include "collectors/collector.hpp"
#include "collectors/fields.hpp"

namespace releasehealth::jira {
namespace {

result<std::vector<past_delivery>> issue_of(const json::value& issue) {
  const auto updated = time_at(issue, "/fields/updated"), loosely = sender_time_at(issue, "/fields/updated");
  const auto when = updated ? updated : loosely;
  if (!when)
    return error(errc::malformed, "is not an issue",
                 {{"/fields/updated", "missing or not a time; expected one like 2026-03-01T09:00:00.000+0000"}});
  return std::vector<past_delivery>{
      {{{"webhookEvent", "jira:issue_updated"}, {"timestamp", format_time(*when)}, {"issue", issue}}}};
}

}

extern const api_shape history[1];
const api_shape history[] = {
    {.format = "jira",
     .help = "GET /rest/api/3/search/jql?fields=*all: issues of the type Incident",
     .members = "issues",
     .tell = issue_of},
};

}
