// Datadog's webhooks integration with the template of the README: monitors and incidents.
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::datadog {
namespace {

constexpr spelling<incident_state> transitions[] = {{"Triggered", incident_state::open},
                                                    {"Warn", incident_state::open},
                                                    {"No Data", incident_state::open},
                                                    {"Recovered", incident_state::resolved}};
constexpr spelling<incident_state> statuses[] = {{"active", incident_state::open},
                                                 {"stable", incident_state::acknowledged},
                                                 {"resolved", incident_state::resolved},
                                                 {"completed", incident_state::resolved}};

void put_tags(const hook& h, event& e) {
  put(e, "service", tag_at(h.body, "/tags", service_tags));
  put(e, "environment", tag_at(h.body, "/tags", environment_tags));
  read_into(e, h.body, {{"title", "/title"}, {"url", "/link"}});
}

// The cycle is constant from triggering to recovery, the aggregate for all alerts of a monitor.
result<decoded> monitor(const hook& h, timestamp now) {
  const auto transition = h.text("/transition");
  const auto state = our_word(transitions, transition);
  if (!state) return decoded::nothing("transition " + transition);
  auto subject = h.subject("monitor/", "/cycle");
  if (subject.empty()) subject = h.subject("monitor/", "/aggregate");
  auto e = h.start(thing_type::incident, subject, h.time("/date_ms"), now);
  put_tags(h, e);
  read_into(e, h.body, {{"severity", "/priority"}});
  put_state(e, state);  // its first report is its start: a warning may become an alert within a cycle
  return decoded(std::move(e));
}

result<decoded> incident(const hook& h, timestamp now) {
  auto e = h.start(thing_type::incident, h.subject("incident/", "/incident"), h.time("/date_ms"), now);
  put_tags(h, e);
  read_into(e, h.body, {{"severity", "/incident_severity"}});
  put_state(e, our_word(statuses, h.text("/incident_status")));
  return decoded(std::move(e));
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  const hook h{
      s, text_at(*body, "/id") + '/' + text_at(*body, "/transition") + text_at(*body, "/incident_status"), *body, {}};
  // a variable that does not apply is empty or unreplaced
  const auto id = h.text("/incident");
  const bool is_incident = !id.empty() && !id.starts_with('$');
  return checked(is_incident ? incident(h, d.received_at) : monitor(h, d.received_at), d.received_at,
                 "the notification", "the template");
}

constexpr setup_step setup[] = {
    {"@webhook-", thing_type::incident, needed_by_incidents},
};

}

extern constinit const collector collect = {
    .kind = "datadog",
    .help = "Datadog's webhooks in the README's template, with the secret as bearer token: monitors and incidents",
    .authentic = shows_secret,
    .key = key_of_bytes,
    .decode = decode,
    .incidents = incident_origin::alerts,
    .setup = setup,
};

}
