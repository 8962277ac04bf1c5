// Grafana alerting: alerts in the form of Alertmanager, signed by Grafana.
#include <array>

#include "collectors/alertmanager/alerts.hpp"
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"
#include "collectors/signature.hpp"

namespace releasehealth::grafana {

extern const api_shape history[1];  // history.cpp
extern const tool_api api;          // api.cpp

namespace {

constexpr std::string_view signature_header = "X-Grafana-Alerting-Signature";

constexpr std::array settings = {
    alertmanager::label_settings[0], alertmanager::label_settings[1],
    setting_rule{"timestamp_header", false, "", "", "the header with the timestamp, if the contact point has one"}};

// A signature, if present, alone decides. If a timestamp header is configured, a signature without it is rejected.
bool authentic(const source& s, const delivery& d) {
  const auto signature = d.header.get(signature_header);
  if (signature.empty()) return shows_secret(s, d);
  const auto dated_by = s.setting("timestamp_header");
  if (dated_by.empty()) return signed_with_any(s.secrets, d.body, signature, "");
  return signed_at_time(s.secrets, {d.header.get(dated_by), ":", signature}, d.body, whole_unix_seconds(d.received_at));
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  if (!text_at(*body, "/ruleId").empty()) return decoded::nothing("legacy alerting");
  if (const auto all = elements_at(*body, "/alerts");
      all.size() == 1 && text_at(all.front(), "/labels/alertname") == "TestAlert")
    return decoded::nothing("a test notification");
  return alertmanager::read_alerts(s, *body, d.received_at, "Grafana");
}

constexpr setup_step setup[] = {
    {"Contact points", thing_type::incident, needed_by_incidents},
};

}

extern constinit const collector collect = {
    .kind = "grafana",
    .help = "Grafana alerting's webhook contact point, signed with HMAC, or with the secret as token or password",
    .settings = settings,
    .authentic = authentic,
    .key = alertmanager::key_of_alerts,
    .decode = decode,
    .history = history,
    .api = &api,
    .incidents = incident_origin::alerts,
    .setup = setup,
};

}
