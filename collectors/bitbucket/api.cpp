// The API of Bitbucket Cloud: its own deployments, pull requests, commits and tags.
#include "collectors/api.hpp"

#include "collectors/base/form.hpp"
#include "collectors/bitbucket/hook.hpp"
#include "collectors/facts.hpp"

namespace releasehealth::bitbucket {
namespace {

std::string base_of(std::string api_url) { return std::move(api_url) + "/2.0"; }

// ---- repositories

std::vector<api_request> scopes(const api_place& place) {
  std::vector<api_request> all;
  for (const auto& pattern : place.settings.list("api_include")) {
    const auto slash = pattern.find('/');
    const std::string workspace = pattern.substr(0, slash),
                      slug = pattern.substr(std::min(slash, pattern.size() - 1) + 1);
    const bool is_one = slash != pattern.npos && pattern.find('*') == pattern.npos;
    all.push_back({is_one ? api_path("/repositories/{workspace}/{slug}", {{"workspace", workspace}, {"slug", slug}})
                          : api_path("/repositories/{workspace}?pagelen=100", {{"workspace", workspace}})});
  }
  return all;
}

/// The request for the next page, which the answer names.
result<std::optional<api_request>> next_of(const api_place& place, const api_answer& answer) {
  const auto url = text_at(answer.body, "/next");
  if (url.empty()) return std::optional<api_request>();
  auto next = request_of_url(place.base, url);
  if (!next) return next.error();
  return std::optional(std::move(*next));
}

result<api_page> read_scopes(const api_place& place, const api_request&, const api_answer& answer) {
  api_page page;
  const auto add = [&](const json::value& one) { page.objects.push_back({{"scope", value_at(one, "/full_name")}}); };
  if (!value_at(answer.body, "/values").is_array()) {
    add(answer.body);
    return page;
  }
  for (const auto& one : elements_at(answer.body, "/values")) add(one);
  auto next = next_of(place, answer);
  if (!next) return next.error();
  page.next = std::move(*next);
  return page;
}

// ---- lists, all of them with the newest objects first

api_request of_repository(const api_place& place, const std::string& path) {
  const auto slash = place.scope.find('/');
  return {api_path("/repositories/{workspace}/{slug}",
                   {{"workspace", place.scope.substr(0, slash)}, {"slug", place.scope.substr(slash + 1)}}) +
          path};
}

/// The objects of a page that are not older than `since`, by the time at a pointer, each with its repository.
result<api_page> read_sorted(const api_place& place, const api_answer& answer, std::string_view sorted_by) {
  auto all = objects_at(answer, "/values");
  if (!all) return all.error();
  auto next = next_of(place, answer);
  if (!next) return next.error();
  api_page page{std::move(*all), std::move(*next)};
  const auto is_old = [&](const json::object& one) {
    const auto changed_at = time_at(one, sorted_by);
    return changed_at && *changed_at < place.since;
  };
  // The order of deployments is not documented: a page in another order is not the last one.
  const bool is_sorted = !page.objects.empty() &&
                         time_at(page.objects.front(), sorted_by) >= time_at(page.objects.back(), sorted_by);
  if (is_sorted && is_old(page.objects.back())) page.next.reset();
  std::erase_if(page.objects, is_old);
  for (auto& one : page.objects)
    one["repository"] = {{"full_name", place.scope}, {"default_branch", place.settings.setting("default_branch")}};
  return page;
}

api_request first_deployments(const api_place& place) {
  return of_repository(place, "/deployments?pagelen=100&sort=-state.started_on");
}
result<api_page> read_deployments(const api_place& place, const api_request&, const api_answer& answer) {
  return read_sorted(place, answer, "/state/started_on");
}

// A deployment names its environment by a uuid.
std::vector<api_request> ask_for_environments(const api_place& place, const std::vector<json::object>& all) {
  if (all.empty()) return {};
  return {of_repository(place, "/environments?pagelen=100")};
}

result<std::optional<api_request>> add_environments(std::vector<json::object>& all, const api_request&,
                                                    const api_answer& answer) {
  for (const auto& environment : elements_at(answer.body, "/values"))
    for (auto& one : all)
      if (text_at(one, "/environment/uuid") == text_at(environment, "/uuid")) one["environment"] = environment;
  return std::optional<api_request>();
}

api_request first_pull_requests(const api_place& place) {
  return of_repository(place, "/pullrequests?state=MERGED&sort=-updated_on&pagelen=50&fields=%2Bvalues.participants");
}
result<api_page> read_pull_requests(const api_place& place, const api_request&, const api_answer& answer) {
  return read_sorted(place, answer, "/updated_on");
}

api_request first_commits(const api_place& place) {
  return of_repository(place, "/commits/" + encode_part(place.settings.setting("default_branch")) + "?pagelen=100");
}
result<api_page> read_commits(const api_place& place, const api_request&, const api_answer& answer) {
  return read_sorted(place, answer, "/date");
}

api_request first_tags(const api_place& place) {
  return of_repository(place, "/refs/tags?sort=-target.date&pagelen=100");
}
result<api_page> read_tags(const api_place& place, const api_request&, const api_answer& answer) {
  return read_sorted(place, answer, "/target/date");
}

constexpr auto day = std::chrono::days(1), week = std::chrono::days(7), month = std::chrono::days(30);

const api_list lists[] = {
    {.name = "deployments",
     .permission = "read:pipeline",
     .format = "bitbucket-deployments",
     .first = first_deployments,
     .read = read_deployments,
     .is_needed = [](const source& settings) { return takes_deployments_from(settings, "deployment"); },
     .overlap = day,  // it may run for hours
     .details = ask_for_environments,
     .complete = add_environments},
    {.name = "pull requests",
     .permission = "read:pullrequest",
     .format = "bitbucket-pull-requests",
     .first = first_pull_requests,
     .read = read_pull_requests,
     .shows_changes_first = true},
    {.name = "commits",
     .permission = "read:repository",
     .format = "bitbucket-commits",
     .first = first_commits,
     .read = read_commits,
     .overlap = week},  // a commit may reach the branch days after it was made
    {.name = "tags",
     .permission = "read:repository",
     .format = "bitbucket-tags",
     .first = first_tags,
     .read = read_tags,
     .overlap = month},  // a tag may name an older commit
};

}

extern constinit const tool_api api{.url = "https://api.bitbucket.org",
                                    .scope = "repository",
                                    .example = "acme/*",
                                    .needs_include = true,
                                    .lists = lists,
                                    .scopes = scopes,
                                    .read_scopes = read_scopes,
                                    .base = base_of};

}
