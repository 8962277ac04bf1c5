// ServiceNow: the payload of the business rule in the README.
#include "collectors/credentials.hpp"
#include "collectors/duplicates.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::servicenow {

extern const api_shape history[1];  // history.cpp
extern const tool_api api;          // api.cpp

namespace {

// The default choices of the incident table.
constexpr spelling<incident_state> states[] = {{"1", incident_state::open},
                                               {"2", incident_state::acknowledged},
                                               {"3", incident_state::acknowledged},
                                               {"6", incident_state::resolved},
                                               {"7", incident_state::resolved}};
constexpr std::string_view canceled = "8";

result<decoded> incident(const hook& h, timestamp now) {
  auto e = h.start(thing_type::incident, h.text("/sys_id"), h.time("/sys_updated_on"), now);
  e.id = e.subject + '/' + h.text("/sys_mod_count");
  const auto state = our_word(states, h.text("/state"));
  // the child of another incident, or a duplicate, is a part of the other one
  const auto duplicated = h.text("/duplicate_of"), original = duplicated.empty() ? h.text("/parent") : duplicated;
  const bool is_lost = original.empty() && is_duplicate_word(h.text("/close_code"));
  if (h.text("/state") == canceled || is_lost || flag_at(h.body, "/deleted")) {
    retract(e);
    return decoded(std::move(e));
  }
  read_into(e, h.body,
            {{"service", "/service"},
             {"environment", "/environment"},
             {"title", "/short_description"},
             {"url", "/url"},
             {"severity", "/priority"},
             {"cause", "/cause"},
             {"culprit", "/caused_by"},
             {"started_at", "/opened_at"}});
  put_link(e, h.text("/correlation_id"));
  put_links(e, h.body, {"/description"});
  // a reopened incident may keep the time of its resolution
  const bool is_part = !original.empty();
  if (!is_part && (state == incident_state::resolved || !state))
    read_into(e, h.body, {{"resolved_at", "/resolved_at"}});
  if (const auto who = h.text("/assigned_to"); !who.empty())
    e.fields["responders"] = json::array{json::object{{"person", who}}};
  if (!is_part) put(e, "state", word(state));
  if (const auto number = h.text("/number"); !number.empty()) put_name(e, h.own_name(number));
  // an asynchronous rule does not know the previous state: from the second version on it may have been a child
  const bool may_return = json_source(h.body).find("/parent") && h.text("/sys_mod_count") != "0";
  if (const auto name = h.own_name(original); is_part)
    duplicate_of(e, std::span(&name, 1));
  else if (may_return)
    no_duplicate(e);
  return may_return ? with_return(std::move(e)) : decoded(std::move(e));
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  return checked(incident({s, key_of_bytes(d), *body, {}}, d.received_at), d.received_at, "the body",
                 "the business rule");
}

constexpr setup_step setup[] = {
    {"Business Rules", thing_type::incident, needed_by_incidents},
};

}

extern constinit const collector collect = {
    .kind = "servicenow",
    .help = "ServiceNow's incidents through the README's business rule, with the secret as bearer token or password",
    .authentic = shows_secret,
    .key = key_of_bytes,
    .decode = decode,
    .history = history,
    .api = &api,
    .incidents = incident_origin::issues,
    .setup = setup,
};

}
