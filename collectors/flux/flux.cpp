// Flux' notification controller, provider generic-hmac: results of Helm releases and Kustomizations.
#include <algorithm>

#include "collectors/artifact.hpp"
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"
#include "collectors/signature.hpp"

namespace releasehealth::flux {
namespace {

constexpr setting_rule settings[] = {
    {"environment", false, "", "", "environment of objects without `environment` in the alert's eventMetadata"},
};

/// The meaning of a controller's reason for a deployment.
struct reason {
  std::string_view name;
  deployment_state state;
  std::optional<deployment_kind> deployed_as = {};
};
constexpr reason reasons[] = {
    {"InstallSucceeded", deployment_state::succeeded},
    {"UpgradeSucceeded", deployment_state::succeeded},
    {"RollbackSucceeded", deployment_state::succeeded, deployment_kind::rollback},
    {"ReconciliationSucceeded", deployment_state::succeeded},
    {"InstallFailed", deployment_state::failed},
    {"UpgradeFailed", deployment_state::failed},
    {"RollbackFailed", deployment_state::failed, deployment_kind::rollback},
    {"TestFailed", deployment_state::failed},
    {"ReconciliationFailed", deployment_state::failed},
    {"BuildFailed", deployment_state::failed},
    {"ValidationFailed", deployment_state::failed},
    {"HealthCheckFailed", deployment_state::failed},
};

// Metadata names occur with and without the controller's group as prefix.
std::string metadata(const hook& h, std::string_view name) {
  auto value = h.text("/metadata/" + std::string(name));
  if (!value.empty()) return value;
  const auto version = h.text("/involvedObject/apiVersion");
  return h.text("/metadata/" + pointer_token(version.substr(0, version.find('/')) + '/' + std::string(name)));
}

/// A revision of a source: `main/5e1f...`, `refs/heads/main@sha1:5e1f...` of git, `1.8.3@sha256:6b86...` of a registry,
/// `1.8.3` or `1.8.3+6b863333be9d` of a chart.
struct revision_parts {
  std::string name;    ///< branch, tag or version
  std::string commit;  ///< git only
  bool has_digest = false;
};

revision_parts parts_of(const std::string& revision) {
  const auto at_sign = revision.rfind('@'), separator = at_sign != revision.npos ? at_sign : revision.rfind('/');
  const auto digest = separator == revision.npos ? revision : revision.substr(separator + 1);
  const bool is_git = at_sign == revision.npos || digest.starts_with("sha1:");
  const auto hex = digest.substr(digest.find(':') + 1);
  if (!is_git) return {revision.substr(0, at_sign), {}, true};
  if (hex.size() != 40 || !is_commit(hex)) return {revision, {}, false};
  return {separator == revision.npos ? std::string() : revision.substr(0, separator), hex, false};
}

bool is_version(std::string_view name) {
  if (name.starts_with('v')) name.remove_prefix(1);
  return !name.empty() && name[0] >= '0' && name[0] <= '9';
}

// helm-controller appends the first digits of the artifact's digest to the version of a chart from a registry.
std::string without_digest(const hook& h, std::string version) {
  const auto plus = version.rfind('+');
  const auto digest = metadata(h, "oci-digest");
  if (plus != version.npos && plus + 1 < version.size() && digest.find(':' + version.substr(plus + 1)) != digest.npos)
    version.resize(plus);
  return version;
}

// Sets commit, ref, version and revision. originRevision of a registry's artifact names the commit that it was built
// from; a commit of the repository of manifests is not one of the service. A tag that moves (latest) is a version only
// with its digest.
void put_content(const hook& h, event& e, const std::string& revision) {
  const auto what = parts_of(revision), origin = parts_of(metadata(h, "originRevision"));
  const auto& git = what.commit.empty() ? origin : what;
  put(e, "commit", origin.commit);
  if (!git.commit.empty()) put(e, "ref", git.name);
  put_revision(e, {what.commit.empty() ? revision : what.commit, {}, {}});
  if (!what.commit.empty()) return;
  put(e, "version", what.has_digest && !is_version(what.name) ? revision : without_digest(h, what.name));
}

result<decoded> reconciled(const hook& h, timestamp now) {
  const auto kind = h.text("/involvedObject/kind"), name = h.text("/reason");
  if (kind != "HelmRelease" && kind != "Kustomization") return decoded::nothing("an object of kind " + kind);
  const auto known = std::ranges::find(reasons, name, &reason::name);
  if (known == std::end(reasons)) return decoded::nothing("reason " + name);
  const auto revision = metadata(h, "revision");
  auto subject = h.subject(h.text("/involvedObject/namespace") + '/', "/involvedObject/name");
  // each attempt reports a failure again; a success may recur later as another deployment
  if (!subject.empty()) subject += '/' + revision + '/' + name;
  if (!subject.empty() && known->state == deployment_state::succeeded) subject += '/' + h.text("/timestamp");
  auto e = h.start(thing_type::deployment, subject.size() <= max_name ? subject : sha256_hex(subject),
                   h.time("/timestamp"), now);
  e.id = e.subject;
  put(e, "service", metadata(h, "service"));
  put(e, "service", e.fields.contains("service") ? std::string() : h.text("/involvedObject/name"));
  const auto environment = metadata(h, "environment");
  put(e, "environment", environment.empty() ? h.settings.setting("environment") : environment);
  put_content(h, e, revision);
  for (const auto* key : {"image", "event.toolkit.fluxcd.io/image"})
    put_image(e, h.text("/metadata/" + pointer_token(key)));
  put(e, "kind", word(known->deployed_as));
  put(e, "message", h.text("/message"));
  put_state(e, known->state);
  return decoded(std::move(e));
}

bool authentic(const source& s, const delivery& d) {
  const auto signature = d.header.get("X-Signature");
  return signature.empty() ? shows_secret(s, d) : signed_with_named_digest(s.secrets, d.body, signature);
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  return checked(reconciled({s, key_of_bytes(d), *body, {}}, d.received_at), d.received_at, "the event", "Flux");
}

constexpr setup_step setup[] = {
    {"kind: Alert", thing_type::deployment, needed_by_all},
};

}

extern constinit const collector collect = {
    .kind = "flux",
    .help = "Flux' alerts through a provider generic-hmac, or generic with the secret as token: deployments",
    .settings = settings,
    .authentic = authentic,
    .key = key_of_bytes,
    .decode = decode,
    .setup = setup,
};

}
