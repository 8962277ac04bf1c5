// Deployments: deployment, release, pipeline and tag push. A source reads one of these.
#include <algorithm>

#include "collectors/gitlab/hook.hpp"

namespace releasehealth::gitlab {
namespace {

constexpr spelling<deployment_state> states[] = {{"created", deployment_state::pending},
                                                 {"pending", deployment_state::pending},
                                                 {"waiting_for_resource", deployment_state::pending},
                                                 {"preparing", deployment_state::pending},
                                                 {"scheduled", deployment_state::pending},
                                                 {"manual", deployment_state::pending},
                                                 {"running", deployment_state::running},
                                                 {"success", deployment_state::succeeded},
                                                 {"failed", deployment_state::failed},
                                                 {"canceled", deployment_state::canceled}};

void put_project(const hook& h, event& e) {
  put(e, "service", project_of(h));
  put(e, "repository", project_of(h));
}

void put_ref(const hook& h, event& e, const std::string& ref) {
  put(e, "ref", ref);
  if (h.is_default_branch(ref)) e.fields["default_branch"] = true;
}

}

result<decoded> deployment(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("deployment")) return other_source_of_deployments(h, "deployment");
  // protected environments also report blocked, approved, rejected: nothing was deployed and nothing failed
  const auto state = our_word(states, h.text("/status"));
  if (!state) return decoded::nothing("deployment: status " + h.text("/status"));
  const auto occurred = h.time("/status_changed_at");
  auto e = h.start(thing_type::deployment, h.text("/deployment_id"), occurred, now);
  put_project(h, e);
  put(e, "environment", h.text("/environment"));
  if (h.text("/environment_tier") == "production") e.fields["production_environment"] = true;
  put_ref(h, e, h.text("/ref"));
  const auto url = h.text("/commit_url");
  const auto sha = url.substr(url.rfind('/') + 1);
  put(e, "commit", sha.size() >= 40 ? sha : h.text("/short_sha"));
  put(e, "title", first_line(h.text("/commit_title")));
  put(e, "actor", h.text("/user/username"));
  put(e, "url", h.text("/deployable_url"));
  e.fields["state"] = word(state);
  return decoded(std::move(e));
}

namespace {

// A release's date can be in the future (GitLab calls it upcoming, and sends nothing at that time) and can change.
// GitLab reports no time of the change: use the time of receipt, as it sends immediately and only once.
result<decoded> deployed_release(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("release")) return other_source_of_deployments(h, "release");
  const auto released = h.time("/released_at");
  const auto action = h.text("/action");
  const bool gone = action == "delete", changed = action == "update", is_upcoming = released > now;
  auto e = h.start(thing_type::deployment, h.subject("release/", "/id"),
                   gone || changed || is_upcoming ? std::nullopt : released, now);
  if (gone) {
    retract(e);
    return decoded(std::move(e));
  }
  put_project(h, e);
  put(e, "environment", h.settings.setting("environment"));
  put(e, "version", h.text("/tag"));
  put(e, "tag", h.text("/tag"));
  put(e, "commit", h.text("/commit/id"));
  put(e, "title", first_line(h.text("/name")));
  put(e, "url", h.text("/url"));
  if (changed) e.fields["corrected"] = true;
  if (is_upcoming) {
    e.fields["finished_at"] = nullptr;
    put(e, "due_at", released);
  } else {
    put(e, "finished_at", released);
  }
  e.fields["state"] = word(is_upcoming ? deployment_state::pending : deployment_state::succeeded);
  return decoded(std::move(e));
}

// Deleting a release keeps its tag.
std::optional<event> tag_of_release(const hook& h, timestamp now) {
  const auto action = h.text("/action"), commit = h.text("/commit/id");
  if ((action != "create" && action != "update") || commit.empty()) return {};
  auto tagged_at = action == "create" ? h.time("/created_at") : now;
  if (!tagged_at) tagged_at = std::min(h.time("/released_at").value_or(now), now);
  return tag_of(h, {project_of(h), h.text("/tag"), commit, tagged_at}, now);
}

}

result<decoded> release(const hook& h, timestamp now) {
  return with_tag(deployed_release(h, now), tag_of_release(h, now));
}

// A job that starts an environment is a deployment; each delivery of a pipeline contains all of its jobs.
result<decoded> pipeline(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("pipeline")) return other_source_of_deployments(h, "pipeline");
  decoded out;
  for (const auto& b : elements_at(h.body, "/builds")) {
    const auto state = our_word(states, text_at(b, "/status"));
    if (text_at(b, "/environment/name").empty() || text_at(b, "/environment/action") != "start" || !state) continue;
    const auto finished = sender_time_at(b, "/finished_at"), started = sender_time_at(b, "/started_at"),
               created = sender_time_at(b, "/created_at");
    auto e = h.start(thing_type::deployment, subject_at(b, "job/", "/id"),
                     finished  ? finished
                     : started ? started
                               : created,
                     now);
    e.id += '/' + text_at(b, "/id") + '/' + std::string(word(state));
    put_project(h, e);
    put(e, "environment", text_at(b, "/environment/name"));
    if (text_at(b, "/environment/deployment_tier") == "production") e.fields["production_environment"] = true;
    put_ref(h, e, h.text("/object_attributes/ref"));
    put(e, "commit", h.text("/object_attributes/sha"));
    put(e, "title", first_line(h.text("/commit/message")));
    put(e, "workflow", text_at(b, "/name"));
    put(e, "actor", text_at(b, "/user/username"));
    put(e, "created_at", created);
    put(e, "started_at", started);
    if (state != deployment_state::pending && state != deployment_state::running) put(e, "finished_at", finished);
    e.fields["state"] = word(state);
    out.events.push_back(std::move(e));
  }
  if (out.events.empty()) out.ignored = "pipeline: no job with an environment";
  return out;
}

result<decoded> tag_push(const hook& h, timestamp now) {
  const auto ref = h.text("/ref"), target = h.text("/after"), tag = tag_of_ref(ref);
  if (tag.empty()) return decoded::nothing("tag push: " + ref + " is no tag");
  const bool is_deleted = target.find_first_not_of('0') == target.npos;
  if (!is_deleted && h.text("/checkout_sha").empty()) return decoded::nothing("tag push: of no commit");
  // GitLab reports no time, but sends immediately and only once; history has one
  const auto pushed_at = h.time("/pushed_at").value_or(now);
  decoded out(tag_of(h, {project_of(h), tag, is_deleted ? std::string() : h.text("/checkout_sha"), pushed_at}, now));
  add_commits(out, h,
              {.all = elements_at(h.body, "/commits"),
               .id = "/id",
               .message = "/message",
               .authored_at = "/timestamp",
               .url = "/url",
               .repository = project_of(h),
               .ref = {},
               .pushed_at = {}},
              now);
  if (!h.reads_deployments_from("tag_push")) return out;
  auto e = h.start(thing_type::deployment, "tag/" + project_of(h) + '/' + tag, pushed_at, now);
  if (is_deleted) {
    retract(e);
    out.events.push_back(std::move(e));
    return out;
  }
  put_project(h, e);
  put(e, "environment", h.settings.setting("environment"));
  put(e, "version", tag);
  put(e, "tag", tag);
  put(e, "commit", h.text("/checkout_sha"));
  put(e, "actor", h.text("/user_username"));
  e.fields["state"] = word(deployment_state::succeeded);
  for (auto& one : with_return(std::move(e)).events) out.events.push_back(std::move(one));
  return out;
}

}
