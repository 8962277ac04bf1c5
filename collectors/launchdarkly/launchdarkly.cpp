// LaunchDarkly's webhooks: flags that are switched on or off.
#include <algorithm>

#include "collectors/base/text.hpp"
#include "collectors/credentials.hpp"
#include "collectors/hook.hpp"
#include "collectors/signature.hpp"

namespace releasehealth::launchdarkly {
namespace {

// The part after `prefix`, for example `flag/`, in proj/shop:env/production:flag/new-checkout.
std::string part_of(std::string_view resource, std::string_view prefix) {
  while (!resource.empty()) {
    auto part = take_part(resource, ':');
    if (!part.starts_with(prefix)) continue;
    part.remove_prefix(prefix.size());
    return std::string(take_part(part, ';'));  // tags follow after a semicolon
  }
  return {};
}

result<decoded> flag(const hook& h, timestamp now) {
  const auto verb = h.text("/titleVerb");
  const bool is_on = verb.starts_with("turned on"), is_off = verb.starts_with("turned off");
  if (!is_on && !is_off) return decoded::nothing("flag: neither turned on nor off");
  decoded out;
  for (const auto& access : elements_at(h.body, "/accesses")) {
    const auto resource = text_at(access, "/resource"), name = part_of(resource, "flag/");
    if (text_at(access, "/action") != "updateOn" || name.empty()) continue;
    auto e = h.start(thing_type::flag, h.id, h.time("/date"), now);
    if (!h.id.empty()) e.subject += '/' + std::to_string(out.events.size());
    e.id = e.subject;
    put(e, "flag", name);
    put(e, "service", part_of(resource, "proj/"));
    put(e, "environment", part_of(resource, "env/"));
    put(e, "at", std::optional(e.time));
    e.fields["on"] = is_on;
    out.events.push_back(std::move(e));
  }
  if (out.events.empty()) out.ignored = "flag: neither turned on nor off";
  return out;
}

constexpr hook_type types[] = {{"flag", flag}};

bool authentic(const source& s, const delivery& d) {
  return signed_with_any(s.secrets, d.body, d.header.get("X-LD-Signature"), "");
}

result<decoded> decode(const source& s, const delivery& d) {
  const auto body = json_body(d);
  if (!body) return body.error();
  return read_by_type(types, text_at(*body, "/kind"), {s, text_at(*body, "/_id"), *body, {}}, d.received_at,
                      "LaunchDarkly");
}

constexpr setup_step setup[] = {
    {"Integrations → Webhooks → Add", thing_type::flag, "remediation by feature flag"},
};

}

extern constinit const collector collect = {
    .kind = "launchdarkly",
    .help = "LaunchDarkly's webhooks, signed with X-LD-Signature: flags that are switched on or off",
    .authentic = authentic,
    .key = key_of_bytes,
    .decode = decode,
    .setup = setup,
    .proof = {"X-LD-Signature", "", test_proof::value::hmac_sha256},
};

}
