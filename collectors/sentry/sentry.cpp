// Sentry's integration platform: issues and metric alerts are incidents; an issue alert names the release.
#include "collectors/sentry/sentry.hpp"

#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"
#include "collectors/signature.hpp"

namespace releasehealth::sentry {
namespace {

constexpr setting_rule settings[] = {
    {.key = "levels",
     .is_list = true,
     .choices = "",
     .fallback = default_levels,
     .help = "an issue counts once it has one of these levels",
     .filters = "level"},
};

constexpr spelling<incident_state> issue_states[] = {
    {"created", incident_state::open},          {"unresolved", incident_state::open},
    {"assigned", incident_state::acknowledged}, {"resolved", incident_state::resolved},
    {"archived", incident_state::resolved},     {"ignored", incident_state::resolved}};
constexpr spelling<incident_state> alert_states[] = {
    {"critical", incident_state::open}, {"warning", incident_state::open}, {"resolved", incident_state::resolved}};

result<decoded> issue(const hook& h, timestamp now) {
  const auto state = our_word(issue_states, h.text("/action"));
  if (!state) return decoded::nothing("issue: action " + h.text("/action"));
  // of webhooks, only the creation has a time; history.cpp adds that of an activity
  const auto occurred =
      h.text("/action") == "created" ? h.time("/data/issue/firstSeen") : h.time("/data/activity/dateCreated");
  auto e = h.start(thing_type::incident, h.subject("issue/", "/data/issue/id"), occurred, now);
  read_into(e, h.body,
            {{"service", "/data/issue/project/slug"},
             {"title", "/data/issue/title"},
             {"level", "/data/issue/level"},
             {"severity", "/data/issue/level"},
             {"url", "/data/issue/web_url"},
             {"started_at", "/data/issue/firstSeen"}});
  // assigning a resolved or archived issue does not reopen it
  const auto status = h.text("/data/issue/status");
  if (state != incident_state::acknowledged || (status != "resolved" && status != "ignored")) put_state(e, state);
  return decoded(std::move(e));
}

// The release, checkout@1.8.3, or only its version if that is too long for a name.
std::string culprit_of(const std::string& release) {
  return release.size() <= max_name ? release : release.substr(release.rfind('@') + 1);
}

// Returns checkout for https://sentry.io/api/0/projects/acme/checkout/events/...
std::string project_of(const std::string& url) {
  constexpr std::string_view prefix = "/projects/";
  const auto begin = url.find(prefix);
  const auto organization = begin == url.npos ? begin : url.find('/', begin + prefix.size());
  if (organization == url.npos) return {};
  return url.substr(organization + 1, url.find('/', organization + 1) - organization - 1);
}

// The facts that an issue itself lacks: the release, which is the culprit, and the environment.
result<decoded> event_alert(const hook& h, timestamp now) {
  auto issue = h.subject("issue/", "/data/event/issue_id");
  if (issue.empty()) issue = h.subject("issue/", "/data/event/groupID");
  auto e = h.start(thing_type::incident, issue, h.time("/data/event/datetime"), now);
  read_into(e, h.body,
            {{"service", "/data/event/project_slug"},
             {"title", "/data/event/title"},
             {"level", "/data/event/level"},
             {"severity", "/data/event/level"},
             {"environment", "/data/event/environment"},
             {"url", "/data/event/web_url"}});
  if (!e.fields.contains("service")) put(e, "service", project_of(h.text("/data/event/url")));
  for (const auto& tag : elements_at(h.body, "/data/event/tags")) {  // pairs of name and value
    if (text_at(tag, "/0") == "environment") put(e, "environment", text_at(tag, "/1"));
    if (text_at(tag, "/0") == "release") put(e, "culprit", culprit_of(text_at(tag, "/1")));
  }
  if (const auto release = h.text("/data/event/release"); !release.empty()) put(e, "culprit", culprit_of(release));
  return decoded(std::move(e));
}

result<decoded> metric_alert(const hook& h, timestamp now) {
  const auto action = h.text("/action");
  const auto state = our_word(alert_states, action);
  if (!state) return decoded::nothing("metric_alert: action " + action);
  const auto occurred =
      h.time(state == incident_state::resolved ? "/data/metric_alert/date_closed" : "/data/metric_alert/date_detected");
  auto e = h.start(thing_type::incident, h.subject("alert/", "/data/metric_alert/id"), occurred, now);
  read_into(e, h.body,
            {{"service", "/data/metric_alert/projects/0"},
             {"environment", "/data/metric_alert/alert_rule/environment"},
             {"title", "/data/metric_alert/title"},
             {"url", "/data/web_url"},
             {"started_at", "/data/metric_alert/date_started"},
             {"detected_at", "/data/metric_alert/date_detected"},
             {"resolved_at", "/data/metric_alert/date_closed"}});
  if (state == incident_state::open) e.fields["severity"] = severity_of(action);
  put_state(e, state);
  return decoded(std::move(e));
}

constexpr hook_type types[] = {{"issue", issue}, {"event_alert", event_alert}, {"metric_alert", metric_alert}};

bool authentic(const source& s, const delivery& d) {
  return signed_with_any(s.secrets, d.body, d.header.get("Sentry-Hook-Signature"), "");
}

std::string key(const delivery& d) { return key_in(d, {"Request-ID"}); }

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  return read_by_type(types, d.header.get("Sentry-Hook-Resource"), {s, key(d), *body, {}}, d.received_at, "Sentry");
}

constexpr setup_step setup[] = {
    {"Alert Rule Action", thing_type::incident, needed_by_incidents},
};

}

extern constinit const collector collect = {
    .kind = "sentry",
    .help = "Sentry's webhooks of an internal integration, signed with Sentry-Hook-Signature: issues and alerts",
    .settings = settings,
    .authentic = authentic,
    .key = key,
    .decode = decode,
    .history = history,
    .api = &api,
    .incidents = incident_origin::alerts,
    .setup = setup,
    .proof = {"Sentry-Hook-Signature", "", test_proof::value::hmac_sha256},
};

}
