#include "collectors/azure-devops/hook.hpp"
#include "collectors/credentials.hpp"

namespace releasehealth::azure_devops {
namespace {

// The readers, by /eventType.
constexpr hook_type types[] = {
    {"ms.vss-release.deployment-started-event", release_started},
    {"ms.vss-release.deployment-completed-event", release_completed},
    {"ms.vss-pipelines.stage-state-changed-event", stage},
    {"ms.vss-pipelines.run-state-changed-event", run},
    {"build.complete", build},
    {"git.push", push},
    {"git.pullrequest.updated", pull_request},
    {"git.pullrequest.merged", pull_request},
};

constexpr setting_rule settings[] = {
    {"deployments", false, "release stage run build", "release",
     "the event that represents a deployment: a classic release, a pipeline's stage or run, or a build"},
    {"stages", true, "", "",
     "the names of the stages that deploy, each to the environment with its name; required with "
     "stage"},
    {"pipelines", true, "", "", "the names of the pipelines that deploy; required with run and build"},
    {"environment", false, "", "", "the environment of runs and builds; required with them"},
};

std::string check_settings(const source& s) {
  const auto deployments = s.setting("deployments");
  if (deployments == "stage" && s.list("stages").empty())
    return "no stages for deployments = \"stage\"; expected those that deploy";
  if (deployments != "run" && deployments != "build") return {};
  if (s.list("pipelines").empty())
    return "no pipelines for deployments = \"" + deployments + "\"; expected those that deploy";
  if (s.setting("environment").empty())
    return "no environment for deployments = \"" + deployments +
           "\"; expected one, because Azure DevOps does not report it";
  return {};
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  const auto id = text_at(*body, "/id");
  return read_by_type(
      types, text_at(*body, "/eventType"),
      {s, id.empty() ? key_of_bytes(d) : id, *body, text_at(*body, "/resource/repository/defaultBranch")},
      d.received_at, "Azure DevOps");
}

constexpr setup_step setup[] = {
    {"Release deployment started", thing_type::deployment, needed_by_all},
    {"Code pushed", thing_type::commit, needed_by_pushes},
    {"Pull request updated", thing_type::commit, needed_by_merges, "pull_request"},
};

}

extern constinit const collector collect = {
    .kind = "azure-devops",
    .help = "Azure DevOps' service hooks, with the secret as password: releases, pipelines, pushes, pull requests",
    .settings = settings,
    .authentic = shows_secret,
    .key = key_of_bytes,
    .decode = decode,
    .check = check_settings,
    .history = history,
    .api = &api,
    .setup = setup,
};

}
