#include "collectors/github/github.hpp"

#include <algorithm>

#include <boost/url.hpp>

#include "collectors/fields.hpp"

namespace releasehealth::github {
namespace {

using body = json::value;

/// One delivery on its way to events: the source's settings, the delivery's id and its body.
struct hook {
  const source& settings;
  std::string id;
  const body& in;

  std::string text(std::string_view pointer) const { return text_at(in, pointer); }
  bool reads_deployments_from(std::string_view type) const { return settings.setting("deployments") == type; }

  event start(std::string type, std::string subject, std::optional<timestamp> time, timestamp fallback) const {
    event e;
    e.id = id;
    e.thing = e.type = std::move(type);
    e.subject = std::move(subject);
    e.time = time.value_or(fallback);
    return e;
  }
};

void put(event& e, std::string_view field, std::string value) {
  if (!value.empty()) e.fields[field] = std::move(value);
}

void put(event& e, std::string_view field, std::optional<timestamp> value) {
  if (value) e.fields[field] = format_time(*value);
}

std::string first_line(std::string text) {
  text.resize(std::min({text.find('\n'), text.find('\r'), text.size()}));
  return text;
}

decoded other_source_of_deployments(const hook& h, std::string_view type) {
  return decoded::nothing(std::string(type) + ": this source takes its deployments from " +
                          h.settings.setting("deployments"));
}

void retract(event& e) {
  e.fields["of"] = e.thing;
  e.fields["retracted"] = true;
  e.type = "retraction";
}

// The event, and that what it is about counts again, should it have been retracted before.
decoded with_return(event e) {
  event back = e;
  back.id += "/returned";
  back.fields = {{"of", e.thing}, {"retracted", false}};
  back.type = "retraction";
  decoded out(std::move(e));
  out.events.push_back(std::move(back));
  return out;
}

// ---- deployment and deployment_status

// The deployment's own facts, which both of its events carry. Its payload is null, text or an object: an object may
// name the service.
void put_deployment(const hook& h, event& e) {
  const auto named = h.text("/deployment/payload/service");
  put(e, "service", named.empty() ? h.text("/repository/full_name") : named);
  put(e, "repository", h.text("/repository/full_name"));
  const auto environment = h.text("/deployment_status/environment");
  put(e, "environment", environment.empty() ? h.text("/deployment/environment") : environment);
  put(e, "ref", h.text("/deployment/ref"));
  put(e, "commit", h.text("/deployment/sha"));
  put(e, "version", h.text("/deployment/payload/version"));
  put(e, "task", h.text("/deployment/task"));
  put(e, "title", first_line(h.text("/deployment/description")));
  put(e, "actor", h.text("/deployment/creator/login"));
  put(e, "created_at", time_at(h.in, "/deployment/created_at"));
}

result<decoded> deployment(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("deployment_status")) return other_source_of_deployments(h, "deployment");
  auto e = h.start("deployment", h.text("/deployment/id"), time_at(h.in, "/deployment/created_at"), now);
  put_deployment(h, e);
  e.fields["state"] = "pending";
  return decoded(std::move(e));
}

result<decoded> deployment_status(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("deployment_status")) return other_source_of_deployments(h, "deployment_status");
  static constexpr std::pair<std::string_view, std::string_view> states[] = {
      {"queued", "pending"},    {"pending", "pending"}, {"waiting", "pending"}, {"in_progress", "running"},
      {"success", "succeeded"}, {"failure", "failed"},  {"error", "failed"},    {"inactive", "inactive"}};
  const auto state = h.text("/deployment_status/state");
  const auto known =
      std::ranges::find(states, std::string_view(state), &std::pair<std::string_view, std::string_view>::first);
  if (known == std::end(states))
    return error(errc::unreadable, "unknown state", {{"/deployment_status/state", "is none that GitHub documents"}});
  auto e = h.start("deployment", h.text("/deployment/id"), time_at(h.in, "/deployment_status/created_at"), now);
  put_deployment(h, e);
  e.fields["state"] = known->second;
  const auto log = h.text("/deployment_status/log_url");
  put(e, "url", log.empty() ? h.text("/deployment_status/target_url") : log);
  return decoded(std::move(e));
}

