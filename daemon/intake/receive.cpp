#include "daemon/intake/receive.hpp"

#include <algorithm>

#include "collectors/base/text.hpp"
#include "collectors/fields.hpp"
#include "daemon/access/reach.hpp"

namespace releasehealth {
namespace {

constexpr std::string_view path_header = ":path";  // HTTP/2's name

// Headers that are not stored: credentials, and headers of the transport, which replay does not need.
constexpr std::string_view secret_words[] = {"authorization", "cookie", "signature", "token", "secret"};
constexpr std::string_view of_transport[] = {
    "host", "connection", "keep-alive", "accept", "accept-encoding", "content-length", "transfer-encoding"};

// Ignores events outside the source's reach, like events that its kind does not read.
void leave_out_outside(const source& sender, decoded& read, const naming& names) {
  const auto permitted = reach_of(sender);
  if (permitted.is_everything()) return;
  for (auto& e : read.events) leave_out_joins(permitted, e);
  std::erase_if(read.events, [&](const event& e) {
    const auto found = outside(permitted, e, sender.name, names, true);
    if (!found.empty()) read.ignored = found.front().pointer + ' ' + found.front().detail;
    return !found.empty();
  });
  if (!read.events.empty()) read.ignored.clear();
}

}

json::object kept_headers(const headers& all) {
  json::object kept;
  for (const auto& [name, value] : all.all()) {
    const auto lower = lower_case(name);
    const auto holds = [&](std::string_view word) { return lower.find(word) != lower.npos; };
    if (std::ranges::any_of(secret_words, holds) || std::ranges::find(of_transport, lower) != std::end(of_transport))
      continue;
    std::string text(value);
    std::ranges::replace_if(
        text, [](char c) { return c < ' ' || c > '~'; }, '?');  // header values are bytes, JSON is UTF-8
    kept.insert_or_assign(lower, text);
  }
  return kept;
}

namespace {

// A description of the skipped elements; empty if there are none.
std::string describe_unreadable(const decoded& read) {
  if (read.unreadable.empty()) return {};
  auto some = read.unreadable;
  if (some.size() > max_problems) some.resize(max_problems);
  const auto all = read.events.size() + read.unreadable.size();
  return error(errc::unreadable,
               std::to_string(read.unreadable.size()) + " of " + std::to_string(all) + " elements left out",
               std::move(some))
      .text();
}

}

result<ledger::reread> read_kept(const source& sender, const ledger::entry& kept, timestamp as_of,
                                 const naming& names) {
  headers head;
  for (const auto& [name, value] : kept.headers) head.add(std::string(name), std::string(value.as_string()));
  const auto path = std::string(head.get(path_header));
  auto read =
      find_collector(sender.kind)
          ->decode(sender, {.header = head, .body = kept.body, .received_at = as_of, .path = path, .may = own_limits});
  if (!read) return read.error();
  leave_out_outside(sender, *read, names);
  auto detail = describe_unreadable(*read);
  return ledger::reread{std::move(read->events), std::move(detail)};
}

result<received> receive(const source& sender, const delivery& d, const naming& names) {
  const auto& kind = *find_collector(sender.kind);
  auto read = kind.decode(sender, d);
  if (read) leave_out_outside(sender, *read, names);
  if (!read && read.error().code != errc::unreadable) return read.error();
  received r;
  r.entry.source = sender.name;
  r.entry.key = kind.key(d);
  r.entry.received_at = d.received_at;
  if (read && read->events.empty()) {  // an ignored delivery is not stored
    r.ignored = read->ignored;
    return r;
  }
  r.entry.headers = kept_headers(d.header);
  if (!d.path.empty()) r.entry.headers[path_header] = d.path;
  if (!read) {
    r.entry.outcome = "dead";
    r.entry.detail = read.error().text();
  } else {
    r.unreadable = read->unreadable.size();
    r.entry.detail = describe_unreadable(*read);
    r.entry.events = std::move(read->events);
  }
  return r;
}

}
