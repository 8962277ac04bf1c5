// Jira Cloud and Data Center: issues are incidents if the timeline accepts their type or their labels; released
// versions may be deployments.
#include <algorithm>

#include "collectors/api.hpp"
#include "collectors/base/text.hpp"
#include "collectors/credentials.hpp"
#include "collectors/duplicates.hpp"
#include "collectors/hook.hpp"
#include "collectors/signature.hpp"

namespace releasehealth::jira {

extern const api_shape history[1];  // history.cpp
extern const tool_api api;          // api.cpp

namespace {

constexpr setting_rule settings[] = {
    {"incidents.types", true, "", "Incident", "issue types that are incidents; default: Incident", false, "issue_type",
     true},
    {"incidents.labels", true, "", "", "issues with one of these labels are incidents, whatever their type", false,
     "labels", true},
    {"incidents.duplicates", true, "", "", "resolutions that mark a duplicate; default: those with the word duplicate"},
    {"deployments", false, "none version_released", "none", "whether a released version represents a deployment"},
    {"environment", false, "", "", "the environment of released versions; required with them"},
};

constexpr std::string_view created = "jira:issue_created";

constexpr spelling<incident_state> categories[] = {
    {"new", incident_state::open}, {"indeterminate", incident_state::acknowledged}, {"done", incident_state::resolved}};

bool is_type(const hook& h, const std::string& type) {
  return h.settings.list("incidents.types").empty() ? type == "Incident" : is_listed(h, "incidents.types", {type});
}

// Whether it is an incident by the current settings: it may have been retracted.
bool is_incident(const hook& h) {
  return is_type(h, h.text("/issue/fields/issuetype/name")) ||
         std::ranges::any_of(elements_at(h.body, "/issue/fields/labels"),
                             [&](const json::value& l) { return is_listed(h, "incidents.labels", {text_at(l, "")}); });
}

const json::value* changed(const hook& h, std::string_view field) {
  const auto items = elements_at(h.body, "/changelog/items");
  const auto found = std::ranges::find(items, field, [](const json::value& i) { return text_at(i, "/field"); });
  return found == items.end() ? nullptr : &*found;
}

// Whether a field that is read changed: most edits are of others, like rank, sprint and assignee.
bool tells_something(const hook& h) {
  constexpr std::string_view read =
      "status resolution issuetype labels Key project priority summary description Component Link";
  const auto items = elements_at(h.body, "/changelog/items");
  return items.empty() ||
         std::ranges::any_of(items, [&](const json::value& i) { return has_word(read, text_at(i, "/field")); });
}

bool is_duplicate(const hook& h, const std::string& resolution) {
  return h.settings.list("incidents.duplicates").empty() ? is_duplicate_word(resolution)
                                                         : is_listed(h, "incidents.duplicates", {resolution});
}

event start(const hook& h, timestamp now) {
  return h.start(thing_type::incident, h.text("/issue/key"), h.time("/timestamp"), now);
}

// The keys of the issues that this one duplicates, by its links. A link to an issue that duplicates this one has an
// inwardIssue.
std::vector<std::string> originals_of(const hook& h) {
  std::vector<std::string> all;
  for (const auto& link : elements_at(h.body, "/issue/fields/issuelinks")) {
    auto key = text_at(link, "/outwardIssue/key");
    if (!key.empty() && is_duplicate_word(text_at(link, "/type/name"))) all.push_back(std::move(key));
  }
  return all;
}

// An issue that moves to another project keeps its old key as a name.
decoded with_move(const hook& h, decoded out) {
  const auto* key = changed(h, "Key");
  if (!key || out.events.empty()) return out;
  auto old = out.events.front();
  old.id += "/moved";
  old.subject = text_at(*key, "/fromString");
  if (old.type == event_type::retraction)
    retract(old);
  else
    moved_to(old, h.text("/issue/key"));
  out.events.push_back(std::move(old));
  return out;
}

// Sets or removes the mark of a duplicate. A body without a changelog may be the first one since the issue stopped
// being a duplicate.
void put_duplicate(const hook& h, event& e, bool is, const std::vector<std::string>& originals) {
  const auto* resolution = changed(h, "resolution");
  const bool was = resolution && is_duplicate(h, text_at(*resolution, "/fromString"));
  const bool may_have_been = elements_at(h.body, "/changelog/items").empty() && h.text("/webhookEvent") != created;
  if (is)
    duplicate_of(e, originals);
  else if (was || may_have_been)
    no_duplicate(e);
}

// The page for people: `self` is the API's URL, below /rest/.
std::string page_of(const hook& h) {
  const auto self = h.text("/issue/self");
  const auto rest = self.find("/rest/");
  return rest == self.npos ? self : self.substr(0, rest) + "/browse/" + h.text("/issue/key");
}

void put_end(const hook& h, event& e) {
  read_into(
      e, h.body,
      {{"resolved_at", "/issue/fields/resolutiondate"}, {"resolved_at", "/issue/fields/statuscategorychangedate"}});
}

result<decoded> issue(const hook& h, timestamp now) {
  auto e = start(h, now);
  if (!tells_something(h)) return decoded::nothing("issue: an edit of something that is not read");
  const bool is_one_of = is_duplicate(h, h.text("/issue/fields/resolution/name"));
  const auto originals = originals_of(h);
  if (is_one_of && originals.empty()) {
    retract(e);
    return with_move(h, decoded(std::move(e)));
  }
  const auto state = our_word(categories, h.text("/issue/fields/status/statusCategory/key"));
  read_into(e, h.body,
            {{"service", "/issue/fields/components/0/name"},
             {"service", "/issue/fields/project/key"},
             {"project", "/issue/fields/project/key"},
             {"title", "/issue/fields/summary"},
             {"severity", "/issue/fields/priority/name"},
             {"issue_type", "/issue/fields/issuetype/name"},
             {"started_at", "/issue/fields/created"}});
  put(e, "url", page_of(h));
  put_labels(e, h.body, "/issue/fields/labels", "");
  put_links(e, h.body, {"/issue/fields/description"});
  put_duplicate(h, e, is_one_of, originals);
  // a workflow may keep the date of resolution of a reopened issue; closing a duplicate does not resolve it
  if (state == incident_state::resolved && !is_one_of) put_end(h, e);
  // every edit is a delivery: only a new status, type, label or key, or a body without a changelog, reports the state
  const auto* resolution = changed(h, "resolution");
  const bool is_new_class = changed(h, "issuetype") || changed(h, "labels");
  if (is_new_class) e.fields["reclassified"] = true;
  const bool returns = is_one_of || (is_new_class && is_incident(h)) ||
                       (resolution && is_duplicate(h, text_at(*resolution, "/fromString")));
  const bool tells = elements_at(h.body, "/changelog/items").empty() || changed(h, "status") || resolution;
  if (!is_one_of && (tells || returns || changed(h, "Key"))) put_state(e, state);
  return with_move(h, returns ? with_return(std::move(e)) : decoded(std::move(e)));
}

result<decoded> deleted(const hook& h, timestamp now) {
  auto e = start(h, now);
  retract(e);
  return decoded(std::move(e));
}

result<decoded> version(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("version_released")) return decoded::nothing("version: no deployment here");
  auto e = h.start(thing_type::deployment, h.subject("version/", "/version/id"), h.time("/timestamp"), now);
  read_into(e, h.body,
            {{"service", "/version/projectKey"},
             {"service", "/version/projectId"},
             {"version", "/version/name"},
             {"tag", "/version/name"},
             {"title", "/version/description"},
             {"url", "/version/self"}});
  put(e, "environment", h.settings.setting("environment"));
  put_state(e, deployment_state::succeeded);
  return with_return(std::move(e));
}

result<decoded> version_gone(const hook& h, timestamp now) {
  if (!h.reads_deployments_from("version_released")) return decoded::nothing("version: no deployment here");
  auto e = h.start(thing_type::deployment, h.subject("version/", "/version/id"), h.time("/timestamp"), now);
  retract(e);
  return decoded(std::move(e));
}

constexpr hook_type types[] = {{created, issue},
                               {"jira:issue_updated", issue},
                               {"jira:issue_deleted", deleted},
                               {"jira:version_released", version},
                               {"jira:version_unreleased", version_gone},
                               {"jira:version_deleted", version_gone}};

bool authentic(const source& s, const delivery& d) {
  return signed_with_any(s.secrets, d.body, d.header.get("X-Hub-Signature"), "sha256=");
}

std::string key(const delivery& d) { return key_in(d, {"X-Atlassian-Webhook-Identifier"}); }

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  return read_by_type(types, text_at(*body, "/webhookEvent"), {s, key(d), *body, {}}, d.received_at, "Jira");
}

std::string check_settings(const source& s) {
  return s.setting("deployments") == "version_released" && s.setting("environment").empty()
             ? "no environment for deployments = \"version_released\"; expected one, because Jira does not report it"
             : "";
}

constexpr setup_step setup[] = {
    {"Issue created, updated", thing_type::incident, needed_by_incidents},
};

}

extern constinit const collector collect = {
    .kind = "jira",
    .help = "Jira's webhooks, signed with X-Hub-Signature: issues that are incidents, released versions",
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
    .proof = {"X-Hub-Signature", "sha256=", test_proof::value::hmac_sha256},
};

}
