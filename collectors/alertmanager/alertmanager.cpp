#include "collectors/alertmanager/alerts.hpp"
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::alertmanager {

extern const api_shape history[1];  // history.cpp
extern const tool_api api;          // api.cpp

namespace {

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  return read_alerts(s, *body, d.received_at, "Alertmanager");
}

constexpr setup_step setup[] = {
    {"webhook_configs", thing_type::incident, needed_by_incidents},
};

}

extern constinit const collector collect = {
    .kind = "alertmanager",
    .help = "Prometheus Alertmanager's webhook, with the secret as bearer token or password: alerts are incidents",
    .settings = label_settings,
    .authentic = shows_secret,
    .key = key_of_alerts,
    .decode = decode,
    .history = history,
    .api = &api,
    .incidents = incident_origin::alerts,
    .setup = setup,
};

}
