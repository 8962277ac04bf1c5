// History from GitHub's REST API, converted into the webhooks that would have reported it.
#include "collectors/facts.hpp"
#include "collectors/github/hook.hpp"

namespace releasehealth::github {
namespace {

// Returns acme/shop for https://api.github.com/repos/acme/shop/releases/1.
json::object repository_of(const json::value& in) {
  constexpr std::string_view before = "/repos/";
  auto url = text_at(in, "/url");
  const auto begin = url.find(before);
  if (begin == url.npos) return {};
  url.erase(0, begin + before.size());
  const auto owner_end = url.find('/');
  const auto end = owner_end == url.npos ? owner_end : url.find('/', owner_end + 1);
  return {{"full_name", url.substr(0, end)}};
}

// As `published`: `released` would treat updated_at, which an edit of the notes changes, as a promotion.
result<std::vector<past_delivery>> release_of(const json::value& in) {
  return std::vector<past_delivery>{
      {{{"action", "published"}, {"release", in}, {"repository", repository_of(in)}}, "release"}};
}

result<std::vector<past_delivery>> deployment_of(const json::value& in) {
  const auto repository = repository_of(in);
  const auto statuses = elements_at(in, "/statuses");
  if (statuses.empty())
    return error(errc::malformed, "has no statuses", {{"/statuses", "missing; expected the response of statuses_url"}});
  auto bare = in.as_object();
  bare.erase("statuses");
  std::vector<past_delivery> all = {
      {{{"action", "created"}, {"deployment", bare}, {"repository", repository}}, "deployment"}};
  for (const auto& status : statuses)
    all.push_back(
        {{{"action", "created"}, {"deployment", bare}, {"deployment_status", status}, {"repository", repository}},
         "deployment_status"});
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
};

}
