// History from GitLab's API, converted into the webhooks that would have reported it.
#include "collectors/gitlab/hook.hpp"

namespace releasehealth::gitlab {
namespace {

// Returns acme/shop for https://gitlab.example.com/acme/shop/-/commit/5e1f.
std::string path_in(const std::string& url) {
  const auto scheme = url.find("://"), end = url.find("/-/");
  if (scheme == url.npos || end == url.npos) return {};
  const auto host_end = url.find('/', scheme + 3);
  return host_end < end ? url.substr(host_end + 1, end - host_end - 1) : std::string();
}

// The project that `sync` adds, else the one that a URL of the object names.
json::object project_of(const json::value& object, std::string_view url) {
  if (const auto* own = json_source(object).find("/project"); own && own->is_object()) return own->get_object();
  return {{"path_with_namespace", path_in(text_at(object, url))}};
}

json::array titles_of(const json::value& object) {
  json::array all;
  for (const auto& label : elements_at(object, "/labels")) all.emplace_back(json::object{{"title", label}});
  return all;
}

// As running since its job started, and in the state that it has now.
result<std::vector<past_delivery>> deployment_of(const json::value& object) {
  const auto finished = text_at(object, "/deployable/finished_at"), started = text_at(object, "/deployable/started_at");
  json::object body{{"object_kind", "deployment"},
                    {"deployment_id", value_at(object, "/id")},
                    {"deployable_url", value_at(object, "/deployable/web_url")},
                    {"environment", value_at(object, "/environment/name")},
                    {"environment_tier", value_at(object, "/environment/tier")},
                    {"project", project_of(object, "/deployable/commit/web_url")},
                    {"short_sha", value_at(object, "/sha")},
                    {"commit_url", value_at(object, "/deployable/commit/web_url")},
                    {"commit_title", value_at(object, "/deployable/commit/title")},
                    {"user", {{"username", value_at(object, "/user/username")}}},
                    {"ref", value_at(object, "/ref")}};
  std::vector<past_delivery> all;
  const auto add = [&](const json::value& status, const json::value& changed_at) {
    body["status"] = status;
    body["status_changed_at"] = changed_at;
    all.push_back({body, "Deployment Hook"});
  };
  if (!started.empty() && text_at(object, "/status") != "running") add("running", json::value(started));
  add(value_at(object, "/status"), finished.empty() ? value_at(object, "/updated_at") : json::value(finished));
  return all;
}

// The pipeline of the deployment's job, with that job alone.
result<std::vector<past_delivery>> job_of(const json::value& object) {
  const auto job = value_at(object, "/deployable");
  if (!job.is_object()) return std::vector<past_delivery>();  // made by the API
  json::object build{{"environment",
                      {{"name", value_at(object, "/environment/name")},
                       {"action", "start"},
                       {"deployment_tier", value_at(object, "/environment/tier")}}},
                     {"user", {{"username", value_at(job, "/user/username")}}}};
  for (const auto* member : {"id", "name", "status", "created_at", "started_at", "finished_at"})
    build[member] = value_at(job, '/' + std::string(member));
  return std::vector<past_delivery>{
      {{{"object_kind", "pipeline"},
        {"object_attributes", {{"ref", value_at(object, "/ref")}, {"sha", value_at(object, "/sha")}}},
        {"commit", {{"message", value_at(job, "/commit/message")}}},
        {"project", project_of(object, "/deployable/commit/web_url")},
        {"builds", json::array{std::move(build)}}},
       "Pipeline Hook"}};
}

// Webhooks and GraphQL contain a release's number, which REST omits: an import in addition to webhooks needs --until.
result<std::vector<past_delivery>> release_of(const json::value& object) {
  auto id = value_at(object, "/id");
  return std::vector<past_delivery>{{{{"object_kind", "release"},
                                      {"action", "create"},
                                      {"id", id.is_null() ? value_at(object, "/tag_name") : std::move(id)},
                                      {"name", value_at(object, "/name")},
                                      {"tag", value_at(object, "/tag_name")},
                                      {"created_at", value_at(object, "/created_at")},
                                      {"released_at", value_at(object, "/released_at")},
                                      {"url", value_at(object, "/_links/self")},
                                      {"commit", value_at(object, "/commit")},
                                      {"project", project_of(object, "/_links/self")}},
                                     "Release Hook"}};
}

result<std::vector<past_delivery>> merge_request_of(const json::value& object) {
  if (text_at(object, "/merged_at").empty()) return std::vector<past_delivery>();
  auto attributes = object.as_object();
  attributes["action"] = "merge";
  attributes["url"] = value_at(object, "/web_url");
  attributes["last_commit"] = {{"id", value_at(object, "/sha")}};
  return std::vector<past_delivery>{{{{"object_kind", "merge_request"},
                                      {"object_attributes", std::move(attributes)},
                                      {"labels", titles_of(object)},
                                      {"project", project_of(object, "/web_url")}},
                                     "Merge Request Hook"}};
}

json::object pushed_commit(const json::value& commit) {
  return {{"id", value_at(commit, "/id")},
          {"message", value_at(commit, "/message")},
          {"timestamp", value_at(commit, "/authored_date")},
          {"url", value_at(commit, "/web_url")}};
}

// A commit of the default branch, as a push of its own at the time at which it was committed.
result<std::vector<past_delivery>> commit_of_branch(const json::value& object) {
  auto project = project_of(object, "/web_url");
  const auto branch = text_at(project, "/default_branch");
  if (branch.empty())
    return error(errc::malformed, "has no default branch",
                 {{"/project/default_branch", "missing; expected the branch of the commits"}});
  return std::vector<past_delivery>{{{{"object_kind", "push"},
                                      {"ref", "refs/heads/" + branch},
                                      {"pushed_at", value_at(object, "/committed_date")},
                                      {"commits", json::array{pushed_commit(object)}},
                                      {"project", std::move(project)}},
                                     "Push Hook"}};
}

// With its commit, which may be on another branch. Annotated tags have a time of their own in newer versions; else the
// commit's.
result<std::vector<past_delivery>> tag_of_repository(const json::value& object) {
  if (text_at(object, "/commit/id").empty()) return std::vector<past_delivery>();  // of no commit
  auto tagged_at = value_at(object, "/created_at");
  return std::vector<past_delivery>{
      {{{"object_kind", "tag_push"},
        {"ref", "refs/tags/" + text_at(object, "/name")},
        {"after", value_at(object, "/target")},
        {"checkout_sha", value_at(object, "/commit/id")},
        {"commits", json::array{pushed_commit(value_at(object, "/commit"))}},
        {"pushed_at", tagged_at.is_string() ? std::move(tagged_at) : value_at(object, "/commit/created_at")},
        {"project", project_of(object, "/commit/web_url")}},
       "Tag Push Hook"}};
}

// Webhooks write Incident, and the API incident.
std::string type_of(const json::value& object) {
  auto type = text_at(object, "/issue_type");
  if (!type.empty() && type[0] >= 'a' && type[0] <= 'z') type[0] = static_cast<char>(type[0] - 'a' + 'A');
  return type;
}

// The issue when it was opened, and when it was closed or moved.
result<std::vector<past_delivery>> issue_of(const json::value& object) {
  auto attributes = object.as_object();
  attributes["url"] = value_at(object, "/web_url");
  attributes["type"] = type_of(object);
  attributes["labels"] = titles_of(object);
  std::vector<past_delivery> all;
  const auto add = [&](std::string_view action, const json::object& told) {
    all.push_back({{{"object_kind", "issue"}, {"object_attributes", told}, {"project", project_of(object, "/web_url")}},
                   "Issue Hook"});
    all.back().body["object_attributes"].as_object()["action"] = action;
  };
  auto opened = attributes;
  opened["state"] = "opened";
  for (const auto* later : {"closed_at", "moved_to_id", "duplicated_to_id"}) opened[later] = nullptr;
  add("open", opened);
  if (text_at(object, "/state") == "closed") add("close", attributes);
  return all;
}

}

const api_shape history[] = {
    {.format = "gitlab-deployments",
     .help = "GET /projects/{id}/deployments",
     .type_header = "X-Gitlab-Event",
     .deployments = "deployment",
     .tell = deployment_of},
    {.format = "gitlab-jobs",
     .help = "GET /projects/{id}/deployments, as jobs of pipelines",
     .type_header = "X-Gitlab-Event",
     .deployments = "pipeline",
     .tell = job_of},
    {.format = "gitlab-releases",
     .help = "GET /projects/{id}/releases",
     .type_header = "X-Gitlab-Event",
     .deployments = "release",
     .tell = release_of},
    {.format = "gitlab-merge-requests",
     .help = "GET /projects/{id}/merge_requests?state=merged",
     .type_header = "X-Gitlab-Event",
     .tell = merge_request_of},
    {.format = "gitlab-commits",
     .help = "GET /projects/{id}/repository/commits, each with its `project` and default_branch",
     .type_header = "X-Gitlab-Event",
     .tell = commit_of_branch},
    {.format = "gitlab-tags",
     .help = "GET /projects/{id}/repository/tags",
     .type_header = "X-Gitlab-Event",
     .tell = tag_of_repository},
    {.format = "gitlab-issues", .help = "GET /projects/{id}/issues", .type_header = "X-Gitlab-Event", .tell = issue_of},
};

}
