#include <algorithm>

#include "collectors/github/hook.hpp"

namespace releasehealth::github {
namespace {

// A deployment's payload is null, an object, or text: the API keeps an object that was passed as text as that text.
json::value payload_of(const hook& h) {
  const auto* payload = json_source(h.body).find("/deployment/payload");
  if (!payload) return {};
  if (!payload->is_string()) return *payload;
  auto parsed = parse_json(std::string_view(payload->get_string()));
  return parsed ? std::move(*parsed) : json::value();
}

// The facts of the deployment, which both of its events contain. Its payload may name the service and the version.
void put_deployment(const hook& h, event& e) {
  const auto payload = payload_of(h);
  const auto named = text_at(payload, "/service");
  put(e, "service", named.empty() ? h.text("/repository/full_name") : named);
  put(e, "repository", h.text("/repository/full_name"));
  const auto environment = h.text("/deployment_status/environment");
  put(e, "environment", environment.empty() ? h.text("/deployment/environment") : environment);
  if (flag_at(h.body, "/deployment/production_environment")) e.fields["production_environment"] = true;
  put(e, "ref", h.text("/deployment/ref"));
  if (h.is_default_branch(h.text("/deployment/ref"))) e.fields["default_branch"] = true;
  put(e, "commit", h.text("/deployment/sha"));
  put(e, "version", text_at(payload, "/version"));
  put(e, "task", h.text("/deployment/task"));
  // not the title: rules match titles, which are those of commits (figures.md §4)
  put(e, "description", first_line(h.text("/deployment/description")));
  put(e, "actor", h.text("/deployment/creator/login"));
  put(e, "created_at", time_at(h.body, "/deployment/created_at"));
}

}

result<decoded> deployment(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("deployment_status")) return other_source_of_deployments(h, "deployment");
  auto e = h.start(thing_type::deployment, h.text("/deployment/id"), time_at(h.body, "/deployment/created_at"), now);
  put_deployment(h, e);
  e.fields["state"] = word(deployment_state::pending);
  return decoded(std::move(e));
}

result<decoded> deployment_status(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("deployment_status")) return other_source_of_deployments(h, "deployment_status");
  static constexpr spelling<deployment_state> states[] = {
      {"queued", deployment_state::pending},    {"pending", deployment_state::pending},
      {"waiting", deployment_state::pending},   {"in_progress", deployment_state::running},
      {"success", deployment_state::succeeded}, {"failure", deployment_state::failed},
      {"error", deployment_state::failed},      {"inactive", deployment_state::inactive}};
  const auto state = our_word(states, h.text("/deployment_status/state"));
  if (!state)
    return error(errc::unreadable, "unknown state", {{"/deployment_status/state", "is none that GitHub documents"}});
  auto e =
      h.start(thing_type::deployment, h.text("/deployment/id"), time_at(h.body, "/deployment_status/created_at"), now);
  put_deployment(h, e);
  e.fields["state"] = word(state);
  const auto log = h.text("/deployment_status/log_url");
  put(e, "url", log.empty() ? h.text("/deployment_status/target_url") : log);
  return decoded(std::move(e));
}

// ---- release

// A promoted prerelease keeps the published_at of the prerelease, but updated_at changes. For any other release,
// `published` has the earlier time, and the fold uses that.
std::optional<timestamp> released_at(const hook& h, timestamp now) {
  const auto published = h.time("/release/published_at"), updated = h.time("/release/updated_at");
  return std::max(published.value_or(timestamp{}), updated.value_or(now));
}

