// History from GitHub's REST API, converted into the webhooks that would have reported it.
#include "collectors/facts.hpp"
#include "collectors/github/hook.hpp"

namespace releasehealth::github {
namespace {

// Returns acme/shop for https://api.github.com/repos/acme/shop/releases/1. `sync` adds the repository itself.
json::object repository_of(const json::value& object) {
  if (const auto* own = json_source(object).find("/repository"); own && own->is_object()) return own->get_object();
  constexpr std::string_view prefix = "/repos/";
  auto url = text_at(object, "/url");
  const auto begin = url.find(prefix);
  if (begin == url.npos) return {};
  url.erase(0, begin + prefix.size());
  const auto owner_end = url.find('/');
  const auto end = owner_end == url.npos ? owner_end : url.find('/', owner_end + 1);
  return {{"full_name", url.substr(0, end)}};
}

json::object without(const json::value& object, std::string_view member) {
  auto rest = object.as_object();
  rest.erase(member);
  return rest;
}

// As `published`: `released` would treat updated_at, which an edit of the notes changes, as a promotion.
result<std::vector<past_delivery>> release_of(const json::value& object) {
  return std::vector<past_delivery>{
      {{{"action", "published"}, {"release", object}, {"repository", repository_of(object)}}, "release"}};
}

result<std::vector<past_delivery>> deployment_of(const json::value& object) {
  const auto repository = repository_of(object);
  if (!json_source(object).find("/statuses"))
    return error(errc::malformed, "has no statuses", {{"/statuses", "missing; expected the response of statuses_url"}});
  const auto bare = without(object, "statuses");
  std::vector<past_delivery> all = {
      {{{"action", "created"}, {"deployment", bare}, {"repository", repository}}, "deployment"}};
  for (const auto& status : elements_at(object, "/statuses"))
    all.push_back(
        {{{"action", "created"}, {"deployment", bare}, {"deployment_status", status}, {"repository", repository}},
         "deployment_status"});
  return all;
}

result<std::vector<past_delivery>> workflow_run_of(const json::value& object) {
  const auto status = text_at(object, "/status");
  const auto* action = status == "completed" ? "completed" : status == "in_progress" ? "in_progress" : "requested";
  return std::vector<past_delivery>{
      {{{"action", action}, {"workflow_run", object}, {"repository", value_at(object, "/repository")}},
       "workflow_run"}};
}

// A list omits `merged`, and the numbers of lines unless they were added.
result<std::vector<past_delivery>> pull_request_of(const json::value& object) {
  if (text_at(object, "/merged_at").empty()) return std::vector<past_delivery>();
  auto merged = object.as_object();
  merged["merged"] = true;
  return std::vector<past_delivery>{
      {{{"action", "closed"}, {"pull_request", std::move(merged)}, {"repository", value_at(object, "/base/repo")}},
       "pull_request"}};
}

// A commit of the default branch, as a push of its own at the time at which it was committed.
result<std::vector<past_delivery>> commit_of_branch(const json::value& object) {
  auto repository = repository_of(object);
  const auto branch = text_at(repository, "/default_branch");
  if (branch.empty())
    return error(errc::malformed, "has no default branch",
                 {{"/repository/default_branch", "missing; expected the branch of the commits"}});
  repository["pushed_at"] = value_at(object, "/commit/committer/date");
  const json::object commit{{"id", value_at(object, "/sha")},
                            {"message", value_at(object, "/commit/message")},
                            {"timestamp", value_at(object, "/commit/author/date")},
                            {"url", value_at(object, "/html_url")}};
  return std::vector<past_delivery>{{{{"ref", "refs/heads/" + branch},
                                      {"commits", json::array{commit}},
                                      {"head_commit", commit},
                                      {"repository", std::move(repository)}},
                                     "push"}};
}

// A tag with its commit as `target`, or as the target of an annotated tag's own object.
result<std::vector<past_delivery>> tag_of_repository(const json::value& object) {
  auto repository = repository_of(object);
  const bool is_annotated = json_source(object).find("/target/target") != nullptr;
  const std::string commit = is_annotated ? "/target/target" : "/target";
  if (text_at(object, commit + "/committedDate").empty()) return std::vector<past_delivery>();  // of no commit
  auto tagged_at = value_at(object, "/target/tagger/date");
  repository["pushed_at"] = tagged_at.is_string() ? std::move(tagged_at) : value_at(object, commit + "/committedDate");
  return std::vector<past_delivery>{{{{"ref", "refs/tags/" + text_at(object, "/name")},
                                      {"after", value_at(object, "/target/oid")},
                                      {"commits", json::array()},
                                      {"head_commit",
                                       {{"id", value_at(object, commit + "/oid")},
                                        {"message", value_at(object, commit + "/message")},
                                        {"timestamp", value_at(object, commit + "/authoredDate")},
                                        {"url", value_at(object, commit + "/url")}}},
                                      {"repository", std::move(repository)}},
                                     "push"}};
}

// The issue when it was opened, and when it was closed.
result<std::vector<past_delivery>> issue_of(const json::value& object) {
  const auto repository = repository_of(object);
  auto opened = object.as_object();
  opened["state"] = "open";
  opened["closed_at"] = nullptr;
  std::vector<past_delivery> all = {
      {{{"action", "opened"}, {"issue", std::move(opened)}, {"repository", repository}}, "issues"}};
  if (text_at(object, "/state") == "closed")
    all.push_back({{{"action", "closed"}, {"issue", object}, {"repository", repository}}, "issues"});
  return all;
}

}

const api_shape history[] = {
    {.format = "github-releases",
     .help = "GET /repos/{owner}/{repo}/releases",
     .type_header = "X-GitHub-Event",
     .deployments = "release",
     .tell = release_of},
    {.format = "github-deployments",
     .help = "GET /repos/{owner}/{repo}/deployments, each with its statuses as `statuses`",
     .type_header = "X-GitHub-Event",
     .deployments = "deployment_status",
     .tell = deployment_of},
    {.format = "github-workflow-runs",
     .help = "GET /repos/{owner}/{repo}/actions/runs",
     .members = "workflow_runs",
     .type_header = "X-GitHub-Event",
     .deployments = "workflow_run",
     .tell = workflow_run_of},
    {.format = "github-pull-requests",
     .help = "GET /repos/{owner}/{repo}/pulls?state=closed",
     .type_header = "X-GitHub-Event",
     .tell = pull_request_of},
    {.format = "github-commits",
     .help = "GET /repos/{owner}/{repo}/commits, each with its `repository` and default_branch",
     .type_header = "X-GitHub-Event",
     .tell = commit_of_branch},
    {.format = "github-tags",
     .help = "GraphQL: refs of a repository, each with its `repository`",
     .type_header = "X-GitHub-Event",
     .tell = tag_of_repository},
    {.format = "github-issues",
     .help = "GET /repos/{owner}/{repo}/issues?state=all",
     .type_header = "X-GitHub-Event",
     .tell = issue_of},
};

}
