// incident.io's webhooks: incidents, with incident.io's account of the time that people worked on them.
#include "collectors/incidentio/incidentio.hpp"

#include <cmath>

#include "collectors/base/text.hpp"
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::incidentio {
namespace {

constexpr setting_rule settings[] = {
    {"fields.services", false, "", "Affected services", "the custom field that names the services"},
    {"fields.environment", false, "", "Environment", "the custom field that names the environment"},
    {"fields.cause", false, "", "Cause", "the custom field that names the cause"},
};

constexpr spelling<incident_state> categories[] = {{"triage", incident_state::open},
                                                   {"live", incident_state::open},
                                                   {"paused", incident_state::acknowledged},
                                                   {"learning", incident_state::resolved},
                                                   {"closed", incident_state::resolved}};
constexpr std::string_view gone = "declined merged canceled";
/// Drills, and the part of an incident that one team works on: none is a separate incident.
constexpr std::string_view uncounted_modes = "test tutorial stream";

/// incident.io's own timestamps, and the most common custom ones.
constexpr reading milestones[] = {
    {"started_at", "Impact started at"}, {"detected_at", "Detected at"},   {"detected_at", "Reported at"},
    {"acknowledged_at", "Accepted at"},  {"mitigated_at", "Mitigated at"}, {"mitigated_at", "Fixed at"},
    {"resolved_at", "Resolved at"},
};

// The text of an option, a catalog entry or a plain value.
std::string value_of(const json::value& entry) {
  for (const auto* pointer : {"/value_catalog_entry/name", "/value_option/value", "/value_text"})
    if (auto text = text_at(entry, pointer); !text.empty()) return text;
  return {};
}

void put_fields(event& e, const hook& h, const json::value& incident) {
  for (const auto& entry : elements_at(incident, "/custom_field_entries")) {
    const auto name = text_at(entry, "/custom_field/name");
    json::array values;
    for (const auto& v : elements_at(entry, "/values"))
      if (auto text = value_of(v); !text.empty() && values.size() < max_names) values.emplace_back(std::move(text));
    if (values.empty()) continue;
    if (name == h.settings.setting("fields.environment")) e.fields["environment"] = values.front();
    if (name == h.settings.setting("fields.cause")) e.fields["cause"] = values.front();
    if (name == h.settings.setting("fields.services")) e.fields["services"] = std::move(values);
  }
}

void put_milestones(event& e, const json::value& incident) {
  for (const auto& [field, name] : milestones)
    for (const auto& t : elements_at(incident, "/incident_timestamp_values"))
      if (text_at(t, "/incident_timestamp/name") == name && !e.fields.contains(field))
        put(e, field, sender_time_at(t, "/value/value"));
}

// The minutes are the total of all persons until now.
std::optional<event> workload(const hook& h, const json::value& incident, const event& reported) {
  constexpr double most_minutes = 4e9;
  const auto total = value_at(incident, "/workload_minutes_total");
  const double minutes = total.is_number() ? total.to_number<double>() : 0;
  if (!(minutes > 0) || minutes > most_minutes) return {};
  auto e = h.start(thing_type::work, reported.subject + "/workload", reported.time, reported.time);
  e.id += "/workload";
  put(e, "incident", reported.subject);
  e.fields["seconds"] = std::llround(minutes * 60);
  return e;
}

// `previous`: the category of the previous status; empty if the status did not change.
result<decoded> read(const hook& h, const json::value& incident, timestamp now, bool tells_state,
                     std::string_view previous) {
  if (const auto mode = text_at(incident, "/mode"); has_word(uncounted_modes, mode))
    return decoded::nothing("an incident of mode " + mode);
  auto e = h.start(thing_type::incident, text_at(incident, "/id"), sender_time_at(incident, "/updated_at"), now);
  const auto category = text_at(incident, "/incident_status/category");
  if (has_word(gone, category)) {
    retract(e);
    return decoded(std::move(e));
  }
  read_into(e, incident, {{"title", "/name"}, {"severity", "/severity/name"}, {"url", "/permalink"}});
  put_links(e, incident, {"/summary", "/external_issue_reference/issue_permalink"});
  put_fields(e, h, incident);
  put_milestones(e, incident);
  put_responders(e, incident, "/incident_role_assignments", "/assignee/name");
  if (!e.fields.contains("started_at")) read_into(e, incident, {{"started_at", "/created_at"}});
  if (previous == "learning" && category == "closed") put(e, "review_held_at", std::optional(e.time));
  if (tells_state) put_state(e, our_word(categories, category));
  auto work = workload(h, incident, e);
  auto out = has_word(gone, previous) ? with_return(std::move(e)) : decoded(std::move(e));
  if (work) out.events.push_back(std::move(*work));
  return out;
}

// The object is a member with the name of its type. Without it there is no id: the delivery becomes a dead letter.
const json::value& incident_at(const hook& h, std::string_view pointer) {
  static const json::value nothing;
  json::error_code ec;
  const auto* found = h.body.find_pointer({pointer.data(), pointer.size()}, ec);
  return found ? *found : nothing;
}

result<decoded> created(const hook& h, timestamp now) {
  return read(h, incident_at(h, "/public_incident.incident_created_v2"), now, true, {});
}

result<decoded> updated(const hook& h, timestamp now) {
  return read(h, incident_at(h, "/public_incident.incident_updated_v2"), now, false, {});
}

result<decoded> status_updated(const hook& h, timestamp now) {
  const auto previous = h.text("/public_incident.incident_status_updated_v2/previous_status/category");
  return read(h, incident_at(h, "/public_incident.incident_status_updated_v2/incident"), now, true, previous);
}

constexpr hook_type types[] = {
    {"public_incident.incident_created_v2", created},
    {"public_incident.incident_updated_v2", updated},
    {"public_incident.incident_status_updated_v2", status_updated},
};

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  const auto type = text_at(*body, "/event_type");
  if (type.starts_with("private_incident.")) return decoded::nothing("a private incident");
  return read_by_type(types, type, {s, key_of_standard_webhook(d), *body, {}}, d.received_at, "incident.io");
}

constexpr setup_step setup[] = {
    {"public incident created", thing_type::incident, needed_by_incidents},
};

}

extern constinit const collector collect = {
    .kind = "incidentio",
    .help = "incident.io's webhooks, signed as Standard Webhooks: incidents and the work on them",
    .settings = settings,
    .authentic = shows_standard_webhook,
    .key = key_of_standard_webhook,
    .decode = decode,
    .history = history,
    .api = &api,
    .incidents = incident_origin::response,
    .setup = setup,
    .proof = {"", "", test_proof::value::none},
};

}