// ---- release

result<decoded> release(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("release")) return other_source_of_deployments(h, "release");
  const auto action = h.text("/action");
  const bool gone = action == "deleted" || action == "unpublished";
  // one release fires created, published and released together: published and released say the same of one release id
  if (!gone && action != "published" && action != "released") return decoded::nothing("release: action " + action);
  if (flag_at(h.in, "/release/draft")) return decoded::nothing("release: a draft");
  if (!gone && flag_at(h.in, "/release/prerelease")) return decoded::nothing("release: a prerelease");
  const auto published = time_at(h.in, "/release/published_at");
  auto e = h.start("deployment", h.text("/release/id"), gone ? std::nullopt : published, now);
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
  put(e, "finished_at", published);
  e.fields["state"] = "succeeded";
  return action == "published" ? with_return(std::move(e)) : decoded(std::move(e));
}

// ---- workflow_run

std::string_view state_of_run(std::string_view action, std::string_view conclusion) {
  if (action == "requested") return "pending";
  if (action == "in_progress") return "running";
  if (conclusion == "success") return "succeeded";
  if (conclusion == "failure" || conclusion == "timed_out" || conclusion == "startup_failure") return "failed";
  if (conclusion == "cancelled") return "canceled";
  return {};  // action_required, neutral, skipped, stale: nothing was deployed
}

result<decoded> workflow_run(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("workflow_run")) return other_source_of_deployments(h, "workflow_run");
  const auto name = h.text("/workflow_run/name"), path = h.text("/workflow_run/path");
  const auto named = [&](const std::string& wanted) { return wanted == name || wanted == path; };
  if (std::ranges::none_of(h.settings.list("workflows"), named))
    return decoded::nothing("workflow_run: not one of the configured workflows");
  const auto state = state_of_run(h.text("/action"), h.text("/workflow_run/conclusion"));
  if (state.empty()) return decoded::nothing("workflow_run: conclusion " + h.text("/workflow_run/conclusion"));
  const auto attempt = h.text("/workflow_run/run_attempt");
  auto e = h.start("deployment", h.text("/workflow_run/id") + (attempt.empty() ? "" : '/' + attempt),
                   time_at(h.in, "/workflow_run/updated_at"), now);
  put(e, "service", h.text("/repository/full_name"));
  put(e, "repository", h.text("/repository/full_name"));
  put(e, "environment", h.settings.setting("environment"));
  put(e, "ref", h.text("/workflow_run/head_branch"));
  put(e, "commit", h.text("/workflow_run/head_sha"));
  put(e, "workflow", name);
  put(e, "title", first_line(h.text("/workflow_run/head_commit/message")));
  put(e, "actor", h.text("/workflow_run/triggering_actor/login"));
  put(e, "url", h.text("/workflow_run/html_url"));
  put(e, "created_at", time_at(h.in, "/workflow_run/created_at"));
  put(e, "started_at", time_at(h.in, "/workflow_run/run_started_at"));
  e.fields["state"] = state;
  return decoded(std::move(e));
}

// ---- pull_request and push: facts about commits

void put_labels(event& e, const body& in, std::string_view pointer) {
  json::error_code ec;
  const auto* labels = in.find_pointer({pointer.data(), pointer.size()}, ec);
  json::array names;
  if (labels && labels->is_array())
    for (const auto& label : labels->get_array())
      if (auto name = text_at(label, "/name"); !name.empty() && names.size() < max_names)
        names.emplace_back(std::move(name));
  e.fields["labels"] = std::move(names);
}

