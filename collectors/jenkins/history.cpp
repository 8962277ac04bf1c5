// History from Jenkins' API, converted into the notifications that would have reported it.
#include "collectors/base/text.hpp"
#include "collectors/facts.hpp"

namespace releasehealth::jenkins {
namespace {

// job/shop/job/deploy/ for shop/deploy, as the plugin names a job.
std::string url_of_job(std::string_view path) {
  std::string url;
  while (!path.empty()) url += "job/" + std::string(take_part(path, '/')) + '/';
  return url;
}

json::object parameters_of(const json::value& build) {
  json::object all;
  for (const auto& action : elements_at(build, "/actions"))
    for (const auto& one : elements_at(action, "/parameters")) all[text_at(one, "/name")] = value_at(one, "/value");
  return all;
}

// The plugin writes origin/main for what the API may call refs/remotes/origin/main.
json::object scm_of(const json::value& build) {
  constexpr std::string_view remote = "refs/remotes/";
  for (const auto& action : elements_at(build, "/actions")) {
    if (text_at(action, "/lastBuiltRevision/SHA1").empty()) continue;
    auto branch = text_at(action, "/lastBuiltRevision/branch/0/name");
    if (branch.starts_with(remote)) branch.erase(0, remote.size());
    return {{"commit", value_at(action, "/lastBuiltRevision/SHA1")},
            {"branch", branch},
            {"url", value_at(action, "/remoteUrls/0")}};
  }
  return {};
}

result<std::vector<past_delivery>> build_of(const json::value& build) {
  const auto started = number_at(build, "/timestamp");
  if (!started)
    return error(errc::malformed, "is not a build", {{"/timestamp", "missing; expected milliseconds since 1970"}});
  const auto duration = number_at(build, "/duration").value_or(0);
  std::vector<past_delivery> all;
  const auto add = [&](std::string_view phase, std::int64_t told_at, std::int64_t took) {
    all.push_back({{{"name", value_at(build, "/job/name")},
                    {"url", url_of_job(text_at(build, "/job/path"))},
                    {"build",
                     {{"full_url", value_at(build, "/url")},
                      {"number", value_at(build, "/number")},
                      {"phase", phase},
                      {"status", value_at(build, "/result")},
                      {"timestamp", told_at},
                      {"duration", took},
                      {"parameters", parameters_of(build)},
                      {"scm", scm_of(build)}}}}});
  };
  add("STARTED", *started, 0);
  if (!flag_at(build, "/building") && duration > 0) add("COMPLETED", *started + duration, duration);
  return all;
}

}

extern const api_shape history[1];
const api_shape history[] = {
    {.format = "jenkins-builds",
     .help = "GET /job/{job}/api/json?tree=allBuilds[...], each with its `job`: name and path",
     .members = "allBuilds",
     .tell = build_of},
};

}
