#include <algorithm>

#include "collectors/base/form.hpp"
#include "collectors/fields.hpp"
#include "collectors/github/hook.hpp"
#include "collectors/signature.hpp"

namespace releasehealth::github {
namespace {

result<decoded> ping(const hook&, timestamp) { return decoded::nothing("ping"); }

// ---- the table

constexpr hook_type types[] = {
    {"ping", ping},
    {"deployment", deployment},
    {"deployment_status", deployment_status},
    {"release", release},
    {"workflow_run", workflow_run},
    {"pull_request", pull_request},
    {"push", push},
    {"issues", issues},
};

constexpr setting_rule settings[] = {
    {"deployments", false, "deployment_status release workflow_run", "deployment_status",
     "the event that represents a deployment; the others are ignored and counted"},
    {"environment", false, "", "", "the environment of releases and workflow runs; required with them"},
    {"workflows", true, "", "", "the names or paths of the workflows that deploy; required with workflow_run"},
    {"incidents.labels", true, "", "", "issues with one of these labels are incidents", false, "labels", true},
    {"incidents.types", true, "", "", "issues of one of these types are incidents: Incident", false, "issue_type",
     true},
};

std::string check_settings(const source& s) {
  const auto deployments = s.setting("deployments");
  if (deployments != "deployment_status" && s.setting("environment").empty())
    return "no environment for deployments = \"" + deployments + "\"; expected one, because GitHub does not report it";
  if (deployments == "workflow_run" && s.list("workflows").empty())
    return "no workflows for deployments = \"workflow_run\"; expected those that deploy";
  return {};
}

bool authentic(const source& s, const delivery& d) {
  return signed_with_any(s.secrets, d.body, d.header.get("X-Hub-Signature-256"), "sha256=");
}

std::string key(const delivery& d) {
  const auto id = d.header.get("X-GitHub-Delivery");  // unchanged on a redelivery
  return id.empty() ? sha256_hex(d.body) : std::string(id);
}

// GitHub sends JSON, or a form with one field, `payload`.
result<std::string> json_text(const delivery& d) {
  const auto media = media_type(d.header.get("Content-Type"));
  if (media == "application/json") return std::string(d.body);
  if (media != "application/x-www-form-urlencoded")
    return unsupported_type(d.header.get("Content-Type"), "application/json or application/x-www-form-urlencoded");
  if (auto form = parse_form(d.body))
    for (auto& [name, value] : *form)
      if (name == "payload") return std::move(value);
  return error(errc::malformed, "the form has no field payload");
}

result<decoded> decode(const source& s, const delivery& d) {
  auto text = json_text(d);
  if (!text) return text.error();
  auto body = parse_json(*text, d.may);
  if (!body) return body.error();
  return read_by_type(types, d.header.get("X-GitHub-Event"),
                      {s, key(d), *body, text_at(*body, "/repository/default_branch")}, d.received_at, "GitHub");
}

constexpr setup_step setup[] = {
    {"Deployment statuses", thing_type::deployment, needed_by_all},
    {"Pushes", thing_type::commit, needed_by_pushes},
    {"Pull requests", thing_type::commit, needed_by_merges, "pull_request"},
};

}

extern constinit const collector collect = {
    .kind = "github",
    .help = "GitHub and GitHub Enterprise Server webhooks, signed with X-Hub-Signature-256",
    .body_limit = std::size_t{25} * 1024 * 1024,
    .settings = settings,
    .authentic = authentic,
    .key = key,
    .decode = decode,
    .check = check_settings,
    .history = history,
    .api = &api,
    .incidents = incident_origin::issues,
    .setup = setup,
    .proof = {"X-Hub-Signature-256", "sha256=", test_proof::value::hmac_sha256},
};

}