result<decoded> pull_request(const hook& h, timestamp now) {
  const auto action = h.text("/action");
  if (action != "closed") return decoded::nothing("pull_request: action " + action);
  if (!flag_at(h.in, "/pull_request/merged")) return decoded::nothing("pull_request: closed without a merge");
  const auto merged = time_at(h.in, "/pull_request/merged_at");
  auto e = h.start("commit", h.text("/pull_request/merge_commit_sha"), merged, now);
  put(e, "commit", e.subject);
  put(e, "repository", h.text("/repository/full_name"));
  put(e, "ref", h.text("/pull_request/head/ref"));
  put(e, "title", h.text("/pull_request/title"));
  put(e, "pull_request", h.text("/pull_request/number"));
  put(e, "url", h.text("/pull_request/html_url"));
  put(e, "merged_at", merged);
  put_labels(e, h.in, "/pull_request/labels");
  if (h.text("/pull_request/base/ref") == h.text("/repository/default_branch")) e.fields["default_branch"] = true;
  const auto added = number_at(h.in, "/pull_request/additions"), removed = number_at(h.in, "/pull_request/deletions");
  if (added && removed) e.fields["lines_changed"] = *added + *removed;
  return decoded(std::move(e));
}

// The sha that stands behind `words` in a commit message.
std::string sha_after(std::string_view message, std::string_view words) {
  const auto at = message.find(words);
  if (at == message.npos) return {};
  const auto rest = message.substr(at + words.size());
  const auto sha = rest.substr(0, rest.find_first_not_of("0123456789abcdef"));
  return sha.size() >= 7 && sha.size() <= 40 ? std::string(sha) : std::string();
}

event commit(const hook& h, const body& c, bool on_default, timestamp now, std::size_t index) {
  auto e = h.start("commit", text_at(c, "/id"), time_at(c, "/timestamp"), now);
  e.id += '/' + std::to_string(index);
  const auto message = text_at(c, "/message");
  put(e, "commit", e.subject);
  put(e, "repository", h.text("/repository/full_name"));
  put(e, "title", first_line(message));
  put(e, "url", text_at(c, "/url"));
  put(e, "authored_at", time_at(c, "/timestamp"));
  put(e, "picked_from", sha_after(message, "(cherry picked from commit "));
  // squash merges quote old words in their bodies: only a subject that says so makes it a revert
  if (message.starts_with("Revert \"") && !message.starts_with("Revert \"Revert"))
    put(e, "reverts", sha_after(message, "This reverts commit "));
  // said only when true: a later push of the same commit to another branch must not take it back
  if (on_default)
    e.fields["default_branch"] = true;
  else
    put(e, "ref", h.text("/ref"));
  return e;
}

result<decoded> push(const hook& h, timestamp now) {
  const auto ref = h.text("/ref");
  if (!ref.starts_with("refs/heads/")) return decoded::nothing("push: of a tag");
  json::error_code ec;
  const auto* commits = h.in.find_pointer("/commits", ec);
  decoded out;
  if (commits && commits->is_array())
    for (const auto& c : commits->get_array())
      out.events.push_back(
          commit(h, c, ref == "refs/heads/" + h.text("/repository/default_branch"), now, out.events.size()));
  if (out.events.empty()) out.ignored = "push: without commits";
  return out;
}

// ---- issues

result<decoded> issues(const hook& h, timestamp now) {
  const auto wanted = h.settings.list("incidents.labels");
  if (wanted.empty()) return decoded::nothing("issues: this source has no incidents.labels");
  const auto action = h.text("/action");
  event labels;
  put_labels(labels, h.in, "/issue/labels");
  const auto is_wanted = [&](std::string_view label) { return std::ranges::find(wanted, label) != wanted.end(); };
  bool has = false;
  for (const auto& l : labels.fields["labels"].get_array()) has |= is_wanted(std::string_view(l.get_string()));
  const bool gone = action == "deleted" || action == "transferred" ||
                    (action == "unlabeled" && !has && is_wanted(h.text("/label/name")));
  if (!gone && !has) return decoded::nothing("issues: without a label of incidents.labels");
  const bool opens =
      action == "opened" || action == "reopened" || (action == "labeled" && is_wanted(h.text("/label/name")));
  if (!gone && !opens && action != "closed") return decoded::nothing("issues: action " + action);

  const auto time = action == "opened"   ? time_at(h.in, "/issue/created_at")
                    : action == "closed" ? time_at(h.in, "/issue/closed_at")
                                         : time_at(h.in, "/issue/updated_at");
  auto e = h.start("incident", h.text("/repository/full_name") + '#' + h.text("/issue/number"), time, now);
  if (gone) {
    retract(e);
    return decoded(std::move(e));
  }
  put(e, "service", h.text("/repository/full_name"));
  put(e, "repository", h.text("/repository/full_name"));
  put(e, "title", h.text("/issue/title"));
  put(e, "url", h.text("/issue/html_url"));
  put(e, "started_at", time_at(h.in, "/issue/created_at"));
  e.fields["state"] = opens && h.text("/issue/state") != "closed" ? "open" : "resolved";
  return action == "labeled" ? with_return(std::move(e)) : decoded(std::move(e));
}

