// Deployments: classic releases, stages and runs of YAML pipelines, builds. A source reads one of these.
#include "collectors/azure-devops/hook.hpp"

namespace releasehealth::azure_devops {
namespace {

constexpr spelling<deployment_state> states[] = {
    {"inProgress", deployment_state::running},  {"running", deployment_state::running},
    {"succeeded", deployment_state::succeeded}, {"partiallySucceeded", deployment_state::succeeded},
    {"failed", deployment_state::failed},       {"canceled", deployment_state::canceled},
    {"stopped", deployment_state::canceled},    {"rejected", deployment_state::canceled},
    {"queued", deployment_state::pending},      {"notStarted", deployment_state::pending},
    {"waiting", deployment_state::pending},
};

// Sets ref and commit from "LG:refs/heads/main:600b51...".
void put_source_version(event& e, const std::string& text) {
  const auto first = text.find(':'), last = text.rfind(':');
  if (first == text.npos || first == last) return;
  put(e, "ref", text.substr(first + 1, last - first - 1));
  put(e, "commit", text.substr(last + 1));
}

result<decoded> release(const hook& h, timestamp now, std::optional<deployment_state> state,
                        std::optional<timestamp> occurred) {
  if (!h.reads_deployments_from("release")) return other_source_of_deployments(h, "release");
  if (!state) return decoded::nothing("release: status " + h.text("/resource/environment/status"));
  auto subject = h.subject("release/" + h.text("/resource/environment/releaseId") + '/', "/resource/environment/id");
  if (const auto attempt = h.text("/resource/deployment/id"); !subject.empty() && !attempt.empty())
    subject += '/' + attempt;
  auto e = h.start(thing_type::deployment, subject, occurred, now);
  read_into(e, h.body,
            {{"service", "/resource/release/releaseDefinition/name"},
             {"service", "/resource/environment/releaseDefinition/name"},
             {"service", "/resource/project/name"},
             {"environment", "/resource/environment/name"},
             {"version", "/resource/environment/release/name"},
             {"version", "/resource/release/name"},
             {"commit", "/resource/release/artifacts/0/definitionReference/sourceVersion/id"},
             {"ref", "/resource/release/artifacts/0/definitionReference/branch/id"},
             {"actor", "/resource/deployment/requestedFor/displayName"},
             {"url", "/resource/environment/release/_links/web/href"},
             {"started_at", "/resource/deployment/startedOn"}});
  put_state(e, state);
  return decoded(std::move(e));
}

// The fields that runs of pipelines and their stages share.
void put_run(const hook& h, event& e) {
  read_into(e, h.body,
            {{"service", "/resource/pipeline/name"},
             {"service", "/resource/run/pipeline/name"},
             {"workflow", "/resource/pipeline/name"},
             {"workflow", "/resource/run/pipeline/name"},
             {"version", "/resource/run/name"},
             {"commit", "/resource/run/resources/repositories/self/version"},
             {"ref", "/resource/run/resources/repositories/self/refName"},
             {"repository", "/resource/run/resources/repositories/self/repository/fullName"},
             {"url", "/resource/run/_links/web/href"}});
}

std::optional<deployment_state> state_of(const hook& h, const std::string& member) {
  const auto state = h.text("/resource/" + member + "/state");
  return our_word(states, state == "completed" ? h.text("/resource/" + member + "/result") : state);
}

}

result<decoded> release_started(const hook& h, timestamp now) {
  const auto began = h.time("/resource/deployment/startedOn");
  return release(h, now, deployment_state::running, began ? began : h.time("/createdDate"));
}

result<decoded> release_completed(const hook& h, timestamp now) {
  const auto ended = h.time("/resource/deployment/completedOn");
  return release(h, now, our_word(states, h.text("/resource/environment/status")),
                 ended ? ended : h.time("/createdDate"));
}

result<decoded> stage(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("stage")) return other_source_of_deployments(h, "stage");
  const auto name = h.text("/resource/stage/name"), title = h.text("/resource/stage/displayName");
  if (!is_listed(h, "stages", {name, title})) return decoded::nothing("stage: none of stages");
  const auto state = state_of(h, "stage");
  if (!state) return decoded::nothing("stage: result " + h.text("/resource/stage/result"));
  const auto ended = h.time("/resource/stage/finishTime");
  auto subject = h.subject("run/", "/resource/run/id");
  if (!subject.empty()) subject += '/' + name + '/' + h.text("/resource/stage/attempt");
  auto e = h.start(thing_type::deployment, subject, ended ? ended : h.time("/createdDate"), now);
  put_run(h, e);
  put(e, "environment", name);
  read_into(e, h.body, {{"started_at", "/resource/stage/startTime"}, {"finished_at", "/resource/stage/finishTime"}});
  put_state(e, state);
  return decoded(std::move(e));
}

result<decoded> run(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("run")) return other_source_of_deployments(h, "run");
  const auto pipeline = h.text("/resource/pipeline/name");
  if (!is_listed(h, "pipelines", {pipeline.empty() ? h.text("/resource/run/pipeline/name") : pipeline}))
    return decoded::nothing("run: none of pipelines");
  const auto state = state_of(h, "run");
  if (!state) return decoded::nothing("run: result " + h.text("/resource/run/result"));
  const auto ended = h.time("/resource/run/finishedDate");
  auto e = h.start(thing_type::deployment, h.subject("run/", "/resource/run/id"),
                   ended ? ended : h.time("/createdDate"), now);
  put_run(h, e);
  put(e, "environment", h.settings.setting("environment"));
  read_into(e, h.body, {{"created_at", "/resource/run/createdDate"}, {"finished_at", "/resource/run/finishedDate"}});
  put_state(e, state);
  return decoded(std::move(e));
}

result<decoded> build(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("build")) return other_source_of_deployments(h, "build");
  if (!is_listed(h, "pipelines", {h.text("/resource/definition/name")}))
    return decoded::nothing("build: none of pipelines");
  const auto result = h.text("/resource/result");
  const auto state = our_word(states, result.empty() ? h.text("/resource/status") : result);
  if (!state) return decoded::nothing("build: status " + h.text("/resource/status"));
  auto e = h.start(thing_type::deployment, h.subject("build/", "/resource/id"), h.time("/resource/finishTime"), now);
  read_into(e, h.body,
            {{"service", "/resource/definition/name"},
             {"workflow", "/resource/definition/name"},
             {"version", "/resource/buildNumber"},
             {"actor", "/resource/lastChangedBy/displayName"},
             {"url", "/resource/url"},
             {"started_at", "/resource/startTime"},
             {"finished_at", "/resource/finishTime"}});
  put_source_version(e, h.text("/resource/sourceGetVersion"));
  put(e, "environment", h.settings.setting("environment"));
  put_state(e, state);
  return decoded(std::move(e));
}

}
