#include "collectors/base/form.hpp"
#include "collectors/canonical/canonical.hpp"
#include "collectors/cloudevents/envelope.hpp"
#include "collectors/credentials.hpp"
#include "collectors/fields.hpp"
#include "collectors/hook.hpp"
#include "collectors/signature.hpp"

namespace releasehealth::cloudevents {
namespace {

constexpr std::string_view own_prefix = "dev.releasehealth.";

// CloudEvents sends the token in the header or in the query; a Standard Webhooks signature is accepted, too.
bool authentic(const source& s, const delivery& d) {
  const bool shown = !d.header.get("Authorization").empty() || !read_standard_webhook(d.header).signatures.empty();
  if (const auto query = parse_form(d.query); query && !shown)
    for (const auto& [name, value] : *query)
      if (name == "access_token") return token_is_any(s.secrets, value);
  return shows_standard_webhook_or_secret(s, d);
}

// (source, id) identifies an event, as CloudEvents specifies; long ids are replaced by their digest. Because an id may
// contain a #, the length of the source keeps ids of different sources distinct.
std::string id_of(const envelope& e) {
  auto id = e.source + '#' + e.id;
  if (e.id.find('#') != e.id.npos) return sha256_hex(std::to_string(e.source.size()) + ':' + id);
  return id.size() <= max_name ? id : sha256_hex(id);
}

std::string key(const delivery& d) {
  const auto all = read_envelopes(d);
  return all && all->size() == 1 ? id_of(all->front()) : sha256_hex(d.body);
}

// The canonical fields are in `data`, the others in the envelope.
result<event> read_own(const envelope& message, timestamp now) {
  if (!message.data.is_object())
    return error(errc::malformed, "not an event", {{"/data", "is " + shown(message.data) + "; expected an object"}});
  auto fields = message.data.get_object();
  fields["type"] = message.type.substr(own_prefix.size());
  fields["id"] = id_of(message);
  fields.erase("source");
  if (message.time && !fields.contains("time")) fields["time"] = format_time(*message.time);
  if (!message.subject.empty() && !fields.contains("subject")) fields["subject"] = message.subject;
  return canonical::read_event(std::move(fields), now, "/data");
}

result<decoded> decode(const source&, const delivery& d) {
  const auto all = read_envelopes(d);
  if (!all) return all.error();
  decoded out;
  error unread;
  const auto leave_out = [&](const error& why) {
    unread = error(errc::unreadable, why.detail, why.problems);
    auto first = why.problems.empty() ? problem{{}, why.detail} : why.problems.front();
    if (all->size() > 1)
      first.pointer = '/' + std::to_string(out.events.size() + out.unreadable.size()) + first.pointer;
    out.unreadable.push_back(std::move(first));
  };
  for (const auto& one : *all) {
    if (one.type.starts_with(own_prefix)) {
      auto e = read_own(one, d.received_at);
      if (e)
        out.events.push_back(std::move(*e));
      else
        leave_out(e.error());
      continue;
    }
    auto e = read_cdevent(one, d.received_at, out.ignored);
    if (!e) continue;
    e->id = id_of(one);
    auto read = checked(decoded(std::move(*e)), d.received_at, one.type, "CDEvents");
    if (read)
      out.events.push_back(std::move(read->events.front()));
    else
      leave_out(read.error());
  }
  if (out.events.empty() && !out.unreadable.empty()) return unread;
  if (out.events.empty() && out.ignored.empty()) out.ignored = "an empty batch";
  if (!out.events.empty()) out.ignored.clear();
  return out;
}

}

extern constinit const collector collect = {
    .kind = "cloudevents",
    .help = "CloudEvents over HTTP: CDEvents and the daemon's own events, with the secret as bearer token",
    .authentic = authentic,
    .key = key,
    .decode = decode,
};

}
