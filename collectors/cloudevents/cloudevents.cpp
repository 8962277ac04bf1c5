#include "collectors/canonical/canonical.hpp"
#include "collectors/cloudevents/envelope.hpp"
#include "collectors/credentials.hpp"
#include "collectors/fields.hpp"
#include "collectors/form.hpp"

namespace releasehealth::cloudevents {
namespace {

constexpr std::string_view own_prefix = "dev.releasehealth.";

// A delivery target takes the token in the header or in the query; a Standard Webhooks signature does as well.
bool authentic(const source& s, const delivery& d) {
  const bool shown = !d.header.get("Authorization").empty() || !read_standard_webhook(d.header).signatures.empty();
  if (const auto query = parse_form(d.query); query && !shown)
    for (const auto& [name, value] : *query)
      if (name == "access_token") return token_is_any(s.secrets, value);
  return shows_standard_webhook_or_secret(s, d);
}

// One of (source, id), as CloudEvents says; long ones as their digest.
std::string id_of(const envelope& e) {
  auto id = e.source + '#' + e.id;
  return id.size() <= max_name ? id : sha256_hex(id);
}

std::string key(const delivery& d) {
  const auto all = read_envelopes(d);
  return all && all->size() == 1 ? id_of(all->front()) : sha256_hex(d.body);
}

// The canonical fields as data: the envelope has the rest.
result<event> read_own(const envelope& from, timestamp now) {
  auto fields = from.data.is_object() ? from.data.get_object() : json::object();
  fields["type"] = from.type.substr(own_prefix.size());
  fields["id"] = id_of(from);
  fields.erase("source");
  if (from.time && !fields.contains("time")) fields["time"] = format_time(*from.time);
  if (!from.subject.empty() && !fields.contains("subject")) fields["subject"] = from.subject;
  return canonical::read_event(std::move(fields), now, "/data");
}

result<decoded> decode(const source&, const delivery& d) {
  const auto all = read_envelopes(d);
  if (!all) return all.error();
  decoded out;
  for (const auto& one : *all) {
    if (one.type.starts_with(own_prefix)) {
      auto e = read_own(one, d.received_at);
      if (!e) return error(errc::unreadable, e.error().detail, e.error().problems);
      out.events.push_back(std::move(*e));
      continue;
    }
    auto e = read_cdevent(one, d.received_at, out.ignored);
    if (e.type.empty()) continue;
    e.id = id_of(one);
    if (auto found = check(e, d.received_at); !found.empty())
      return error(errc::unreadable, one.type + " is not of the shape that CDEvents documents", std::move(found));
    out.events.push_back(std::move(e));
  }
  if (out.events.empty() && out.ignored.empty()) out.ignored = "an empty batch";
  if (!out.events.empty()) out.ignored.clear();
  return out;
}

}

extern constinit const collector collect = {
    .kind = "cloudevents",
    .help = "CloudEvents over HTTP: CDEvents and our own events, with the secret as bearer token",
    .authentic = authentic,
    .key = key,
    .decode = decode,
};

}
