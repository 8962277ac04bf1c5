// History from Azure DevOps' API, converted into the service hooks that would have reported it.
#include "collectors/azure-devops/hook.hpp"

namespace releasehealth::azure_devops {
namespace {

past_delivery hook_of(std::string_view type, json::object resource, const json::value& created_at = {}) {
  return {{{"eventType", type}, {"createdDate", created_at}, {"resource", std::move(resource)}}};
}

// A deployment of a release to an environment: when it started, and how it ended.
result<std::vector<past_delivery>> deployment_of(const json::value& object) {
  const json::object release{{"name", value_at(object, "/release/name")},
                             {"releaseDefinition", value_at(object, "/releaseDefinition")},
                             {"artifacts", value_at(object, "/release/artifacts")},
                             {"_links", value_at(object, "/release/_links")}};
  json::object environment{{"id", value_at(object, "/releaseEnvironment/id")},
                           {"name", value_at(object, "/releaseEnvironment/name")},
                           {"releaseId", value_at(object, "/release/id")},
                           {"release", release}};
  std::vector<past_delivery> all;
  const auto add = [&](std::string_view type, const std::string& status) {
    environment["status"] = status;
    all.push_back(hook_of(type, {{"environment", environment},
                                 {"release", release},
                                 {"project", value_at(object, "/project")},
                                 {"deployment", object}}));
  };
  const auto status = text_at(object, "/deploymentStatus");
  if (!text_at(object, "/startedOn").empty()) add("ms.vss-release.deployment-started-event", "inProgress");
  if (!text_at(object, "/completedOn").empty()) add("ms.vss-release.deployment-completed-event", status);
  return all;
}

// Service hooks write the source as LG:refs/heads/main:600b51.
result<std::vector<past_delivery>> build_of(const json::value& object) {
  auto resource = object.as_object();
  resource["sourceGetVersion"] = "LG:" + text_at(object, "/sourceBranch") + ':' + text_at(object, "/sourceVersion");
  return std::vector<past_delivery>{hook_of("build.complete", std::move(resource))};
}

json::object run_of_build(const json::value& object) {
  return {{"id", value_at(object, "/id")},
          {"name", value_at(object, "/buildNumber")},
          {"state", value_at(object, "/status")},
          {"result", value_at(object, "/result")},
          {"createdDate", value_at(object, "/queueTime")},
          {"finishedDate", value_at(object, "/finishTime")},
          {"pipeline", {{"name", value_at(object, "/definition/name")}}},
          {"_links", value_at(object, "/_links")},
          {"resources",
           {{"repositories",
             {{"self",
               {{"version", value_at(object, "/sourceVersion")},
                {"refName", value_at(object, "/sourceBranch")},
                {"repository", {{"fullName", value_at(object, "/repository/name")}}}}}}}}}};
}

result<std::vector<past_delivery>> run_of(const json::value& object) {
  return std::vector<past_delivery>{hook_of("ms.vss-pipelines.run-state-changed-event", {{"run", run_of_build(object)}},
                                            value_at(object, "/finishTime"))};
}

// When each stage started, and how it ended.
result<std::vector<past_delivery>> stages_of(const json::value& object) {
  std::vector<past_delivery> all;
  for (const auto& record : elements_at(object, "/stages")) {
    json::object stage{{"name", value_at(record, "/identifier")},
                       {"displayName", value_at(record, "/name")},
                       {"attempt", value_at(record, "/attempt")},
                       {"startTime", value_at(record, "/startTime")}};
    if (text_at(record, "/identifier").empty()) stage["name"] = value_at(record, "/name");
    const auto add = [&](const json::value& created_at) {
      all.push_back(hook_of("ms.vss-pipelines.stage-state-changed-event",
                            {{"run", run_of_build(object)}, {"stage", stage}}, created_at));
    };
    if (text_at(record, "/startTime").empty()) continue;  // skipped
    stage["state"] = "running";
    add(value_at(record, "/startTime"));
    if (text_at(record, "/state") != "completed") continue;
    stage["state"] = "completed";
    stage["result"] = value_at(record, "/result");
    stage["finishTime"] = value_at(record, "/finishTime");
    add(value_at(record, "/finishTime"));
  }
  return all;
}

result<std::vector<past_delivery>> pull_request_of(const json::value& object) {
  return std::vector<past_delivery>{hook_of("git.pullrequest.updated", object.as_object())};
}

}

const api_shape history[] = {
    {.format = "azure-devops-deployments",
     .help = "GET {project}/_apis/release/deployments",
     .members = "value",
     .deployments = "release",
     .tell = deployment_of},
    {.format = "azure-devops-builds",
     .help = "GET {project}/_apis/build/builds",
     .members = "value",
     .deployments = "build",
     .tell = build_of},
    {.format = "azure-devops-runs",
     .help = "GET {project}/_apis/build/builds, as runs of pipelines",
     .members = "value",
     .deployments = "run",
     .tell = run_of},
    {.format = "azure-devops-stages",
     .help = "GET {project}/_apis/build/builds, each with the records of its timeline as `stages`",
     .members = "value",
     .deployments = "stage",
     .tell = stages_of},
    {.format = "azure-devops-pull-requests",
     .help = "GET {project}/_apis/git/pullrequests?searchCriteria.status=completed",
     .members = "value",
     .tell = pull_request_of},
};

}
