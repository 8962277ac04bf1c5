// Flux' notification controller, provider generic-hmac: what Helm releases and Kustomizations end with.
#include <algorithm>

#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::flux {
namespace {

constexpr setting_rule settings[] = {
    {"environment", false, "", "", "of what has no `environment` in the alert's eventMetadata"},
};

/// What a controller's reason says of a deployment.
struct reason {
  std::string_view name, state;
  std::string_view deployed_as = {};  ///< an explicit kind
};
constexpr reason reasons[] = {
    {"InstallSucceeded", "succeeded"},
    {"UpgradeSucceeded", "succeeded"},
    {"RollbackSucceeded", "succeeded", "rollback"},
    {"ReconciliationSucceeded", "succeeded"},
    {"InstallFailed", "failed"},
    {"UpgradeFailed", "failed"},
    {"RollbackFailed", "failed", "rollback"},
    {"TestFailed", "failed"},
    {"ReconciliationFailed", "failed"},
    {"BuildFailed", "failed"},
    {"ValidationFailed", "failed"},
    {"HealthCheckFailed", "failed"},
};

// Metadata is written with and without the controller's group before its name.
std::string metadata(const hook& h, std::string_view name) {
  auto value = h.text("/metadata/" + std::string(name));
  if (!value.empty()) return value;
  const auto version = h.text("/involvedObject/apiVersion");
  return h.text("/metadata/" + pointer_token(version.substr(0, version.find('/')) + '/' + std::string(name)));
}

// main/5e1f..., main@sha1:5e1f...: the commit; 1.8.3 of a chart: a version.
void put_revision(event& e, const std::string& revision) {
  const auto separator = revision.find_last_of("/:@");
  const auto last = separator == revision.npos ? revision : revision.substr(separator + 1);
  const bool commit = last.size() >= 40 && last.find_first_not_of("0123456789abcdef") == last.npos;
  put(e, commit ? "commit" : "version", commit ? last : revision);
  if (commit && separator != revision.npos) put(e, "ref", revision.substr(0, revision.find_first_of("/@")));
}

result<decoded> reconciled(const hook& h, timestamp now) {
  const auto kind = h.text("/involvedObject/kind"), name = h.text("/reason");
  if (kind != "HelmRelease" && kind != "Kustomization") return decoded::nothing("an object of kind " + kind);
  const auto known = std::ranges::find(reasons, name, &reason::name);
  if (known == std::end(reasons)) return decoded::nothing("reason " + name);
  const auto revision = metadata(h, "revision");
  auto subject = h.subject(h.text("/involvedObject/namespace") + '/', "/involvedObject/name");
  // a failure is told again at each attempt; what succeeded may come back later
  if (!subject.empty()) subject += '/' + revision + '/' + name;
  if (!subject.empty() && known->state == "succeeded") subject += '/' + h.text("/timestamp");
  auto e = h.start("deployment", subject.size() <= max_name ? subject : sha256_hex(subject), h.time("/timestamp"), now);
  e.id = e.subject;
  put(e, "service", metadata(h, "service"));
  put(e, "service", e.fields.contains("service") ? std::string() : h.text("/involvedObject/name"));
  const auto environment = metadata(h, "environment");
  put(e, "environment", environment.empty() ? h.settings.setting("environment") : environment);
  put_revision(e, revision);
  put(e, "kind", known->deployed_as);
  put(e, "message", h.text("/message"));
  put_state(e, known->state);
  return decoded(std::move(e));
}

bool authentic(const source& s, const delivery& d) {
  const auto signature = d.header.get("X-Signature");
  return signature.empty() ? shows_secret(s, d) : signed_with_named_digest(s.secrets, d.body, signature);
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto in = json_body(d, "Flux");
  if (!in) return in.error();
  return checked(reconciled({s, key_of_bytes(d), *in, {}}, d.received_at), d.received_at, "the event", "Flux");
}

}

extern constinit const collector collect = {
    .kind = "flux",
    .help = "Flux' alerts through a provider generic-hmac, or generic with the secret as token: deployments",
    .settings = settings,
    .authentic = authentic,
    .key = key_of_bytes,
    .decode = decode,
};

}
