#include "collectors/credentials.hpp"
#include "collectors/gitlab/hook.hpp"
#include "collectors/signature.hpp"

namespace releasehealth::gitlab {
namespace {

// The readers, by X-Gitlab-Event.
constexpr hook_type types[] = {
    {"Deployment Hook", deployment},
    {"Release Hook", release},
    {"Pipeline Hook", pipeline},
    {"Tag Push Hook", tag_push},
    {"Push Hook", push},
    {"Merge Request Hook", merge_request},
    {"Issue Hook", issue},
    {"Confidential Issue Hook", issue},
    {"Work Item Hook", issue},
    {"Feature Flag Hook", feature_flag},
};

constexpr setting_rule settings[] = {
    {"deployments", false, "deployment release pipeline tag_push", "deployment",
     "the event that represents a deployment; the others are ignored and counted"},
    {"environment", false, "", "", "the environment of releases and tags; required with them"},
    {"incidents.labels", true, "", "", "issues with one of these labels are incidents, whatever their type", false,
     "labels", true},
    {"incidents.types", true, "", "Incident", "issues of one of these types are incidents; default: Incident", false,
     "issue_type", true},
};

std::string check_settings(const source& s) {
  const auto deployments = s.setting("deployments");
  if ((deployments == "release" || deployments == "tag_push") && s.setting("environment").empty())
    return "no environment for deployments = \"" + deployments + "\"; expected one, because GitLab does not report it";
  return {};
}

// A signature, if present, alone decides; the old token counts only without one (sources.md §4.2).
bool authentic(const source& s, const delivery& d) {
  return read_standard_webhook(d.header).signatures.empty() ? token_is_any(s.secrets, d.header.get("X-Gitlab-Token"))
                                                            : shows_standard_webhook(s, d);
}

// X-Gitlab-Webhook-UUID differs for every attempt, so it cannot be the key.
std::string key(const delivery& d) {
  return read_standard_webhook(d.header).id.empty() ? key_in(d, {"Idempotency-Key"}) : key_of_standard_webhook(d);
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  return read_by_type(types, d.header.get("X-Gitlab-Event"),
                      {s, key(d), *body, text_at(*body, "/project/default_branch")}, d.received_at, "GitLab");
}

constexpr setup_step setup[] = {
    {"Deployment events", thing_type::deployment, needed_by_all},
    {"Push events", thing_type::commit, needed_by_pushes},
    {"Merge request events", thing_type::commit, needed_by_merges, "pull_request"},
};

}

extern constinit const collector collect = {
    .kind = "gitlab",
    .help = "GitLab webhooks, with a signing token (Standard Webhooks) or the old secret token",
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
    .proof = {"X-Gitlab-Token", "", test_proof::value::secret},
};

}
