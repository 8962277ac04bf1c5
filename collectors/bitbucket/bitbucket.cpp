#include "collectors/bitbucket/hook.hpp"
#include "collectors/credentials.hpp"
#include "collectors/signature.hpp"

namespace releasehealth::bitbucket {
namespace {

// The readers, by X-Event-Key.
constexpr hook_type types[] = {
    {"repo:commit_status_created", commit_status},
    {"repo:commit_status_updated", commit_status},
    {"repo:push", push},
    {"pullrequest:fulfilled", pull_request},
    {"issue:created", issue},
    {"issue:updated", issue},
    {"repo:refs_changed", refs_changed},
    {"pr:merged", merged},
    {"deployment", deployment},
};

constexpr setting_rule settings[] = {
    {"deployments", false, "commit_status tag deployment", "commit_status",
     "what represents a deployment; Bitbucket's own deployments come by sync only"},
    {"statuses", true, "", "", "the keys or names of the commit statuses that represent a deployment"},
    {"environment", false, "", "", "the environment of deployments; required with statuses and with tag"},
    {"default_branch", false, "", "main", "the default branch, which Bitbucket does not report"},
    {"incidents.kinds", true, "", "", "issues of one of these kinds are incidents: bug", false, "issue_type", true},
};

std::string check_settings(const source& s) {
  const bool deploys = s.setting("deployments") == "tag" || !s.list("statuses").empty();
  return deploys && s.setting("environment").empty()
             ? "no environment; expected one, because Bitbucket does not report it"
             : "";
}

bool authentic(const source& s, const delivery& d) {
  return signed_with_any(s.secrets, d.body, d.header.get("X-Hub-Signature"), "sha256=");
}

std::string key(const delivery& d) { return key_in(d, {"X-Request-UUID", "X-Request-Id"}); }

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  return read_by_type(types, d.header.get("X-Event-Key"), {s, key(d), *body, s.setting("default_branch")},
                      d.received_at, "Bitbucket");
}

}

std::string repository_at(const json::value& document, const std::string& pointer) {
  const auto name = text_at(document, pointer + "/full_name");
  return name.empty() ? subject_at(document, text_at(document, pointer + "/project/key") + '/', pointer + "/slug")
                      : name;
}

std::optional<event> tagged(const hook& h, const std::string& tag, const std::string& commit, bool gone,
                            timestamp now) {
  if (!h.reads_deployments_from("tag")) return {};
  const auto repository = repository_at(h.body, "/repository");
  auto e = h.start(thing_type::deployment, "tag/" + repository + '/' + tag, std::nullopt, now);
  e.id += "/tag/" + tag;
  if (gone) {
    retract(e);
    return e;
  }
  put(e, "service", repository);
  put(e, "repository", repository);
  put(e, "environment", h.settings.setting("environment"));
  put(e, "version", tag);
  put(e, "tag", tag);
  put(e, "commit", commit);
  put_state(e, deployment_state::succeeded);
  return e;
}

namespace {

constexpr setup_step setup[] = {
    {"Build status created", thing_type::deployment, needed_by_all},
    {"Push", thing_type::commit, needed_by_pushes},
    {"Pull request merged", thing_type::commit, needed_by_merges, "pull_request"},
};

}

extern constinit const collector collect = {
    .kind = "bitbucket",
    .help = "Bitbucket Cloud and Data Center webhooks, signed with X-Hub-Signature",
    .settings = settings,
    .authentic = authentic,
    .key = key,
    .decode = decode,
    .check = check_settings,
    .history = history,
    .api = &api,
    .incidents = incident_origin::issues,
    .setup = setup,
    .proof = {"X-Hub-Signature", "sha256=", test_proof::value::hmac_sha256},
};

}
