// Objects of apps/v1 as the Kubernetes API returns them, one or a List: results of rollouts. Kubernetes itself sends
// nothing; its controllers do (argocd, flux, cloudevents), or a command after a rollout posts the object here.
#include <algorithm>

#include "collectors/artifact.hpp"
#include "collectors/base/text.hpp"
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::kubernetes {
namespace {

constexpr setting_rule settings[] = {
    {"environment", false, "", "", "environment of objects without a label `environment`; default: their namespace"},
};

const json::value* condition(const json::value& object, std::string_view type) {
  const auto all = elements_at(object, "/status/conditions");
  const auto found = std::ranges::find(all, type, [](const json::value& c) { return text_at(c, "/type"); });
  return found == all.end() ? nullptr : &*found;
}

std::string label(const json::value& object, std::string_view name) {
  return text_at(object, "/metadata/labels/" + pointer_token(name));
}

// A Deployment has the result of its rollout in a condition; a StatefulSet or DaemonSet has only replica counts.
deployment_state state_of(const json::value& object) {
  if (const auto* progressing = condition(object, "Progressing")) {
    const auto reason = text_at(*progressing, "/reason");
    if (reason == "NewReplicaSetAvailable") return deployment_state::succeeded;
    if (reason == "ProgressDeadlineExceeded") return deployment_state::failed;
    return deployment_state::running;
  }
  const bool daemons = text_at(object, "/kind") == "DaemonSet";
  const auto updated = number_at(object, daemons ? "/status/updatedNumberScheduled" : "/status/updatedReplicas"),
             wanted = number_at(object, daemons ? "/status/desiredNumberScheduled" : "/spec/replicas");
  return updated && updated == wanted ? deployment_state::succeeded : deployment_state::running;
}

std::optional<event> rollout(const hook& h, const json::value& object, timestamp now) {
  if (!has_word("Deployment StatefulSet DaemonSet", text_at(object, "/kind"))) return {};
  // the revision of a Deployment counts its rollouts, including rollbacks
  auto revision = text_at(object, "/metadata/annotations/" + pointer_token("deployment.kubernetes.io/revision"));
  if (revision.empty()) revision = text_at(object, "/metadata/generation");
  const auto state = state_of(object);
  const auto* progressing = condition(object, "Progressing");
  const auto occurred = progressing && state != deployment_state::running
                            ? sender_time_at(*progressing, "/lastUpdateTime")
                            : std::nullopt;
  auto e = h.start(thing_type::deployment, subject_at(object, "", "/metadata/uid"), occurred, now);
  if (!e.subject.empty()) e.subject += '/' + revision;
  e.id = e.subject + '/' + std::string(word(state));
  put(e, "version", label(object, "app.kubernetes.io/version"));
  for (const auto* containers : {"/spec/template/spec/containers", "/spec/template/spec/initContainers"})
    for (const auto& one : elements_at(object, containers)) put_image(e, text_at(one, "/image"));
  for (const auto* annotated : {"/spec/template/metadata/annotations", "/metadata/annotations"})
    put_image_annotations(e, object, annotated);
  auto service = label(object, "app.kubernetes.io/name");
  put(e, "service", service.empty() ? text_at(object, "/metadata/name") : service);
  auto environment = label(object, "environment");
  if (environment.empty()) environment = h.settings.setting("environment");
  put(e, "environment", environment.empty() ? text_at(object, "/metadata/namespace") : environment);
  put(e, "message", text_at(object, "/metadata/annotations/" + pointer_token("kubernetes.io/change-cause")));
  put_state(e, state);
  return e;
}

result<decoded> objects(const hook& h, timestamp now) {
  decoded out;
  const auto all = h.text("/kind").ends_with("List") ? elements_at(h.body, "/items") : std::span(&h.body, 1);
  for (const auto& object : all)
    if (auto e = rollout(h, object, now)) out.events.push_back(std::move(*e));
  if (out.events.empty()) out.ignored = "no Deployment, StatefulSet or DaemonSet";
  return out;
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body_of_curl(d);
  if (!body) return body.error();
  return checked(objects({s, key_of_bytes(d), *body, {}}, d.received_at), d.received_at, "the object", "Kubernetes");
}

constexpr setup_step setup[] = {
    {"kubectl rollout status", thing_type::deployment, needed_by_all},
};

}

extern constinit const collector collect = {
    .kind = "kubernetes",
    .help = "objects of apps/v1 from the Kubernetes API, with the secret as bearer token: rollouts",
    .settings = settings,
    .authentic = shows_secret,
    .key = key_of_bytes,
    .decode = decode,
    .setup = setup,
};

}
