#include "collectors/pagerduty/pagerduty.hpp"

#include <algorithm>

#include "collectors/hook.hpp"

namespace releasehealth::pagerduty {
namespace {

constexpr setting_rule settings[] = {
    {"urgency", false, "any high", "any", "high: incidents of low urgency are ignored"},
};

/// What an event says of the incident's state; empty: nothing.
struct event_type {
  std::string_view name, state;
};
constexpr event_type types[] = {
    {"incident.triggered", "open"},
    {"incident.reopened", "open"},
    {"incident.acknowledged", "acknowledged"},
    {"incident.unacknowledged", ""},
    {"incident.resolved", "resolved"},
    {"incident.escalated", ""},
    {"incident.delegated", ""},
    {"incident.reassigned", ""},
    {"incident.priority_updated", ""},
    {"incident.service_updated", ""},
    {"incident.responder.added", ""},
    {"incident.responder.replied", ""},
    {"incident.annotated", ""},
    {"incident.custom_field_values.updated", ""},
};

// A list of v1=<hex>, several while a secret is replaced; other versions are skipped.
bool authentic(const source& s, const delivery& d) {
  const auto list = d.header.get("X-PagerDuty-Signature");
  bool any = false;
  for (std::size_t from = 0; from < list.size();) {
    const auto comma = std::min(list.find(',', from), list.size());
    auto one = list.substr(from, comma - from);
    while (one.starts_with(' ')) one.remove_prefix(1);
    any |= signed_with_any(s.secrets, d.body, one, "v1=");
    from = comma + 1;
  }
  return any;
}

std::string key(const delivery& d) {
  const auto id = d.header.get("X-Webhook-Id");  // the same at every attempt
  return id.empty() ? sha256_hex(d.body) : std::string(id);
}

// Everybody who is on it now; who left is told by no event.
json::array responders_of(const json::value& in) {
  json::array all;
  json::error_code ec;
  const auto* assignees = in.find_pointer("/event/data/assignees", ec);
  if (assignees && assignees->is_array())
    for (const auto& a : assignees->get_array())
      if (auto name = text_at(a, "/summary"); !name.empty() && all.size() < max_names)
        all.push_back(json::object{{"person", name}});
  return all;
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto in = json_body(d, "PagerDuty");
  if (!in) return in.error();
  const auto text = [&](const char* pointer) { return text_at(*in, pointer); };
  const auto type = text("/event/event_type");
  const auto known = std::ranges::find(types, type, &event_type::name);
  if (known == std::end(types)) return decoded::nothing("event type " + type + " is not read");
  if (s.setting("urgency") == "high" && text("/event/data/urgency") == "low")
    return decoded::nothing("an incident of low urgency");
  const auto created = time_at(*in, "/event/data/created_at"), occurred = time_at(*in, "/event/occurred_at");
  event e;
  e.thing = e.type = "incident";
  e.id = text("/event/id");
  // events about an incident wrap it, those about its responders name it
  const auto id = text("/event/data/incident/id");
  e.subject = id.empty() ? text("/event/data/id") : id;
  e.time = occurred.value_or(d.received_at);
  put(e, "state", known->state);
  if (id.empty()) {
    put(e, "started_at", created);
    put(e, "service", text("/event/data/service/summary"));
    put(e, "title", text("/event/data/title"));
    put(e, "url", text("/event/data/html_url"));
    if (const auto severity = severity_of(text("/event/data/priority/summary"))) e.fields["severity"] = severity;
    if (auto all = responders_of(*in); !all.empty()) e.fields["responders"] = std::move(all);
  }
  if (known->state == "resolved") put(e, "resolved_at", occurred);
  if (known->state == "acknowledged") put(e, "acknowledged_at", occurred);
  if (auto found = check(e, d.received_at); !found.empty())
    return error(errc::unreadable, type + " is not of the shape that PagerDuty documents", std::move(found));
  return decoded(std::move(e));
}

}

constinit const collector collect = {
    .kind = "pagerduty",
    .help = "PagerDuty's webhooks V3, signed with X-PagerDuty-Signature: incidents",
    .body_limit = std::size_t{1024} * 1024,
    .settings = settings,
    .authentic = authentic,
    .key = key,
    .decode = decode,
    .check = [](const source&) { return std::string(); },
};

}
