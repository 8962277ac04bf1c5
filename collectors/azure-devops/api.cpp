// Azure DevOps' API: deployments of classic releases, or builds, with their stages if these deploy; pull requests.
#include "collectors/api.hpp"

#include <algorithm>

#include "collectors/azure-devops/hook.hpp"
#include "collectors/base/form.hpp"
#include "collectors/base/text.hpp"
#include "collectors/facts.hpp"

namespace releasehealth::azure_devops {
namespace {

constexpr std::string_view version = "api-version=7.1&%24top=100";

api_request of_project(const api_place& place, std::string_view path, const std::string& query) {
  return {api_path("/{project}", {{"project", place.scope}}) + std::string(path) + '?' + std::string(version) + query};
}

// The next page is named by a header, or begins after the objects of this one.
std::optional<api_request> next_by_header(const api_request& asked, const api_answer& answer) {
  const auto token = answer.header.get("x-ms-continuationtoken");
  return token.empty() ? std::nullopt : std::optional(with_parameter(asked, "continuationToken", token));
}

std::optional<api_request> next_by_count(const api_request& asked, std::size_t read) {
  constexpr std::size_t page_size = 100;
  if (read < page_size) return {};
  const auto skipped = parse_number<std::size_t>(parameter_of(asked, "$skip")).value_or(0);
  return with_parameter(asked, "$skip", std::to_string(skipped + read));
}

// ---- projects

std::vector<api_request> scopes(const api_place&) { return {{"/_apis/projects?" + std::string(version)}}; }

result<api_page> read_scopes(const api_place&, const api_request& asked, const api_answer& answer) {
  auto all = objects_at(answer, "/value");
  if (!all) return all.error();
  api_page page{{}, next_by_count(asked, all->size())};
  for (const auto& one : *all) page.objects.push_back({{"scope", value_at(one, "/name")}});
  return page;
}

// ---- classic releases, which have a host of their own

constexpr std::string_view releases_host = "vsrm.";

api_request first_deployments(const api_place& place) {
  return of_project(place, "/_apis/release/deployments",
                    "&queryOrder=ascending&minStartedTime=" + encode_part(format_time(place.since)));
}

result<api_page> read_values(const api_place& place, const api_request& asked, const api_answer& answer) {
  auto all = objects_at(answer, "/value");
  if (!all) return all.error();
  for (auto& one : *all) one["project"] = {{"name", place.scope}};
  return api_page{std::move(*all), next_by_header(asked, answer)};
}

// ---- builds, which are the runs of pipelines

api_request first_builds(const api_place& place) {
  return of_project(
      place, "/_apis/build/builds",
      "&queryOrder=finishTimeAscending&statusFilter=completed&minTime=" + encode_part(format_time(place.since)));
}

result<api_page> read_builds(const api_place& place, const api_request& asked, const api_answer& answer) {
  auto page = read_values(place, asked, answer);
  const auto pipelines = place.settings.list("pipelines");
  if (page && !pipelines.empty())
    std::erase_if(page->objects, [&](const json::object& one) {
      return std::ranges::find(pipelines, text_at(one, "/definition/name")) == pipelines.end();
    });
  return page;
}

std::string timeline_of(const json::object& build) { return "/builds/" + text_at(build, "/id") + "/timeline"; }

std::vector<api_request> ask_for_stages(const api_place& place, const std::vector<json::object>& builds) {
  std::vector<api_request> all;
  for (const auto& one : builds) all.push_back(of_project(place, "/_apis/build" + timeline_of(one), ""));
  return all;
}

result<std::optional<api_request>> add_stages(std::vector<json::object>& builds, const api_request& asked,
                                              const api_answer& answer) {
  const auto build = std::ranges::find_if(
      builds, [&](const json::object& one) { return asked.path.find(timeline_of(one)) != std::string::npos; });
  if (build == builds.end()) return std::optional<api_request>();
  json::array stages;
  for (const auto& record : elements_at(answer.body, "/records"))
    if (text_at(record, "/type") == "Stage") stages.push_back(record);
  (*build)["stages"] = std::move(stages);
  return std::optional<api_request>();
}

// ---- pull requests, with the default branches of their repositories

api_request first_pull_requests(const api_place& place) {
  return of_project(
      place, "/_apis/git/pullrequests",
      "&searchCriteria.status=completed&searchCriteria.queryTimeRangeType=closed&searchCriteria.minTime=" +
          encode_part(format_time(place.since)));
}

result<api_page> read_pull_requests(const api_place&, const api_request& asked, const api_answer& answer) {
  auto all = objects_at(answer, "/value");
  if (!all) return all.error();
  auto next = next_by_count(asked, all->size());
  return api_page{std::move(*all), std::move(next)};
}

std::vector<api_request> ask_for_repositories(const api_place& place, const std::vector<json::object>& all) {
  if (all.empty()) return {};
  return {of_project(place, "/_apis/git/repositories", "")};
}

result<std::optional<api_request>> add_default_branches(std::vector<json::object>& all, const api_request&,
                                                        const api_answer& answer) {
  for (const auto& repository : elements_at(answer.body, "/value"))
    for (auto& one : all)
      if (text_at(one, "/repository/id") == text_at(repository, "/id"))
        one["repository"].as_object()["defaultBranch"] = value_at(repository, "/defaultBranch");
  return std::optional<api_request>();
}

bool has_releases_host(const source& settings) {
  return settings.setting("api_url").find(releases_host) != std::string::npos;
}

constexpr auto week = std::chrono::days(7);

const api_list lists[] = {
    {.name = "deployments of releases",
     .permission = "Release: Read",
     .format = "azure-devops-deployments",
     .first = first_deployments,
     .read = read_values,
     .is_needed = [](const source& settings) { return takes_deployments_from(settings, "release"); },
     .overlap = week},  // a deployment waits for approvals
    {.name = "builds",
     .permission = "Build: Read",
     .format = "azure-devops-builds",
     .first = first_builds,
     .read = read_builds,
     .is_needed = [](const source& settings) { return takes_deployments_from(settings, "build"); }},
    {.name = "runs",
     .permission = "Build: Read",
     .format = "azure-devops-runs",
     .first = first_builds,
     .read = read_builds,
     .is_needed = [](const source& settings) { return takes_deployments_from(settings, "run"); }},
    {.name = "stages",
     .permission = "Build: Read",
     .format = "azure-devops-stages",
     .first = first_builds,
     .read = read_builds,
     .is_needed = [](const source& settings) { return takes_deployments_from(settings, "stage"); },
     .details = ask_for_stages,
     .complete = add_stages,
     .may_lack_details = true},  // retention deletes a run's timeline first
    {.name = "pull requests",
     .permission = "Code: Read",
     .format = "azure-devops-pull-requests",
     .first = first_pull_requests,
     .read = read_pull_requests,
     .is_needed = [](const source& settings) { return !has_releases_host(settings); },
     .details = ask_for_repositories,
     .complete = add_default_branches},
};

}

extern constinit const tool_api api{.url = "",
                                    .scope = "project",
                                    .example = "Shop",
                                    .lists = lists,
                                    .scopes = scopes,
                                    .read_scopes = read_scopes,
                                    .proof = api_proof::password};

}
