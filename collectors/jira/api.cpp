// Jira's API: the issues that are incidents, each with its changelog. Cloud has a search with tokens, Data Center the
// older one with positions; both in version 2, whose descriptions are text as in webhooks.
#include "collectors/api.hpp"

#include "collectors/base/form.hpp"
#include "collectors/base/text.hpp"
#include "collectors/facts.hpp"

namespace releasehealth::jira {
namespace {

constexpr int page_size = 100;
constexpr std::string_view read_fields =
    "summary,description,status,resolution,created,updated,resolutiondate,statuscategorychangedate,priority,issuetype,"
    "labels,components,project,issuelinks";

// Cloud's tokens belong to a user; Data Center's stand alone.
bool is_cloud(const source& settings) { return !settings.setting("api_user").empty(); }

std::string quoted_list(std::span<const std::string> words) {
  std::string all;
  for (const auto& word : words) {
    all += all.empty() ? "\"" : ", \"";
    for (const char c : word) all += (c == '"' || c == '\\' ? std::string("\\") : std::string()) + c;
    all += '"';
  }
  return all;
}

// JQL reads times in the zone of the token's user, at most 12 hours behind UTC, in whole minutes.
std::string in_jql(timestamp t) {
  constexpr std::size_t until_minutes = 16;  // 2026-03-01 09:00
  auto text = format_time(t - std::chrono::hours(12)).substr(0, until_minutes);
  text[10] = ' ';
  return text;
}

std::string query(const api_place& place) {
  const auto types = place.settings.list("incidents.types"), labels = place.settings.list("incidents.labels");
  const auto is_one = "issuetype in (" + (types.empty() ? "\"Incident\"" : quoted_list(types)) + ')' +
                      (labels.empty() ? "" : " OR labels in (" + quoted_list(labels) + ')');
  return '(' + is_one + ") AND updated >= \"" + in_jql(place.since) + "\" ORDER BY updated ASC, key ASC";
}

api_request search(const api_place& place, const std::string& token) {
  json::object body{{"jql", query(place)}, {"maxResults", page_size}, {"expand", "changelog"}};
  json::array names;
  for (std::string_view rest = read_fields; !rest.empty();) names.emplace_back(take_part(rest, ','));
  body["fields"] = std::move(names);
  if (!token.empty()) body["nextPageToken"] = token;
  return {"/rest/api/2/search/jql", json::serialize(body)};
}

api_request first_issues(const api_place& place) {
  if (is_cloud(place.settings)) return search(place, {});
  return {"/rest/api/2/search?maxResults=" + std::to_string(page_size) +
          "&startAt=0&expand=changelog&fields=" + std::string(read_fields) + "&jql=" + encode_part(query(place))};
}

result<api_page> read_issues(const api_place& place, const api_request& asked, const api_answer& answer) {
  auto issues = objects_at(answer, "/issues");
  if (!issues) return issues.error();
  api_page page{std::move(*issues), {}};
  if (const auto token = text_at(answer.body, "/nextPageToken"); is_cloud(place.settings) && !token.empty()) {
    page.next = search(place, token);
  } else if (!is_cloud(place.settings)) {
    const auto end = number_at(answer.body, "/startAt").value_or(0) + static_cast<std::int64_t>(page.objects.size());
    if (!page.objects.empty() && end < number_at(answer.body, "/total").value_or(0))
      page.next = with_parameter(asked, "startAt", std::to_string(end));
  }
  return page;
}

// The changelog names statuses; their categories, which are states here, are the same for all issues.
std::vector<api_request> ask_for_statuses(const api_place&, const std::vector<json::object>& issues) {
  return issues.empty() ? std::vector<api_request>() : std::vector<api_request>{{"/rest/api/2/status"}};
}

result<std::optional<api_request>> add_categories(std::vector<json::object>& issues, const api_request&,
                                                  const api_answer& answer) {
  json::object categories;
  for (const auto& status : elements_at(answer.body, ""))
    categories[text_at(status, "/id")] = value_at(status, "/statusCategory/key");
  for (auto& one : issues) one["categories"] = categories;
  return std::optional<api_request>();
}

const api_list lists[] = {
    {.name = "issues",
     .permission = "Browse projects",
     .format = "jira",
     .first = first_issues,
     .read = read_issues,
     .details = ask_for_statuses,
     .complete = add_categories},
};

}

extern constinit const tool_api api{.url = "", .scope = "", .lists = lists};

}
