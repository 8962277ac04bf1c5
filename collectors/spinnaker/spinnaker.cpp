// Spinnaker's Echo: Orca pipelines that deploy.
#include "collectors/artifact.hpp"
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::spinnaker {
namespace {

constexpr setting_rule settings[] = {
    {"pipelines", true, "", "", "the names of the pipelines that deploy", true},
    {"environment", false, "", "", "the environment of deployments, which Spinnaker does not report", true},
};

constexpr spelling<deployment_state> states[] = {{"SUCCEEDED", deployment_state::succeeded},
                                                 {"TERMINAL", deployment_state::failed},
                                                 {"STOPPED", deployment_state::failed},
                                                 {"FAILED_CONTINUE", deployment_state::failed},
                                                 {"CANCELED", deployment_state::canceled}};

// A pipeline that an image triggered names its tag; other pipelines may list images among their artifacts.
void put_images(event& e, const hook& h) {
  const auto repository = h.text("/content/execution/trigger/repository");
  const auto registry = h.text("/content/execution/trigger/registry");
  image trigger{registry.empty() ? repository : registry + '/' + repository, h.text("/content/execution/trigger/tag"),
                h.text("/content/execution/trigger/digest")};
  if (!repository.empty()) put_image(e, reference_of(trigger));
  for (const auto& one : elements_at(h.body, "/content/execution/trigger/artifacts"))
    if (text_at(one, "/type") == "docker/image") put_image(e, text_at(one, "/reference"));
}

result<decoded> pipeline(const hook& h, timestamp now, deployment_state state, std::string_view time) {
  if (!is_listed(h, "pipelines", {h.text("/content/execution/name")}))
    return decoded::nothing("a pipeline that is none of pipelines");
  auto e = h.start(thing_type::deployment, h.text("/content/execution/id"), h.time(time), now);
  e.id = e.subject + '/' + std::string(word(state));
  read_into(e, h.body,
            {{"service", "/details/application"},
             {"workflow", "/content/execution/name"},
             {"actor", "/content/execution/trigger/user"},
             {"commit", "/content/execution/trigger/buildInfo/scm/0/sha1"},
             {"ref", "/content/execution/trigger/buildInfo/scm/0/branch"},
             {"version", "/content/execution/trigger/tag"},
             {"version", "/content/execution/trigger/buildInfo/number"},
             {"started_at", "/content/execution/startTime"}});
  put_images(e, h);
  put(e, "environment", h.settings.setting("environment"));
  put_state(e, state);
  return decoded(std::move(e));
}

result<decoded> starting(const hook& h, timestamp now) {
  return pipeline(h, now, deployment_state::running, "/content/execution/startTime");
}

// `failed` is also the end of a canceled pipeline: the status decides.
result<decoded> ended(const hook& h, timestamp now) {
  const auto status = h.text("/content/execution/status");
  const auto state = our_word(states, status);
  if (!state) return decoded::nothing("status " + status);
  return pipeline(h, now, *state, "/content/execution/endTime");
}

constexpr hook_type types[] = {
    {"orca:pipeline:starting", starting}, {"orca:pipeline:complete", ended}, {"orca:pipeline:failed", ended}};

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  return read_by_type(types, text_at(*body, "/details/type"), {s, key_of_bytes(d), *body, {}}, d.received_at,
                      "Spinnaker");
}

constexpr setup_step setup[] = {
    {"echo-local.yml", thing_type::deployment, needed_by_all},
};

}

extern constinit const collector collect = {
    .kind = "spinnaker",
    .help = "Spinnaker's Echo (rest), with the secret as bearer token or password: pipelines that deploy",
    .settings = settings,
    .authentic = shows_secret,
    .key = key_of_bytes,
    .decode = decode,
    .setup = setup,
};

}
