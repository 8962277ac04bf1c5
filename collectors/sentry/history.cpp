// History from Sentry's API, converted into the webhooks that would have reported it.
#include <algorithm>

#include "collectors/facts.hpp"
#include "collectors/sentry/sentry.hpp"

namespace releasehealth::sentry {
namespace {

// The types of activities, and the action of the webhook that reports each. `set_resolved_in_pull_request` only
// announces a resolution.
constexpr std::pair<std::string_view, std::string_view> actions[] = {
    {"assigned", "assigned"},
    {"set_resolved", "resolved"},
    {"set_resolved_in_release", "resolved"},
    {"set_resolved_in_commit", "resolved"},
    {"set_resolved_by_age", "resolved"},
    {"set_ignored", "archived"},
    {"set_unresolved", "unresolved"},
    {"set_regression", "unresolved"},
    {"set_escalating", "unresolved"},
};

// The facts that webhooks report. Counters are left out: they would make another event of each reading.
json::object facts_of(const json::value& issue) {
  json::object facts{{"id", value_at(issue, "/id")},
                     {"title", value_at(issue, "/title")},
                     {"level", value_at(issue, "/level")},
                     {"firstSeen", value_at(issue, "/firstSeen")},
                     {"web_url", value_at(issue, "/permalink")}};
  facts["project"] = {{"slug", value_at(issue, "/project/slug")}};
  return facts;
}

json::value tag(const json::value& event, std::string_view key) {
  for (const auto& one : elements_at(event, "/tags"))
    if (text_at(one, "/key") == key) return value_at(one, "/value");
  return nullptr;
}

// The issue alert of the first event, with the release and the environment.
past_delivery first_event_of(const json::value& issue) {
  const auto first = value_at(issue, "/event");
  const auto page = text_at(issue, "/permalink");
  json::object alert{{"issue_id", value_at(issue, "/id")},
                     {"title", value_at(issue, "/title")},
                     {"level", tag(first, "level")},
                     {"datetime", value_at(first, "/dateCreated")},
                     {"project_slug", value_at(issue, "/project/slug")},
                     {"environment", tag(first, "environment")},
                     {"release", tag(first, "release")}};
  if (page.ends_with('/')) alert["web_url"] = page + "events/" + text_at(first, "/eventID") + '/';
  return {{{"action", "triggered"}, {"data", {{"event", std::move(alert)}}}}, "event_alert"};
}

// The API lists the latest activity first.
void add_activities(std::vector<past_delivery>& all, const json::value& issue) {
  std::string status = "unresolved";
  const auto activities = elements_at(issue, "/activity");
  for (auto one = activities.rbegin(); one != activities.rend(); ++one) {
    const auto* const known = std::ranges::find(actions, text_at(*one, "/type"), [](const auto& a) { return a.first; });
    if (known == std::end(actions)) continue;
    const auto action = known->second;
    if (action != "assigned") status = action == "archived" ? "ignored" : action;
    auto facts = facts_of(issue);
    facts["status"] = status;
    all.push_back(
        {{{"action", action},
          {"data", {{"issue", std::move(facts)}, {"activity", {{"dateCreated", value_at(*one, "/dateCreated")}}}}}},
         "issue"});
  }
}

result<std::vector<past_delivery>> issue_of(const json::value& issue) {
  std::vector<past_delivery> all = {{{{"action", "created"}, {"data", {{"issue", facts_of(issue)}}}}, "issue"}};
  if (value_at(issue, "/event").is_object()) all.push_back(first_event_of(issue));
  add_activities(all, issue);
  return all;
}

}

const api_shape history[] = {
    {.format = "sentry-issues",
     .help = "GET /api/0/organizations/{organization}/issues/{issue}/, each with .../events/oldest/ as `event`",
     .type_header = "Sentry-Hook-Resource",
     .tell = issue_of},
};

}
