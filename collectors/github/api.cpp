// GitHub's API: which lists `sync` reads. REST lists have the shape of webhooks; GraphQL supplies what they lack, a
// hundred objects at a time.
#include "collectors/api.hpp"

#include <algorithm>

#include "collectors/base/form.hpp"
#include "collectors/facts.hpp"
#include "collectors/github/graphql.hpp"
#include "collectors/github/hook.hpp"

namespace releasehealth::github {
namespace {

constexpr std::string_view page_size = "100";  // the most of both APIs

// Enterprise Server has REST below /api/v3 and GraphQL at /api/graphql.
constexpr std::string_view enterprise_rest = "/v3";
bool is_enterprise(std::string_view api_url) { return api_url.ends_with("/api/v3"); }

std::string base_of(std::string api_url) {
  if (is_enterprise(api_url)) api_url.erase(api_url.size() - enterprise_rest.size());
  return api_url;
}

std::string rest(const api_place& place, const std::string& path) {
  return (place.base.ends_with("/api") ? std::string(enterprise_rest) : std::string()) + path;
}

std::string of_repository(const api_place& place, const std::string& path) {
  return rest(place, "/repos/" + place.scope + path);
}

// ---- repositories

constexpr std::string_view owned_repositories =
    "query($owner: String!, $after: String) { repositoryOwner(login: $owner) { "
    "repositories(first: 100, after: $after, ownerAffiliations: [OWNER]) { "
    "nodes { nameWithOwner isDisabled isEmpty defaultBranchRef { name } } pageInfo { hasNextPage endCursor } } } }";
constexpr std::string_view one_repository =
    "query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { "
    "nameWithOwner isDisabled isEmpty defaultBranchRef { name } } }";

json::object names_in(std::string_view repository) {
  const auto owner = take_part(repository, '/');
  return {{"owner", owner}, {"name", repository}};
}

std::vector<api_request> scopes(const api_place& place) {
  std::vector<api_request> all;
  for (const auto& pattern : place.settings.list("api_include")) {
    const auto owner = pattern.substr(0, pattern.find('/'));
    if (pattern.find('*') == pattern.npos)
      all.push_back(graphql(one_repository, names_in(pattern)));
    else
      all.push_back(graphql(owned_repositories, {{"owner", owner}, {"after", nullptr}}));
  }
  return all;
}

void add_scope(api_page& page, const json::value& node) {
  const auto name = text_at(node, "/nameWithOwner"), branch = text_at(node, "/defaultBranchRef/name");
  if (name.empty() || flag_at(node, "/isDisabled") || flag_at(node, "/isEmpty")) return;
  page.objects.push_back({{"scope", name}, {"full_name", name}, {"default_branch", branch}});
}

result<api_page> read_scopes(const api_place&, const api_request& asked, const api_answer& answer) {
  api_page page;
  if (const auto single = value_at(answer.body, "/data/repository"); single.is_object()) {
    add_scope(page, single);
    return page;
  }
  const std::string connection = "/data/repositoryOwner/repositories";
  if (!value_at(answer.body, connection).is_object())
    return error(errc::unknown, "no such owner or repository, or the token may not read it");
  for (const auto& node : elements_at(answer.body, connection + "/nodes")) add_scope(page, node);
  page.next = next_by_cursor(asked, answer, connection);
  return page;
}

// ---- REST lists

json::object repository(const api_place& place) {
  return {{"full_name", place.scope}, {"default_branch", value_at(place.scope_object, "/default_branch")}};
}

/// The objects of a page, each with its repository; the last page is the one that ends before `since`, by the time at a
/// pointer.
result<api_page> read_rest(const api_place& place, const api_answer& answer, std::string_view array,
                           std::string_view sorted_by) {
  auto objects = objects_at(answer, array);
  if (!objects) return objects.error();
  auto next = next_by_link(place.base, answer);
  if (!next) return next.error();
  api_page page{std::move(*objects), std::move(*next)};
  const auto oldest = page.objects.empty() ? std::nullopt : time_at(page.objects.back(), sorted_by);
  if (oldest && *oldest < place.since) page.next.reset();
  std::erase_if(page.objects, [&](const json::object& one) {
    const auto changed_at = time_at(one, sorted_by);
    return changed_at && *changed_at < place.since;
  });
  for (auto& one : page.objects) one["repository"] = repository(place);
  return page;
}

template <class... Parameters>
std::string with_query(std::string path, const Parameters&... parameters) {
  path += "?per_page=" + std::string(page_size);
  ((path += '&' + std::string(parameters)), ...);
  return path;
}

// ---- deployments

api_request first_deployments(const api_place& place) { return {with_query(of_repository(place, "/deployments"))}; }

result<api_page> read_deployments(const api_place& place, const api_request&, const api_answer& answer) {
  auto page = read_rest(place, answer, "", "/created_at");
  if (page)
    for (auto& one : page->objects) one["statuses"] = json::array();
  return page;
}

// ---- pull requests

api_request first_pull_requests(const api_place& place) {
  return {with_query(of_repository(place, "/pulls"), "state=closed", "sort=updated", "direction=desc")};
}

result<api_page> read_pull_requests(const api_place& place, const api_request&, const api_answer& answer) {
  auto page = read_rest(place, answer, "", "/updated_at");
  if (page) std::erase_if(page->objects, [](const json::object& one) { return text_at(one, "/merged_at").empty(); });
  return page;
}

// ---- releases, runs, commits, tags

api_request first_releases(const api_place& place) { return {with_query(of_repository(place, "/releases"))}; }
result<api_page> read_releases(const api_place& place, const api_request&, const api_answer& answer) {
  return read_rest(place, answer, "", "/created_at");
}

api_request first_runs(const api_place& place) { return {with_query(of_repository(place, "/actions/runs"))}; }
result<api_page> read_runs(const api_place& place, const api_request&, const api_answer& answer) {
  return read_rest(place, answer, "/workflow_runs", "/created_at");
}

api_request first_commits(const api_place& place) {
  return {with_query(of_repository(place, "/commits"),
                     "sha=" + encode_part(text_at(place.scope_object, "/default_branch")),
                     "since=" + format_time(place.since), "until=" + format_time(place.until))};
}
result<api_page> read_commits(const api_place& place, const api_request&, const api_answer& answer) {
  return read_rest(place, answer, "", "/commit/committer/date");
}

constexpr std::string_view tags_of_repository =
    "query($owner: String!, $name: String!, $after: String) { repository(owner: $owner, name: $name) { "
    "refs(refPrefix: \"refs/tags/\", first: 100, after: $after, orderBy: {field: TAG_COMMIT_DATE, direction: DESC}) { "
    "nodes { name target { oid ... on Commit { committedDate authoredDate message url } "
    "... on Tag { tagger { date } target { oid ... on Commit { committedDate authoredDate message url } } } } } "
    "pageInfo { hasNextPage endCursor } } } }";

api_request first_tags(const api_place& place) {
  auto variables = names_in(place.scope);
  variables["after"] = nullptr;
  return graphql(tags_of_repository, std::move(variables));
}

// By the times of their commits: a tag is not older than its commit.
result<api_page> read_tags(const api_place& place, const api_request& asked, const api_answer& answer) {
  const std::string connection = "/data/repository/refs";
  api_page page;
  page.next = next_by_cursor(asked, answer, connection);
  for (const auto& node : elements_at(answer.body, connection + "/nodes")) {
    auto committed_at = time_at(node, "/target/committedDate");
    if (!committed_at) committed_at = time_at(node, "/target/target/committedDate");
    if (committed_at && *committed_at < place.since) {
      page.next.reset();
      break;
    }
    auto& one = page.objects.emplace_back(node.as_object());
    one["repository"] = repository(place);
  }
  return page;
}

// ---- issues: one after the other for each label and each type of incidents

std::vector<std::string> issue_filters(const source& settings) {
  std::vector<std::string> all;
  for (const auto& label : settings.list("incidents.labels")) all.push_back("labels=" + encode_part(label));
  for (const auto& type : settings.list("incidents.types")) all.push_back("type=" + encode_part(type));
  return all;
}

api_request issues_by(const api_place& place, const std::string& filter) {
  return {with_query(of_repository(place, "/issues"), "state=all", "sort=updated", "direction=desc",
                     "since=" + format_time(place.since), filter)};
}

api_request first_issues(const api_place& place) { return issues_by(place, issue_filters(place.settings).front()); }

result<api_page> read_issues(const api_place& place, const api_request& asked, const api_answer& answer) {
  auto page = read_rest(place, answer, "", "/updated_at");
  if (!page) return page;
  std::erase_if(page->objects, [](const json::object& one) { return one.contains("pull_request"); });
  if (page->next) return page;
  if (const auto filter = next_filter(asked, issue_filters(place.settings))) page->next = issues_by(place, *filter);
  return page;
}

constexpr auto week = std::chrono::days(7), month = std::chrono::days(30);

const api_list lists[] = {
    {.name = "deployments",
     .permission = "Deployments: read",
     .format = "github-deployments",
     .first = first_deployments,
     .read = read_deployments,
     .is_needed = [](const source& settings) { return takes_deployments_from(settings, "deployment_status"); },
     .overlap = week,  // statuses come later and do not move a deployment
     .details = ask_for_statuses,
     .complete = add_statuses},
    {.name = "releases",
     .permission = "Contents: read",
     .format = "github-releases",
     .first = first_releases,
     .read = read_releases,
     .is_needed = [](const source& settings) { return takes_deployments_from(settings, "release"); },
     .overlap = month},  // sorted by the time of the commit or the draft
    {.name = "workflow runs",
     .permission = "Actions: read",
     .format = "github-workflow-runs",
     .first = first_runs,
     .read = read_runs,
     .is_needed = [](const source& settings) { return takes_deployments_from(settings, "workflow_run"); },
     .overlap = week},  // a run may be repeated
    {.name = "pull requests",
     .permission = "Pull requests: read",
     .format = "github-pull-requests",
     .first = first_pull_requests,
     .read = read_pull_requests,
     .shows_changes_first = true,
     .details = ask_for_lines,
     .complete = add_lines},
    {.name = "commits",
     .permission = "Contents: read",
     .format = "github-commits",
     .first = first_commits,
     .read = read_commits,
     .is_needed = [](const source&) { return true; },
     .overlap = week},  // a commit may reach the branch days after it was made
    {.name = "tags",
     .permission = "Contents: read",
     .format = "github-tags",
     .first = first_tags,
     .read = read_tags,
     .overlap = month},  // a tag may name an older commit
    {.name = "issues",
     .permission = "Issues: read",
     .format = "github-issues",
     .first = first_issues,
     .read = read_issues,
     .is_needed = [](const source& settings) { return !issue_filters(settings).empty(); }},
};

}

extern constinit const tool_api api{.url = "https://api.github.com",
                                    .scope = "repository",
                                    .example = "acme/*",
                                    .needs_include = true,
                                    .lists = lists,
                                    .scopes = scopes,
                                    .read_scopes = read_scopes,
                                    .base = base_of,
                                    .failure = failure_in,
                                    .accept = "application/vnd.github+json",
                                    .keys = &app_keys};

}
