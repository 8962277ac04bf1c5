// Argo CD notifications from the template in deploy/argocd: each sync is a deployment.
#include "collectors/api.hpp"
#include "collectors/artifact.hpp"
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::argocd {

extern const api_shape history[1];  // history.cpp
extern const tool_api api;          // api.cpp

namespace {

constexpr setting_rule settings[] = {
    {"environment", false, "", "", "environment of applications without a label environment or env"},
    {"identity", false, "image revision", "image",
     "how deployments are distinguished: by the service's own images, or by the synced revisions"},
};

constexpr spelling<deployment_state> phases[] = {{"Running", deployment_state::running},
                                                 {"Succeeded", deployment_state::succeeded},
                                                 {"Failed", deployment_state::failed},
                                                 {"Error", deployment_state::failed}};

// The synced images and revisions. Derivation selects the service's own images, and with them the version. Sources and
// revisions have the same order.
void put_content(event& e, const hook& h) {
  for (const auto& one : elements_at(h.body, "/images")) put_image(e, text_at(one, ""));
  put_image_annotations(e, h.body, "/annotations");
  const auto revisions = elements_at(h.body, "/operation/revisions"), sources = elements_at(h.body, "/sources");
  for (std::size_t n = 0; n < revisions.size(); ++n) {
    source_revision synced{text_at(revisions[n], ""), {}, {}};
    if (sources.size() == revisions.size()) {
      synced.repository = repository_of(text_at(sources[n], "/repository"));
      synced.chart = text_at(sources[n], "/chart");
    }
    put_revision(e, synced);
  }
  if (revisions.empty())
    put_revision(e, {h.text("/operation/revision"), repository_of(h.text("/repository")), h.text("/chart")});
}

// The repository of manifests; with several sources, the first that is not a chart.
std::string manifest_repository(const hook& h) {
  if (const auto only = repository_of(h.text("/repository")); !only.empty()) return only;
  for (const auto& one : elements_at(h.body, "/sources"))
    if (text_at(one, "/chart").empty()) return repository_of(text_at(one, "/repository"));
  return {};
}

result<decoded> sync(const hook& h, timestamp now) {
  const auto state = our_word(phases, h.text("/operation/phase"));
  if (!state) return decoded::nothing("phase " + h.text("/operation/phase"));
  const auto started = h.time("/operation/startedAt"), finished = h.time("/operation/finishedAt");
  auto subject = h.subject(h.text("/namespace") + '/', "/app");
  if (!subject.empty()) subject += '/' + h.text("/operation/startedAt");
  auto e = h.start(thing_type::deployment, subject, state == deployment_state::running ? started : finished, now);
  e.id = e.subject + '/' + std::string(word(state));
  read_into(e, h.body,
            {{"service", "/labels/service"},
             {"service", "/app"},
             {"environment", "/labels/environment"},
             {"environment", "/labels/env"},
             {"ref", "/target_revision"},
             {"actor", "/operation/initiatedBy"},
             {"started_at", "/operation/startedAt"},
             {"url", "/url"}});
  put(e, "manifest_repository", manifest_repository(h));
  if (!e.fields.contains("environment")) put(e, "environment", h.settings.setting("environment"));
  if (state == deployment_state::succeeded) put_content(e, h);  // earlier, the images are the previous ones
  put_state(e, state);
  return decoded(std::move(e));
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  return checked(sync({s, key_of_bytes(d), *body, {}}, d.received_at), d.received_at, "the notification",
                 "our template");
}

constexpr setup_step setup[] = {
    {"notifications.yaml", thing_type::deployment, needed_by_all},
};

}

extern constinit const collector collect = {
    .kind = "argocd",
    .help = "Argo CD notifications from the template in deploy/argocd, with the secret as bearer token",
    .settings = settings,
    .authentic = shows_secret,
    .key = key_of_bytes,
    .decode = decode,
    .history = history,
    .api = &api,
    .setup = setup,
};

}