result<decoded> ping(const hook&, timestamp) { return decoded::nothing("ping"); }

// ---- the table

struct event_type {
  std::string_view name;
  result<decoded> (*read)(const hook&, timestamp now);
};

constexpr event_type types[] = {
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
     "which event stands for a deployment; the others are ignored and counted"},
    {"environment", false, "", "", "where releases and workflow runs go; required with them"},
    {"workflows", true, "", "", "the names or paths of the workflows that deploy; required with workflow_run"},
    {"incidents.labels", true, "", "", "issues with one of these labels are incidents"},
};

std::string check_settings(const source& s) {
  const auto from = s.setting("deployments");
  if (from != "deployment_status" && s.setting("environment").empty())
    return "deployments = \"" + from + "\" needs environment: GitHub does not say where they go";
  if (from == "workflow_run" && s.list("workflows").empty())
    return "deployments = \"workflow_run\" needs workflows: not every workflow deploys";
  return {};
}

bool authentic(const source& s, const delivery& d) {
  return signed_with_any(s.secrets, d.body, d.header.get("X-Hub-Signature-256"), "sha256=");
}

std::string key(const delivery& d) {
  const auto id = d.header.get("X-GitHub-Delivery");  // the same on a redelivery
  return id.empty() ? sha256_hex(d.body) : std::string(id);
}

// A hook is sent as JSON or as a form with one field, `payload`.
result<std::string> json_text(const delivery& d) {
  const auto type = d.header.get("Content-Type");
  const auto media = type.substr(0, type.find(';'));
  if (media == "application/json") return std::string(d.body);
  if (media != "application/x-www-form-urlencoded")
    return error(errc::media_type, "GitHub sends application/json or application/x-www-form-urlencoded");
  const auto form = boost::urls::parse_query({d.body.data(), d.body.size()});
  if (form)
    for (const auto& p : *form)
      if (p.key == "payload") {
        boost::urls::encoding_opts options;
        options.space_as_plus = true;
        return p.value.decode(options);
      }
  return error(errc::malformed, "the form has no field payload");
}

result<decoded> decode(const source& s, const delivery& d) {
  auto text = json_text(d);
  if (!text) return text.error();
  auto in = parse_json(*text);
  if (!in) return in.error();
  const auto type = d.header.get("X-GitHub-Event");
  const auto known = std::ranges::find(types, type, &event_type::name);
  if (known == std::end(types)) return decoded::nothing("event type " + std::string(type) + " is not read");
  auto out = known->read({s, key(d), *in}, d.received_at);
  if (!out) return out;
  for (auto& e : out->events)
    if (auto found = check(e, d.received_at); !found.empty())
      return error(errc::unreadable, std::string(type) + " is not of the shape that GitHub documents",
                   std::move(found));
  return out;
}

}

constinit const collector collect = {
    .kind = "github",
    .help = "GitHub and GitHub Enterprise Server webhooks, signed with X-Hub-Signature-256",
    .body_limit = 25 * 1024 * 1024,
    .settings = settings,
    .authentic = authentic,
    .key = key,
    .decode = decode,
    .check = check_settings,
};

}
