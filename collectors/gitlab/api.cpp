// GitLab's API: which lists `sync` reads of each project. REST, and GraphQL for what REST omits.
#include "collectors/api.hpp"

#include <algorithm>

#include "collectors/base/form.hpp"
#include "collectors/base/text.hpp"
#include "collectors/facts.hpp"
#include "collectors/gitlab/graphql.hpp"
#include "collectors/gitlab/hook.hpp"

namespace releasehealth::gitlab {
namespace {

std::string base_of(std::string api_url) { return std::move(api_url) + "/api"; }

// ---- projects

constexpr std::string_view page_size = "per_page=100&";

// "acme/*" means the projects of the group acme and its subgroups, "*" all that the token's user is a member of.
std::vector<api_request> scopes(const api_place& place) {
  std::vector<api_request> all;
  for (const auto& pattern : place.settings.list("api_include")) {
    const auto fixed = pattern.substr(0, pattern.find('*'));
    const auto group = fixed.substr(0, fixed.rfind('/'));
    if (fixed == pattern)
      all.push_back({api_path("/v4/projects/{project}", {{"project", pattern}})});
    else if (fixed.find('/') == fixed.npos)
      all.push_back({"/v4/projects?" + std::string(page_size) + "membership=true&order_by=id&sort=asc"});
    else
      all.push_back({api_path("/v4/groups/{group}/projects?", {{"group", group}}) + std::string(page_size) +
                     "include_subgroups=true&with_shared=false&order_by=id&sort=asc"});
  }
  return all;
}

result<api_page> read_scopes(const api_place& place, const api_request&, const api_answer& answer) {
  api_page page;
  auto all =
      answer.body.is_object() ? std::vector<json::object>{answer.body.get_object()} : std::vector<json::object>();
  if (!answer.body.is_object()) {
    auto listed = objects_at(answer, "");
    if (!listed) return listed.error();
    all = std::move(*listed);
  }
  auto next = next_by_link(place.base, answer);
  if (!next) return next.error();
  page.next = std::move(*next);
  for (auto& one : all) {
    one["scope"] = value_at(one, "/path_with_namespace");
    page.objects.push_back(std::move(one));
  }
  return page;
}

/// A list of the project; no request if the project has switched that feature off.
api_request of_project(const api_place& place, std::string_view feature, std::string_view path,
                       const std::string& query) {
  if (text_at(place.scope_object, "/" + std::string(feature) + "_access_level") == "disabled") return {};
  return {api_path("/v4/projects/{project}", {{"project", place.scope}}) + std::string(path) + '?' +
          std::string(page_size) + query};
}

std::string changed_in(const api_place& place) {
  return "order_by=updated_at&sort=asc&updated_after=" + encode_part(format_time(place.since)) +
         "&updated_before=" + encode_part(format_time(place.until));
}

/// The objects of a page, each with its project.
result<api_page> read_rest(const api_place& place, const api_request&, const api_answer& answer) {
  auto objects = objects_at(answer, "");
  if (!objects) return objects.error();
  auto next = next_by_link(place.base, answer);
  if (!next) return next.error();
  for (auto& one : *objects)
    one["project"] = {{"path_with_namespace", place.scope},
                      {"default_branch", value_at(place.scope_object, "/default_branch")}};
  return api_page{std::move(*objects), std::move(*next)};
}

// ---- deployments and merge requests

api_request first_deployments(const api_place& place) {
  return of_project(place, "environments", "/deployments", changed_in(place));
}

api_request first_merge_requests(const api_place& place) {
  return of_project(place, "merge_requests", "/merge_requests", "state=merged&scope=all&" + changed_in(place));
}

// ---- commits and tags

api_request first_commits(const api_place& place) {
  const auto branch = text_at(place.scope_object, "/default_branch");
  if (branch.empty()) return {};  // an empty repository
  return of_project(place, "repository", "/repository/commits",
                    "ref_name=" + encode_part(branch) + "&since=" + encode_part(format_time(place.since)) +
                        "&until=" + encode_part(format_time(place.until)));
}

api_request first_tags(const api_place& place) {
  if (text_at(place.scope_object, "/default_branch").empty()) return {};
  return of_project(place, "repository", "/repository/tags", "order_by=updated&sort=desc");
}

// By the times of the tags, or of their commits.
result<api_page> read_tags(const api_place& place, const api_request& asked, const api_answer& answer) {
  auto page = read_rest(place, asked, answer);
  if (!page) return page;
  const auto is_old = [&](const json::object& one) {
    const auto made_at = one.contains("created_at") ? time_at(one, "/created_at") : std::nullopt;
    const auto updated_at = made_at ? made_at : time_at(one, "/commit/created_at");
    return updated_at && *updated_at < place.since;
  };
  if (!page->objects.empty() && is_old(page->objects.back())) page->next.reset();
  std::erase_if(page->objects, is_old);
  return page;
}

// ---- issues: one after the other for each type and each label of incidents

std::vector<std::string> issue_filters(const source& settings) {
  std::vector<std::string> all;
  const auto types = settings.list("incidents.types");
  for (const auto& type : types) all.push_back("issue_type=" + encode_part(lower_case(type)));
  if (types.empty()) all.emplace_back("issue_type=incident");
  for (const auto& label : settings.list("incidents.labels")) all.push_back("labels=" + encode_part(label));
  return all;
}

api_request issues_by(const api_place& place, const std::string& filter) {
  return of_project(place, "issues", "/issues", "scope=all&" + changed_in(place) + '&' + filter);
}

api_request first_issues(const api_place& place) { return issues_by(place, issue_filters(place.settings).front()); }

result<api_page> read_issues(const api_place& place, const api_request& asked, const api_answer& answer) {
  auto page = read_rest(place, asked, answer);
  if (page && !page->next)
    if (const auto filter = next_filter(asked, issue_filters(place.settings))) page->next = issues_by(place, *filter);
  return page;
}

constexpr auto week = std::chrono::days(7), month = std::chrono::days(30);
constexpr std::string_view permission = "read_api, as Reporter of the project";

const api_list lists[] = {
    {.name = "deployments",
     .permission = permission,
     .format = "gitlab-deployments",
     .first = first_deployments,
     .read = read_rest,
     .is_needed = [](const source& settings) { return takes_deployments_from(settings, "deployment"); },
     .details = ask_for_tiers,
     .complete = add_tiers},
    {.name = "jobs with an environment",
     .permission = permission,
     .format = "gitlab-jobs",
     .first = first_deployments,
     .read = read_rest,
     .is_needed = [](const source& settings) { return takes_deployments_from(settings, "pipeline"); },
     .details = ask_for_tiers,
     .complete = add_tiers},
    {.name = "releases",
     .permission = permission,
     .format = "gitlab-releases",
     .first = first_releases,
     .read = read_releases,
     .is_needed = [](const source& settings) { return takes_deployments_from(settings, "release"); },
     .overlap = month},  // a release may be dated back
    {.name = "merge requests",
     .permission = permission,
     .format = "gitlab-merge-requests",
     .first = first_merge_requests,
     .read = read_rest},
    {.name = "commits",
     .permission = permission,
     .format = "gitlab-commits",
     .first = first_commits,
     .read = read_rest,
     .overlap = week},  // a commit may reach the branch days after it was made
    {.name = "tags",
     .permission = permission,
     .format = "gitlab-tags",
     .first = first_tags,
     .read = read_tags,
     .overlap = month},  // a tag may name an older commit
    {.name = "issues", .permission = permission, .format = "gitlab-issues", .first = first_issues, .read = read_issues},
};

}

extern constinit const tool_api api{.url = "https://gitlab.com",
                                    .scope = "project",
                                    .example = "acme/*",
                                    .needs_include = true,
                                    .lists = lists,
                                    .scopes = scopes,
                                    .read_scopes = read_scopes,
                                    .base = base_of,
                                    .failure = failure_in};

}
