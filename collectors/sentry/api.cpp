// Sentry's API: the issues of each organization, with the first event of new ones and the activities of changed ones.
#include <algorithm>

#include "collectors/base/text.hpp"
#include "collectors/facts.hpp"
#include "collectors/sentry/sentry.hpp"

namespace releasehealth::sentry {
namespace {

std::string base_of(std::string api_url) { return std::move(api_url) + "/api/0"; }

// ---- organizations

std::vector<api_request> scopes(const api_place&) { return {{"/organizations/"}}; }

result<api_page> read_scopes(const api_place& place, const api_request&, const api_answer& answer) {
  auto all = objects_at(answer, "");
  if (!all) return all.error();
  auto next = next_by_link(place.base, answer);
  if (!next) return next.error();
  api_page page{{}, std::move(*next)};
  for (const auto& one : *all) page.objects.push_back({{"scope", value_at(one, "/slug")}});
  return page;
}

// ---- issues

// 2001-12-14T12:34:56, as the API reads a time: in UTC, without an offset.
std::string in_utc(timestamp t) {
  auto text = format_time(std::chrono::floor<std::chrono::seconds>(t));
  if (text.ends_with('Z')) text.pop_back();
  return text;
}

// An empty query means all issues; without one, the API lists unresolved issues only.
api_request issues_sorted_by(const api_place& place, std::string_view order) {
  return {
      api_path("/organizations/{organization}/issues/?query=&project=-1&collapse=stats&limit=100&sort={order}"
               "&start={start}&end={end}",
               {{"organization", place.scope},
                {"order", order},
                {"start", in_utc(place.since)},
                {"end", in_utc(place.until + std::chrono::minutes(1))}})};
}

/// The issues of a page that are not older than `since`, by the time at a pointer, by which the list is sorted.
result<api_page> read_issues(const api_place& place, const api_answer& answer, std::string_view sorted_by) {
  auto all = objects_at(answer, "");
  if (!all) return all.error();
  auto next = next_by_link(place.base, answer);
  if (!next) return next.error();
  api_page page{std::move(*all), std::move(*next)};
  const auto is_old = [&](const json::object& one) {
    const auto seen_at = time_at(one, sorted_by);
    return seen_at && *seen_at < place.since;
  };
  if (!page.objects.empty() && is_old(page.objects.back())) page.next.reset();
  std::erase_if(page.objects, is_old);
  return page;
}

// Only issues of the configured levels are incidents, and worth a request each.
std::vector<api_request> ask_for_each(const api_place& place, const std::vector<json::object>& issues,
                                      std::string_view path) {
  const auto levels = place.settings.list("levels");
  const auto is_counted = [&](const std::string& level) {
    if (levels.empty()) return has_word(default_levels, level);
    return levels.front() == "any" || std::ranges::find(levels, level) != levels.end();
  };
  std::vector<api_request> all;
  for (const auto& one : issues)
    if (is_counted(text_at(one, "/level")))
      all.push_back({api_path(path, {{"organization", place.scope}, {"issue", text_at(one, "/id")}})});
  return all;
}

json::object* issue_with(std::vector<json::object>& issues, const std::string& id) {
  const auto found = std::ranges::find(issues, id, [](const json::object& one) { return text_at(one, "/id"); });
  return id.empty() || found == issues.end() ? nullptr : &*found;
}

// ---- new issues, each with its first event

api_request first_new(const api_place& place) { return issues_sorted_by(place, "new"); }
result<api_page> read_new(const api_place& place, const api_request&, const api_answer& answer) {
  return read_issues(place, answer, "/firstSeen");
}

std::vector<api_request> ask_for_first_events(const api_place& place, const std::vector<json::object>& issues) {
  return ask_for_each(place, issues, "/organizations/{organization}/issues/{issue}/events/oldest/");
}

result<std::optional<api_request>> add_first_event(std::vector<json::object>& issues, const api_request&,
                                                   const api_answer& answer) {
  if (auto* const issue = issue_with(issues, text_at(answer.body, "/groupID"))) (*issue)["event"] = answer.body;
  return std::optional<api_request>();
}

// ---- changed issues, each with its activities

// The list does not tell when an issue was resolved or assigned, only that it is.
bool is_changed(const json::object& issue) {
  const auto substatus = text_at(issue, "/substatus");
  return text_at(issue, "/status") != "unresolved" || value_at(issue, "/assignedTo").is_object() ||
         substatus == "regressed" || substatus == "escalating";
}

api_request first_changed(const api_place& place) { return issues_sorted_by(place, "date"); }
result<api_page> read_changed(const api_place& place, const api_request&, const api_answer& answer) {
  auto page = read_issues(place, answer, "/lastSeen");
  if (page) std::erase_if(page->objects, [](const json::object& one) { return !is_changed(one); });
  return page;
}

std::vector<api_request> ask_for_activities(const api_place& place, const std::vector<json::object>& issues) {
  return ask_for_each(place, issues, "/organizations/{organization}/issues/{issue}/");
}

result<std::optional<api_request>> add_activities_to(std::vector<json::object>& issues, const api_request&,
                                                     const api_answer& answer) {
  if (auto* const issue = issue_with(issues, text_at(answer.body, "/id")))
    (*issue)["activity"] = value_at(answer.body, "/activity");
  return std::optional<api_request>();
}

constexpr std::string_view permission = "event:read";
// An issue that is resolved later than this after its last event is not found again.
constexpr auto month = std::chrono::days(30);

const api_list lists[] = {
    {.name = "new issues",
     .permission = permission,
     .format = "sentry-issues",
     .first = first_new,
     .read = read_new,
     .details = ask_for_first_events,
     .complete = add_first_event,
     .may_lack_details = true},  // events expire before their issue
    {.name = "changed issues",
     .permission = permission,
     .format = "sentry-issues",
     .first = first_changed,
     .read = read_changed,
     .overlap = month,
     .details = ask_for_activities,
     .complete = add_activities_to,
     .may_lack_details = true},  // the issue was deleted or merged
};

}

extern constinit const tool_api api{.url = "https://sentry.io",
                                    .scope = "organization",
                                    .example = "acme",
                                    .lists = lists,
                                    .scopes = scopes,
                                    .read_scopes = read_scopes,
                                    .base = base_of};

}
