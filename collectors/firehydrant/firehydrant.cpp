// FireHydrant's webhooks: each contains the incident with the milestones that it has reached.
#include "collectors/firehydrant/firehydrant.hpp"

#include <algorithm>

#include "collectors/base/text.hpp"
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"
#include "collectors/signature.hpp"

namespace releasehealth::firehydrant {

bool is_uncounted(std::string_view severity) { return has_word("GAMEDAY MAINTENANCE", severity); }

namespace {

/// The field with the time of a milestone.
struct milestone {
  std::string_view type, field;
};
constexpr milestone milestones[] = {
    {"started", "started_at"},
    {"detected", "detected_at"},
    {"acknowledged", "acknowledged_at"},
    {"mitigated", "mitigated_at"},
    {"resolved", "resolved_at"},
    {"postmortem_completed", "review_held_at"},
    {"retrospective_completed", "review_held_at"},
};

constexpr spelling<incident_state> states[] = {
    {"started", incident_state::open},
    {"detected", incident_state::open},
    {"acknowledged", incident_state::acknowledged},
    {"investigating", incident_state::acknowledged},
    {"identified", incident_state::acknowledged},
    {"mitigated", incident_state::acknowledged},
    {"resolved", incident_state::resolved},
    {"closed", incident_state::resolved},
    {"postmortem_started", incident_state::resolved},
    {"postmortem_completed", incident_state::resolved},
    {"retrospective_started", incident_state::resolved},
    {"retrospective_completed", incident_state::resolved},
};

// The time of the current milestone. If it is not the latest one, the incident returned to it at an unreported time.
std::optional<timestamp> reached(const hook& h) {
  const auto current = h.text("/data/incident/current_milestone");
  std::optional<timestamp> instant, latest;
  for (const auto& m : elements_at(h.body, "/data/incident/milestones")) {
    const auto occurred = sender_time_at(m, "/occurred_at");
    latest = std::max(latest, occurred);
    if (text_at(m, "/type") == current) instant = std::max(instant, occurred);
  }
  return instant == latest ? instant : std::nullopt;
}

result<decoded> incident(const hook& h, timestamp now) {
  if (h.text("/event/resource_type") != "incident")
    return decoded::nothing("a resource of type " + h.text("/event/resource_type"));
  auto e = h.start(thing_type::incident, h.text("/data/incident/id"), reached(h), now);
  const auto operation = h.text("/event/operation");
  const auto severity = h.text("/data/incident/severity");
  const bool is_counted = !is_uncounted(severity);
  if (!is_counted && operation == "CREATED") return decoded::nothing("an incident of severity " + severity);
  if (operation == "DELETED" || operation == "ARCHIVED" || !is_counted) {
    // this may happen at any time after the last milestone
    e.time = h.time("/data/incident/discarded_at").value_or(now);
    retract(e);
    return decoded(std::move(e));
  }
  read_into(e, h.body,
            {{"title", "/data/incident/name"},
             {"severity", "/data/incident/severity"},
             {"url", "/data/incident/incident_url"},
             {"environment", "/data/incident/environments/0/name"}});
  put_links(e, h.body, {"/data/incident/description", "/data/incident/summary"});
  put_services(e, h.body, "/data/incident/services", "/name");
  put_responders(e, h.body, "/data/incident/role_assignments", "/user/name");
  for (const auto& m : elements_at(h.body, "/data/incident/milestones"))
    if (const auto* known = std::ranges::find(milestones, text_at(m, "/type"), &milestone::type);
        known != std::end(milestones))
      put(e, known->field, sender_time_at(m, "/occurred_at"));
  if (!e.fields.contains("started_at")) read_into(e, h.body, {{"started_at", "/data/incident/created_at"}});
  const auto state = our_word(states, h.text("/data/incident/current_milestone"));
  // an incident that returns to an earlier milestone keeps the later ones
  if (state && state != incident_state::resolved) e.fields.erase("resolved_at");
  put(e, "state", word(state));
  // it may have been archived or a drill: an update does not contain the previous state
  if (operation != "UPDATED") return decoded(std::move(e));
  auto out = with_return(std::move(e));
  out.events.back().time = now;
  return out;
}

bool authentic(const source& s, const delivery& d) {
  return signed_with_any(s.secrets, d.body, d.header.get("fh-signature"), "");
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  return checked(incident({s, key_of_bytes(d), *body, {}}, d.received_at), d.received_at, "the event", "FireHydrant");
}

constexpr setup_step setup[] = {
    {"subscription incidents", thing_type::incident, needed_by_incidents},
};

}

extern constinit const collector collect = {
    .kind = "firehydrant",
    .help = "FireHydrant's webhooks, signed with fh-signature: incidents and their milestones",
    .authentic = authentic,
    .key = key_of_bytes,
    .decode = decode,
    .history = history,
    .api = &api,
    .incidents = incident_origin::response,
    .setup = setup,
    .proof = {"fh-signature", "", test_proof::value::hmac_sha256},
};

}
