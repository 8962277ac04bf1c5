// History from GitLab's API, converted into the webhooks that would have reported it.
#include "collectors/gitlab/hook.hpp"

namespace releasehealth::gitlab {
namespace {

// Returns acme/shop for https://gitlab.example.com/acme/shop/-/commit/5e1f.
std::string project_of(const std::string& url) {
  const auto scheme = url.find("://"), end = url.find("/-/");
  if (scheme == url.npos || end == url.npos) return {};
  const auto host_end = url.find('/', scheme + 3);
  return host_end < end ? url.substr(host_end + 1, end - host_end - 1) : std::string();
}

result<std::vector<past_delivery>> deployment_of(const json::value& in) {
  const auto url = text_at(in, "/deployable/commit/web_url");
  const auto finished = text_at(in, "/deployable/finished_at");
  return std::vector<past_delivery>{
      {{{"object_kind", "deployment"},
        {"status", value_at(in, "/status")},
        {"status_changed_at", finished.empty() ? value_at(in, "/updated_at") : json::value(finished)},
        {"deployment_id", value_at(in, "/id")},
        {"deployable_url", value_at(in, "/deployable/web_url")},
        {"environment", value_at(in, "/environment/name")},
        {"project", {{"path_with_namespace", project_of(url)}}},
        {"short_sha", value_at(in, "/sha")},
        {"commit_url", url},
        {"commit_title", value_at(in, "/deployable/commit/title")},
        {"user", {{"username", value_at(in, "/user/username")}}},
        {"ref", value_at(in, "/ref")}},
       "Deployment Hook"}};
}

// Only webhooks contain a release's number: an import in addition to them needs --until.
result<std::vector<past_delivery>> release_of(const json::value& in) {
  const auto url = text_at(in, "/_links/self");
  return std::vector<past_delivery>{{{{"object_kind", "release"},
                                      {"action", "create"},
                                      {"id", value_at(in, "/tag_name")},
                                      {"name", value_at(in, "/name")},
                                      {"tag", value_at(in, "/tag_name")},
                                      {"created_at", value_at(in, "/created_at")},
                                      {"released_at", value_at(in, "/released_at")},
                                      {"url", url},
                                      {"commit", value_at(in, "/commit")},
                                      {"project", {{"path_with_namespace", project_of(url)}}}},
                                     "Release Hook"}};
}

}

const api_shape history[] = {
    {.format = "gitlab-deployments",
     .help = "GET /projects/{id}/deployments",
     .type_header = "X-Gitlab-Event",
     .deployments = "deployment",
     .tell = deployment_of},
    {.format = "gitlab-releases",
     .help = "GET /projects/{id}/releases",
     .type_header = "X-Gitlab-Event",
     .deployments = "release",
     .tell = release_of},
};

}
