// Bitbucket Cloud.
#include <algorithm>

#include "collectors/bitbucket/hook.hpp"

namespace releasehealth::bitbucket {
namespace {

constexpr spelling<deployment_state> status_states[] = {{"INPROGRESS", deployment_state::running},
                                                        {"SUCCESSFUL", deployment_state::succeeded},
                                                        {"FAILED", deployment_state::failed},
                                                        {"STOPPED", deployment_state::canceled}};
constexpr spelling<incident_state> issue_states[] = {
    {"new", incident_state::open},          {"open", incident_state::open},
    {"submitted", incident_state::open},    {"on hold", incident_state::acknowledged},
    {"resolved", incident_state::resolved}, {"closed", incident_state::resolved},
    {"wontfix", incident_state::resolved}};

bool is_gone(std::string_view state) { return state == "invalid" || state == "duplicate"; }

void put_repository(const hook& h, event& e) {
  put(e, "service", repository_at(h.body, "/repository"));
  put(e, "repository", repository_at(h.body, "/repository"));
}

}

result<decoded> commit_status(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("commit_status")) return other_source_of_deployments(h, "commit status");
  if (!is_listed(h, "statuses", {h.text("/commit_status/key"), h.text("/commit_status/name")}))
    return decoded::nothing("commit status: none of statuses");
  const auto state = our_word(status_states, h.text("/commit_status/state"));
  if (!state) return decoded::nothing("commit status: state " + h.text("/commit_status/state"));
  auto sha = h.text("/commit_status/commit/hash");
  if (sha.empty()) {
    const auto link = h.text("/commit_status/links/commit/href");
    sha = link.substr(link.rfind('/') + 1);
  }
  // the url is that of the build: another attempt for the same commit has another url
  const auto which = sha + '/' + h.text("/commit_status/key") + '/' + h.text("/commit_status/url");
  auto e = h.start(thing_type::deployment, "status/" + sha256_hex(which).substr(0, 32),
                   h.time("/commit_status/updated_on"), now);
  put_repository(h, e);
  put(e, "environment", h.settings.setting("environment"));
  put(e, "commit", sha);
  read_into(e, h.body,
            {{"workflow", "/commit_status/name"},
             {"ref", "/commit_status/refname"},
             {"actor", "/actor/display_name"},
             {"url", "/commit_status/url"},
             {"created_at", "/commit_status/created_on"}});
  if (h.is_default_branch(h.text("/commit_status/refname"))) e.fields["default_branch"] = true;
  put_state(e, state);
  return decoded(std::move(e));
}

result<decoded> deployment(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("deployment")) return other_source_of_deployments(h, "deployment");
  const auto name = h.text("/deployment/state/name");
  const auto state = name == "IN_PROGRESS" ? std::optional(deployment_state::running)
                                           : our_word(status_states, h.text("/deployment/state/status/name"));
  if (!state) return decoded::nothing("deployment: state " + name);
  const bool has_ended = state != deployment_state::running;
  auto e = h.start(thing_type::deployment, h.subject("deployment/", "/deployment/uuid"),
                   h.time(has_ended ? "/deployment/state/completed_on" : "/deployment/state/started_on"), now);
  put_repository(h, e);
  read_into(e, h.body,
            {{"environment", "/deployment/environment/name"},
             {"version", "/deployment/release/name"},
             {"commit", "/deployment/release/commit/hash"},
             {"url", "/deployment/release/url"},
             {"started_at", "/deployment/state/started_on"}});
  if (h.text("/deployment/environment/environment_type/name") == "Production")
    e.fields["production_environment"] = true;
  put_state(e, state);
  return decoded(std::move(e));
}

result<decoded> push(const hook& h, timestamp now) {
  decoded out;
  const auto pushed_at = h.time("/pushed_at").value_or(now);  // not reported; Bitbucket sends immediately and only once
  for (const auto& change : elements_at(h.body, "/push/changes")) {
    const auto name = text_at(change, "/new/name"), old = text_at(change, "/old/name");
    if (text_at(change, "/new/type") == "tag" || text_at(change, "/old/type") == "tag") {
      const bool gone = name.empty();
      const auto tag = gone ? old : name, commit = text_at(change, "/new/target/hash");
      if (gone || !commit.empty())
        out.events.push_back(tag_of(h, {repository_at(h.body, "/repository"), tag, commit, pushed_at}, now));
      if (auto e = tagged(h, tag, commit, gone, pushed_at)) out.events.push_back(std::move(*e));
      continue;
    }
    add_commits(out, h,
                {.all = elements_at(change, "/commits"),
                 .id = "/hash",
                 .message = "/message",
                 .authored_at = "/date",
                 .url = "/links/html/href",
                 .repository = repository_at(h.body, "/repository"),
                 .ref = name,
                 .pushed_at = pushed_at},
                now);
  }
  if (out.events.empty()) out.ignored = "push: without commits";
  return out;
}

result<decoded> pull_request(const hook& h, timestamp now) {
  auto e =
      h.start(thing_type::commit, h.text("/pullrequest/merge_commit/hash"), h.time("/pullrequest/updated_on"), now);
  read_into(e, h.body,
            {{"commit", "/pullrequest/merge_commit/hash"},
             {"ref", "/pullrequest/source/branch/name"},
             {"title", "/pullrequest/title"},
             {"pull_request", "/pullrequest/id"},
             {"url", "/pullrequest/links/html/href"},
             {"merged_at", "/pullrequest/updated_on"}});
  put(e, "repository", repository_at(h.body, "/repository"));
  const auto participants = elements_at(h.body, "/pullrequest/participants");
  if (std::ranges::any_of(participants, [](const json::value& p) { return flag_at(p, "/approved"); }))
    e.fields["reviewed"] = true;
  if (h.is_default_branch(h.text("/pullrequest/destination/branch/name"))) e.fields["default_branch"] = true;
  return releasehealth::merged(std::move(e), h.text("/pullrequest/source/commit/hash"));
}

result<decoded> issue(const hook& h, timestamp now) {
  if (h.settings.list("incidents.kinds").empty()) return decoded::nothing("issue: this source has no incidents.kinds");
  const auto updated = h.time("/issue/updated_on");
  auto e = h.start(thing_type::incident, h.subject(repository_at(h.body, "/repository") + '#', "/issue/id"),
                   updated ? updated : h.time("/issue/created_on"), now);
  const auto state = h.text("/issue/state");
  if (is_gone(state)) {
    retract(e);
    return decoded(std::move(e));
  }
  put_repository(h, e);
  read_into(e, h.body,
            {{"title", "/issue/title"},
             {"severity", "/issue/priority"},
             {"issue_type", "/issue/kind"},
             {"url", "/issue/links/html/href"},
             {"started_at", "/issue/created_on"}});
  put_links(e, h.body, {"/issue/content/raw"});
  put_state(e, our_word(issue_states, state));
  const bool is_new_kind = !h.text("/changes/kind/old").empty();
  if (is_new_kind) e.fields["reclassified"] = true;
  // the incident may have been retracted
  const bool returns = is_gone(h.text("/changes/status/old")) ||
                       (is_new_kind && is_listed(h, "incidents.kinds", {h.text("/issue/kind")}));
  return returns ? with_return(std::move(e)) : decoded(std::move(e));
}

}
