// Octopus Deploy's subscriptions: deployments, with ids instead of names.
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::octopus {
namespace {

constexpr spelling<deployment_state> states[] = {
    {"DeploymentQueued", deployment_state::pending},      {"DeploymentStarted", deployment_state::running},
    {"DeploymentSucceeded", deployment_state::succeeded}, {"DeploymentFailed", deployment_state::failed},
    {"TaskCanceled", deployment_state::canceled},
};

// Returns the id of a kind: Projects-1, Environments-2, Releases-3, Deployments-4. Octopus reports no names.
std::string document(const hook& h, std::string_view kind) {
  for (const auto& id : elements_at(h.body, "/Payload/Event/RelatedDocumentIds"))
    if (auto text = text_at(id, ""); text.starts_with(kind)) return text;
  return {};
}

result<decoded> happened(const hook& h, timestamp now) {
  const auto category = h.text("/Payload/Event/Category");
  const auto state = our_word(states, category);
  if (!state) return decoded::nothing("category " + category);
  const auto deployment = document(h, "Deployments-");
  if (deployment.empty()) return decoded::nothing("a task that is no deployment");
  auto e = h.start(thing_type::deployment, deployment, h.time("/Payload/Event/Occurred"), now);
  put(e, "service", document(h, "Projects-"));
  put(e, "environment", document(h, "Environments-"));
  put(e, "version", document(h, "Releases-"));
  read_into(e, h.body, {{"actor", "/Payload/Event/Username"}, {"message", "/Payload/Event/Message"}});
  put_state(e, state);
  return decoded(std::move(e));
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  return checked(happened({s, text_at(*body, "/Payload/Event/Id"), *body, {}}, d.received_at), d.received_at,
                 "the event", "Octopus");
}

constexpr setup_step setup[] = {
    {"DeploymentSucceeded", thing_type::deployment, needed_by_all},
};

}

extern constinit const collector collect = {
    .kind = "octopus",
    .help = "Octopus Deploy's subscriptions, with the secret as bearer token: deployments",
    .authentic = shows_secret,
    .key = key_of_bytes,
    .decode = decode,
    .setup = setup,
};

}
