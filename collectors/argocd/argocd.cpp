// Argo CD's notifications, in the template that deploy/argocd has: each sync is a deployment.
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::argocd {
namespace {

constexpr setting_rule settings[] = {
    {"environment", false, "", "", "of applications without a label environment or env"},
    {"identity", false, "image revision", "image",
     "what was deployed: the tag of an application's only image, or the revision that was synced"},
};

constexpr spelling<deployment_state> phases[] = {{"Running", deployment_state::running},
                                                 {"Succeeded", deployment_state::succeeded},
                                                 {"Failed", deployment_state::failed},
                                                 {"Error", deployment_state::failed}};

// Of several images nobody says which one it is about.
std::string only_tag(const hook& h) {
  const auto images = elements_at(h.in, "/images");
  return images.size() == 1 ? tag_of_image(text_at(images.front(), "")) : std::string();
}

// A commit of the repository that holds the manifests is a new one also when it brings an old image back: the image
// says what is live.
void put_identity(event& e, const hook& h) {
  const auto tag = h.settings.setting("identity") == "image" ? only_tag(h) : std::string();
  const auto revision = h.text("/operation/revision");  // of the first source, where there are several
  const auto what = !tag.empty() ? tag : !revision.empty() ? revision : h.text("/operation/revisions/0");
  put(e, is_commit(what) ? "commit" : "version", what);
}

result<decoded> sync(const hook& h, timestamp now) {
  const auto state = our_word(phases, h.text("/operation/phase"));
  if (!state) return decoded::nothing("phase " + h.text("/operation/phase"));
  const auto started = h.time("/operation/startedAt"), finished = h.time("/operation/finishedAt");
  auto subject = h.subject(h.text("/namespace") + '/', "/app");
  if (!subject.empty()) subject += '/' + h.text("/operation/startedAt");
  auto e = h.start(thing_type::deployment, subject, state == deployment_state::running ? started : finished, now);
  e.id = e.subject + '/' + std::string(word(state));
  read_into(e, h.in,
            {{"service", "/labels/service"},
             {"service", "/app"},
             {"environment", "/labels/environment"},
             {"environment", "/labels/env"},
             {"ref", "/target_revision"},
             {"actor", "/operation/initiatedBy"},
             {"started_at", "/operation/startedAt"},
             {"url", "/url"}});
  put(e, "repository", repository_of(h.text("/repository")));
  if (!e.fields.contains("environment")) put(e, "environment", h.settings.setting("environment"));
  if (state == deployment_state::succeeded)
    put_identity(e, h);  // before, the images are those of the deployment before
  put_state(e, state);
  return decoded(std::move(e));
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto in = json_body(d, "Argo CD");
  if (!in) return in.error();
  return checked(sync({s, key_of_bytes(d), *in, {}}, d.received_at), d.received_at, "the notification", "our template");
}

}

extern constinit const collector collect = {
    .kind = "argocd",
    .help = "Argo CD notifications from the template in deploy/argocd, with the secret as bearer token",
    .settings = settings,
    .authentic = shows_secret,
    .key = key_of_bytes,
    .decode = decode,
};

}
