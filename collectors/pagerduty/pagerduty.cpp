#include "collectors/pagerduty/pagerduty.hpp"

#include <algorithm>

#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"
#include "collectors/signature.hpp"

namespace releasehealth::pagerduty {
namespace {

constexpr setting_rule settings[] = {
    {.key = "urgency",
     .is_list = false,
     .choices = "any high",
     .fallback = "any",
     .help = "high: an incident counts once its urgency is high",
     .filters = "urgency"},
};

constexpr spelling<incident_state> types[] = {
    {"incident.triggered", incident_state::open},
    {"incident.reopened", incident_state::open},
    {"incident.acknowledged", incident_state::acknowledged},
    {"incident.unacknowledged", {}},
    {"incident.resolved", incident_state::resolved},
    {"incident.escalated", {}},
    {"incident.delegated", {}},
    {"incident.reassigned", {}},
    {"incident.priority_updated", {}},
    {"incident.service_updated", {}},
    {"incident.responder.added", {}},
    {"incident.responder.replied", {}},
    {"incident.annotated", {}},
    {"incident.custom_field_values.updated", {}},
};

bool authentic(const source& s, const delivery& d) {
  return signed_in_list(s.secrets, d.body, d.header.get("X-PagerDuty-Signature"));
}

std::string key(const delivery& d) { return key_in(d, {"X-Webhook-Id"}); }  // unchanged at every attempt

result<decoded> incident(const hook& h, timestamp now) {
  const auto type = h.text("/event/event_type");
  const auto known = std::ranges::find(types, type, &spelling<incident_state>::theirs);
  if (known == std::end(types)) return decoded::nothing("event type " + type + " is not read");
  // events about an incident contain it; events about its responders only name it
  const auto id = h.text("/event/data/incident/id");
  auto e = h.start(thing_type::incident, id.empty() ? h.text("/event/data/id") : id, h.time("/event/occurred_at"), now);
  if (h.text("/event/data/resolve_reason/type") == "merge_resolve_reason") {  // the other incident continues
    retract(e);
    return decoded(std::move(e));
  }
  if (id.empty()) {
    read_into(e, h.body,
              {{"started_at", "/event/data/created_at"},
               {"service", "/event/data/service/summary"},
               {"service_id", "/event/data/service/id"},
               {"title", "/event/data/title"},
               {"url", "/event/data/html_url"},
               {"urgency", "/event/data/urgency"},
               {"severity", "/event/data/priority/summary"}});
    put_responders(e, h.body, "/event/data/assignees", "/summary");
    put_key(e, h.text("/event/data/incident_key"));
  }
  put_state(e, known->ours);
  return decoded(std::move(e));
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  const hook h{s, text_at(*body, "/event/id"), *body, {}};
  return checked(incident(h, d.received_at), d.received_at, h.text("/event/event_type"), "PagerDuty");
}

constexpr setup_step setup[] = {
    {"all of Incident", thing_type::incident, needed_by_incidents},
};

}

extern constinit const collector collect = {
    .kind = "pagerduty",
    .help = "PagerDuty's webhooks V3, signed with X-PagerDuty-Signature: incidents",
    .settings = settings,
    .authentic = authentic,
    .key = key,
    .decode = decode,
    .history = history,
    .api = &api,
    .incidents = incident_origin::response,
    .setup = setup,
    .proof = {"X-PagerDuty-Signature", "v1=", test_proof::value::hmac_sha256},
};

}
