// CircleCI's outbound webhooks: a workflow, or one of its jobs, is a deployment.
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"
#include "collectors/signature.hpp"

namespace releasehealth::circleci {
namespace {

constexpr setting_rule settings[] = {
    {"workflows", true, "", "", "the names of the workflows that deploy"},
    {"jobs", true, "", "", "the names of the jobs that deploy; one of workflows and jobs is required"},
    {"environment", false, "", "", "the environment of deployments, which CircleCI does not report", true},
};

constexpr spelling<deployment_state> states[] = {{"success", deployment_state::succeeded},
                                                 {"failed", deployment_state::failed},
                                                 {"error", deployment_state::failed},
                                                 {"canceled", deployment_state::canceled}};

// Returns acme/checkout for gh/acme/checkout; empty for the slug of GitHub Apps, circleci/<id>/<id>.
std::string repository(const hook& h) {
  const auto slug = h.text("/project/slug");
  return slug.starts_with("circleci/") ? h.text("/project/name") : slug.substr(slug.find('/') + 1);
}

result<decoded> completed(const hook& h, timestamp now, const std::string& what, std::string_view listed) {
  const auto path = [&](const char* member) { return '/' + what + '/' + member; };
  if (!is_listed(h, listed, {h.text(path("name"))})) return decoded::nothing(what + ": none of " + std::string(listed));
  const auto state = our_word(states, h.text(path("status")));
  if (!state) return decoded::nothing(what + ": status " + h.text(path("status")));
  const auto ended = h.time(path("stopped_at"));
  auto e =
      h.start(thing_type::deployment, h.subject(what + '/', path("id")), ended ? ended : h.time("/happened_at"), now);
  const auto name = path("name"), url = path("url"), created = path("created_at"), started = path("started_at"),
             stopped = path("stopped_at");
  // OAuth projects have vcs; projects of GitHub App and GitLab have trigger_parameters
  read_into(e, h.body,
            {{"workflow", name},
             {"commit", "/pipeline/vcs/revision"},
             {"commit", "/pipeline/trigger_parameters/git/checkout_sha"},
             {"ref", "/pipeline/vcs/branch"},
             {"ref", "/pipeline/trigger_parameters/git/branch"},
             {"version", "/pipeline/vcs/tag"},
             {"version", "/pipeline/trigger_parameters/git/tag"},
             {"tag", "/pipeline/vcs/tag"},
             {"title", "/pipeline/vcs/commit/subject"},
             {"title", "/pipeline/trigger_parameters/git/commit_title"},
             {"actor", "/pipeline/vcs/commit/author/name"},
             {"actor", "/pipeline/trigger_parameters/git/commit_author_name"},
             {"url", url},
             {"created_at", created},
             {"started_at", started},
             {"started_at", created},
             {"finished_at", stopped}});
  put(e, "repository", repository(h));
  put(e, "service", repository(h));
  const auto main = h.text("/pipeline/trigger_parameters/git/default_branch");
  if (!main.empty() && main == text_at(e.fields, "/ref")) e.fields["default_branch"] = true;
  put(e, "environment", h.settings.setting("environment"));
  put_state(e, state);
  return decoded(std::move(e));
}

result<decoded> workflow(const hook& h, timestamp now) { return completed(h, now, "workflow", "workflows"); }
result<decoded> job(const hook& h, timestamp now) { return completed(h, now, "job", "jobs"); }
result<decoded> ping(const hook&, timestamp) { return decoded::nothing("ping"); }

constexpr hook_type types[] = {{"workflow-completed", workflow}, {"job-completed", job}, {"ping", ping}};

std::string check_settings(const source& s) {
  if (s.list("workflows").empty() && s.list("jobs").empty())
    return "no workflows and no jobs; expected those that deploy";
  return {};
}

bool authentic(const source& s, const delivery& d) {
  return signed_in_list(s.secrets, d.body, d.header.get("circleci-signature"));
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  const auto id = text_at(*body, "/id");
  return read_by_type(types, text_at(*body, "/type"), {s, id.empty() ? key_of_bytes(d) : id, *body, {}}, d.received_at,
                      "CircleCI");
}

constexpr setup_step setup[] = {
    {"Workflow Completed", thing_type::deployment, needed_by_all},
};

}

extern constinit const collector collect = {
    .kind = "circleci",
    .help = "CircleCI's outbound webhooks, signed with circleci-signature: workflows and jobs that deploy",
    .settings = settings,
    .authentic = authentic,
    .key = key_of_bytes,
    .decode = decode,
    .check = check_settings,
    .setup = setup,
    .proof = {"circleci-signature", "v1=", test_proof::value::hmac_sha256},
};

}
