// History from the API of Bitbucket Cloud, converted into the webhooks that would have reported it.
#include "collectors/bitbucket/hook.hpp"

namespace releasehealth::bitbucket {
namespace {

// `sync` adds the repository; a pull request names it itself.
json::value repository_of(const json::value& object) {
  auto own = value_at(object, "/repository");
  return own.is_object() ? own : value_at(object, "/destination/repository");
}

// As it started, and as it ended.
result<std::vector<past_delivery>> deployment_of(const json::value& object) {
  std::vector<past_delivery> all;
  const auto add = [&](json::value told) {
    all.push_back({{{"deployment", std::move(told)}, {"repository", repository_of(object)}}, "deployment"});
  };
  if (!text_at(object, "/state/started_on").empty()) {
    auto started = object;
    started.as_object()["state"] = {{"name", "IN_PROGRESS"}, {"started_on", value_at(object, "/state/started_on")}};
    add(std::move(started));
  }
  if (text_at(object, "/state/name") == "COMPLETED") add(object);
  return all;
}

result<std::vector<past_delivery>> pull_request_of(const json::value& object) {
  return std::vector<past_delivery>{
      {{{"pullrequest", object}, {"repository", repository_of(object)}}, "pullrequest:fulfilled"}};
}

std::vector<past_delivery> push_of(const json::value& object, json::object change, const json::value& pushed_at) {
  return {{{{"push", {{"changes", json::array{std::move(change)}}}},
            {"pushed_at", pushed_at},
            {"repository", repository_of(object)}},
           "repo:push"}};
}

// A commit of the default branch, as a push of its own at the time at which it was made.
result<std::vector<past_delivery>> commit_of_branch(const json::value& object) {
  const auto branch = text_at(object, "/repository/default_branch");
  if (branch.empty())
    return error(errc::malformed, "has no default branch",
                 {{"/repository/default_branch", "missing; expected the branch of the commits"}});
  json::object change{{"new", {{"type", "branch"}, {"name", branch}}}, {"commits", json::array{object}}};
  return push_of(object, std::move(change), value_at(object, "/date"));
}

result<std::vector<past_delivery>> tag_of_repository(const json::value& object) {
  auto tagged_at = value_at(object, "/date");
  json::object change{
      {"new", {{"type", "tag"}, {"name", value_at(object, "/name")}, {"target", value_at(object, "/target")}}}};
  return push_of(object, std::move(change),
                 tagged_at.is_string() ? std::move(tagged_at) : value_at(object, "/target/date"));
}

}

const api_shape history[] = {
    {.format = "bitbucket-deployments",
     .help = "GET /repositories/{workspace}/{repository}/deployments, each with its `environment` and `repository`",
     .members = "values",
     .type_header = "X-Event-Key",
     .deployments = "deployment",
     .tell = deployment_of},
    {.format = "bitbucket-pull-requests",
     .help = "GET /repositories/{workspace}/{repository}/pullrequests?state=MERGED",
     .members = "values",
     .type_header = "X-Event-Key",
     .tell = pull_request_of},
    {.format = "bitbucket-commits",
     .help = "GET /repositories/{workspace}/{repository}/commits, each with its `repository` and default_branch",
     .members = "values",
     .type_header = "X-Event-Key",
     .tell = commit_of_branch},
    {.format = "bitbucket-tags",
     .help = "GET /repositories/{workspace}/{repository}/refs/tags, each with its `repository`",
     .members = "values",
     .type_header = "X-Event-Key",
     .tell = tag_of_repository},
};

}
