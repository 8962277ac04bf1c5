#include "daemon/intake/receive.hpp"

#include <algorithm>

namespace releasehealth {

json::object kept_headers(const headers& all) {
  json::object kept;
  for (const auto& [name, value] : all.all()) {
    std::string lower(name);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto holds = [&](std::string_view word) { return lower.find(word) != lower.npos; };
    if (holds("authorization") || holds("cookie") || holds("signature") || holds("token") || holds("secret")) continue;
    auto& text = kept[lower].emplace_string();
    for (const char c : value) text += c >= ' ' && c <= '~' ? c : '?';  // headers are bytes, JSON is UTF-8
  }
  return kept;
}

result<received> receive(const source& from, const delivery& d) {
  const auto& kind = *find_collector(from.kind);
  auto read = kind.decode(from, d);
  if (!read && read.error().code != errc::unreadable) return read.error();
  received r;
  r.entry.source = from.name;
  r.entry.key = kind.key(d);
  r.entry.received_at = d.received_at;
  if (read && read->events.empty()) {  // nothing of it is kept
    r.ignored = read->ignored;
    return r;
  }
  r.entry.headers = kept_headers(d.header);
  if (!read) {
    r.entry.outcome = "dead";
    r.entry.detail = read.error().text();
  } else {
    r.entry.events = std::move(read->events);
  }
  return r;
}

}