namespace {

result<decoded> deployed_release(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("release")) return other_source_of_deployments(h, "release");
  const auto action = h.text("/action");
  const bool gone = action == "deleted" || action == "unpublished";
  // a release sends created, published and released together: the last two report the same release id
  if (!gone && action != "published" && action != "released") return decoded::nothing("release: action " + action);
  if (flag_at(h.body, "/release/draft")) return decoded::nothing("release: a draft");
  if (!gone && flag_at(h.body, "/release/prerelease")) return decoded::nothing("release: a prerelease");
  const auto occurred = action == "released" ? released_at(h, now) : h.time("/release/published_at");
  auto e = h.start(thing_type::deployment, h.text("/release/id"), gone ? std::nullopt : occurred, now);
  if (gone) {
    retract(e);
    return decoded(std::move(e));
  }
  put(e, "service", h.text("/repository/full_name"));
  put(e, "repository", h.text("/repository/full_name"));
  put(e, "environment", h.settings.setting("environment"));
  put(e, "version", h.text("/release/tag_name"));
  put(e, "tag", h.text("/release/tag_name"));
  put(e, "title", first_line(h.text("/release/name")));
  put(e, "actor", h.text("/release/author/login"));
  put(e, "url", h.text("/release/html_url"));
  put(e, "finished_at", occurred);
  e.fields["state"] = word(deployment_state::succeeded);
  return with_return(std::move(e));
}

// The tag of a release that names a commit; a branch does not identify one. `created_at` is the commit's own time, so
// a push of the tag takes precedence from its time on.
std::optional<event> tag_of_release(const hook& h, timestamp now) {
  const auto action = h.text("/action"), commit = h.text("/release/target_commitish");
  const bool is_out = (action == "published" || action == "released") && !flag_at(h.body, "/release/draft");
  if (!is_out || commit.size() != longest_commit || !is_commit(commit)) return {};
  return tag_of(
      h, {h.text("/repository/full_name"), h.text("/release/tag_name"), commit, h.time("/release/created_at")}, now);
}

}

result<decoded> release(const hook& h, timestamp now) {
  return with_tag(deployed_release(h, now), tag_of_release(h, now));
}

// ---- workflow_run

namespace {

std::optional<deployment_state> state_of_run(std::string_view action, std::string_view conclusion) {
  using enum deployment_state;
  if (action == "requested") return pending;
  if (action == "in_progress") return running;
  if (conclusion == "success") return succeeded;
  if (conclusion == "failure" || conclusion == "timed_out" || conclusion == "startup_failure") return failed;
  if (conclusion == "cancelled") return canceled;
  return {};  // action_required, neutral, skipped, stale: nothing was deployed
}

}

result<decoded> workflow_run(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("workflow_run")) return other_source_of_deployments(h, "workflow_run");
  const auto name = h.text("/workflow_run/name"), path = h.text("/workflow_run/path");
  const auto named = [&](const std::string& wanted) { return wanted == name || wanted == path; };
  if (std::ranges::none_of(h.settings.list("workflows"), named))
    return decoded::nothing("workflow_run: not one of the configured workflows");
  const auto state = state_of_run(h.text("/action"), h.text("/workflow_run/conclusion"));
  if (!state) return decoded::nothing("workflow_run: conclusion " + h.text("/workflow_run/conclusion"));
  const auto attempt = h.text("/workflow_run/run_attempt"), id = h.text("/workflow_run/id");
  auto e = h.start(thing_type::deployment, id.empty() || attempt.empty() ? id : id + '/' + attempt,
                   time_at(h.body, "/workflow_run/updated_at"), now);
  put(e, "service", h.text("/repository/full_name"));
  put(e, "repository", h.text("/repository/full_name"));
  put(e, "environment", h.settings.setting("environment"));
  put(e, "ref", h.text("/workflow_run/head_branch"));
  if (h.is_default_branch(h.text("/workflow_run/head_branch"))) e.fields["default_branch"] = true;
  put(e, "commit", h.text("/workflow_run/head_sha"));
  put(e, "workflow", name);
  put(e, "title", first_line(h.text("/workflow_run/head_commit/message")));
  put(e, "actor", h.text("/workflow_run/triggering_actor/login"));
  put(e, "url", h.text("/workflow_run/html_url"));
  put(e, "created_at", time_at(h.body, "/workflow_run/created_at"));
  put(e, "started_at", time_at(h.body, "/workflow_run/run_started_at"));
  e.fields["state"] = word(state);
  return decoded(std::move(e));
}

}
