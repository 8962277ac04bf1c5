// Canonical events (interface.md §3) from a sender of Standard Webhooks: plain, or as the data of its envelope.
#include "collectors/canonical/canonical.hpp"
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::standard_webhooks {
namespace {

// {"type", "timestamp", "data"}: the specification's recommended body. The type may have a dotted prefix.
result<std::vector<event>> read_enveloped(const delivery& d, json::value body) {
  auto fields = body.at("data").get_object();
  const auto type = text_at(body, "/type");
  if (!fields.contains("type")) fields["type"] = type.substr(type.rfind('.') + 1);
  if (!fields.contains("id")) fields["id"] = key_of_standard_webhook(d);
  if (const auto time = text_at(body, "/timestamp"); !fields.contains("time") && !time.empty()) fields["time"] = time;
  auto e = canonical::read_event(std::move(fields), d.received_at, "/data");
  if (!e) return e.error();
  return std::vector<event>{std::move(*e)};
}

result<std::vector<event>> read(const delivery& d) {
  const auto body = parse_json_strictly(d.body, d.may);
  const auto* data = body && body->is_object() ? body->get_object().if_contains("data") : nullptr;
  if (data && data->is_object()) return read_enveloped(d, *body);
  return canonical::read_events(d.header.get("Content-Type"), d.body, d.received_at, d.may);
}

result<decoded> decode(const source&, const delivery& d) {
  auto events = read(d);
  if (!events) return events.error();
  if (events->empty()) return decoded::nothing("an empty array");
  decoded out;
  for (auto& e : *events) {
    e.source.clear();  // always the configured source's name
    out.events.push_back(std::move(e));
  }
  return out;
}

}

extern constinit const collector collect = {
    .kind = "standard-webhooks",
    .help = "the daemon's own events, signed as Standard Webhooks (v1 or v1a) or with the secret as bearer token",
    .authentic = shows_standard_webhook_or_secret,
    .key = key_of_standard_webhook,
    .decode = decode,
};

}
