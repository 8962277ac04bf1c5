// Opsgenie's outgoing webhook: each alert is an incident.
#include "collectors/opsgenie/opsgenie.hpp"

#include <algorithm>

#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::opsgenie {
namespace {

constexpr spelling<incident_state> actions[] = {
    {"Create", incident_state::open},
    {"Acknowledge", incident_state::acknowledged},
    {"Close", incident_state::resolved},
    {"UnAcknowledge", {}},
    {"AddNote", {}},
    {"AddTags", {}},
    {"RemoveTags", {}},
    {"AddTeam", {}},
    {"AssignOwnership", {}},
    {"TakeOwnership", {}},
    {"Escalate", {}},
    {"EscalateNext", {}},
    {"UpdatePriority", {}},
    {"UpdateMessage", {}},
    {"UpdateDescription", {}},
};

result<decoded> alert(const hook& h, timestamp now) {
  const auto action = h.text("/action");
  const auto known = std::ranges::find(actions, action, &spelling<incident_state>::theirs);
  if (action != "Delete" && known == std::end(actions)) return decoded::nothing("action " + action);
  auto e = h.start(thing_type::incident, h.text("/alert/alertId"), h.time("/alert/updatedAt"), now);
  e.id = e.subject + '/' + action + '/' + h.text("/alert/updatedAt");
  if (action == "Delete") {
    retract(e);
    return decoded(std::move(e));
  }
  put(e, "service", tag_at(h.body, "/alert/tags", service_tags));
  put(e, "environment", tag_at(h.body, "/alert/tags", environment_tags));
  read_into(e, h.body,
            {{"service", "/alert/entity"},
             {"title", "/alert/message"},
             {"severity", "/alert/priority"},
             {"started_at", "/alert/createdAt"}});
  put_key(e, h.text("/alert/alias"));
  put_links(e, h.body, {"/alert/description", "/alert/details"});
  put_state(e, known->ours);
  if (const auto who = h.text("/alert/username"); known->ours == incident_state::acknowledged && !who.empty())
    e.fields["responders"] = json::array{json::object{{"person", who}}};
  return decoded(std::move(e));
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  return checked(alert({s, key_of_bytes(d), *body, {}}, d.received_at), d.received_at, "the alert", "Opsgenie");
}

constexpr setup_step setup[] = {
    {"all alert actions", thing_type::incident, needed_by_incidents},
};

}

extern constinit const collector collect = {
    .kind = "opsgenie",
    .help = "Opsgenie's webhook integration, with the secret as bearer token or password: alerts are incidents",
    .authentic = shows_secret,
    .key = key_of_bytes,
    .decode = decode,
    .history = history,
    .api = &api,
    .incidents = incident_origin::response,
    .setup = setup,
};

}
