// Rootly's webhooks: each contains the incident with all its milestones.
#include "collectors/rootly/rootly.hpp"

#include <algorithm>

#include "collectors/base/text.hpp"
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"
#include "collectors/signature.hpp"

namespace releasehealth::rootly {
namespace {

constexpr spelling<incident_state> states[] = {
    {"incident.created", incident_state::open},
    {"incident.in_triage", incident_state::open},
    {"incident.updated", {}},
    {"incident.mitigated", {}},
    {"incident.resolved", incident_state::resolved},
    {"incident.cancelled", {}},
    {"incident.deleted", {}},
};
/// The state of an incident if the event's type does not give it: a reopened incident is only reported as updated.
constexpr spelling<incident_state> statuses[] = {
    {"in_triage", incident_state::open},  {"started", incident_state::open},
    {"detected", incident_state::open},   {"acknowledged", incident_state::acknowledged},
    {"mitigated", incident_state::open},  {"resolved", incident_state::resolved},
    {"closed", incident_state::resolved},
};
constexpr std::string_view gone_types = "incident.cancelled incident.deleted", gone_status = "cancelled";
/// Tests, examples, maintenance, and parts of another incident (normal_sub) are not incidents.
constexpr std::string_view counted_kinds = "normal backfilled";

result<decoded> incident(const hook& h, timestamp now, std::string_view type, std::optional<incident_state> state) {
  auto e = h.start(thing_type::incident, h.text("/data/id"), h.time("/event/issued_at"), now);
  const auto kind = h.text("/data/kind");
  const bool is_counted = kind.empty() || has_word(counted_kinds, kind);
  if (!is_counted && type == "incident.created") return decoded::nothing("an incident of kind " + kind);
  const auto status = h.text("/data/status");
  const bool is_gone = has_word(gone_types, type) || (!state && status == gone_status);
  if (!state) state = our_word(statuses, status);
  if (is_gone || !is_counted) {
    retract(e);
    return decoded(std::move(e));
  }
  read_into(e, h.body,
            {{"title", "/data/title"},
             {"url", "/data/url"},
             {"severity", "/data/severity/slug"},
             {"severity", "/data/severity/name"},
             {"severity", "/data/severity"},
             {"environment", "/data/environments/0/name"},
             {"environment", "/data/environments/0"},
             {"cause", "/data/causes/0/slug"},
             {"started_at", "/data/started_at"},
             {"detected_at", "/data/detected_at"},
             {"acknowledged_at", "/data/acknowledged_at"},
             {"mitigated_at", "/data/mitigated_at"}});
  put_links(e, h.body,
            {"/data/summary", "/data/jira_issue_url", "/data/github_issue_url", "/data/gitlab_issue_url",
             "/data/pagerduty_incident_url", "/data/opsgenie_incident_url", "/data/opsgenie_alert_url",
             "/data/service_now_incident_url"});
  for (const auto* id : {"/data/pagerduty_incident_id", "/data/opsgenie_alert_id", "/data/jira_issue_key"})
    put_link(e, h.text(id));
  // a reopened incident may keep the time of its resolution
  if (state == incident_state::resolved || !state) read_into(e, h.body, {{"resolved_at", "/data/resolved_at"}});
  put_services(e, h.body, "/data/services", "/name");
  if (!e.fields.contains("services")) put_services(e, h.body, "/data/services", "");
  put_responders(e, h.body, "/data/roles", "/user/full_name");
  put_state(e, state);
  // it may have been canceled or of another kind: an update does not contain the previous state
  return type == "incident.updated" ? with_return(std::move(e)) : decoded(std::move(e));
}

result<decoded> post_mortem(const hook& h, timestamp now) {
  auto incident_id = h.text("/data/incident_id");
  if (incident_id.empty()) incident_id = h.text("/data/incident/id");
  auto e = h.start(thing_type::incident, incident_id, h.time("/event/issued_at"), now);
  const auto published = h.time("/data/published_at");
  put(e, "review_held_at", std::optional(published.value_or(e.time)));
  return decoded(std::move(e));
}

bool authentic(const source& s, const delivery& d) {
  const auto header = d.header.get("X-Rootly-Signature");  // t=<unix>,v1=<hex>
  const auto comma = header.find(",v1=");
  if (!header.starts_with("t=") || comma == header.npos) return false;
  return signed_at_time(s.secrets, {header.substr(2, comma - 2), "", header.substr(comma + 4)}, d.body,
                        whole_unix_seconds(d.received_at));
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  const auto type = text_at(*body, "/event/type"), id = text_at(*body, "/event/id");
  const hook h{s, id.empty() ? key_of_bytes(d) : id, *body, {}};
  const auto known = std::ranges::find(states, type, &spelling<incident_state>::theirs);
  if (known != std::end(states))
    return checked(incident(h, d.received_at, type, known->ours), d.received_at, type, "Rootly");
  if (type == "incident_post_mortem.published")
    return checked(post_mortem(h, d.received_at), d.received_at, type, "Rootly");
  return decoded::nothing("event type " + type + " is not read");
}

constexpr setup_step setup[] = {
    {"all of incident", thing_type::incident, needed_by_incidents},
};

}

extern constinit const collector collect = {
    .kind = "rootly",
    .help = "Rootly's webhooks, signed with X-Rootly-Signature: incidents and their reviews",
    .authentic = authentic,
    .key = key_of_bytes,
    .decode = decode,
    .history = history,
    .api = &api,
    .incidents = incident_origin::response,
    .setup = setup,
    .proof = {"", "", test_proof::value::none},
};

}
