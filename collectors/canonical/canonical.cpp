#include "collectors/canonical/canonical.hpp"

#include "collectors/collector.hpp"
#include "collectors/fields.hpp"

namespace releasehealth::canonical {
namespace {

// Takes a text member out of the object; what is no text is a mistake.
std::string take(json::object& from, std::string_view name, std::vector<problem>& found, const std::string& at) {
  const auto entry = from.find(name);
  if (entry == from.end()) return {};
  std::string text;
  if (entry->value().is_string())
    text = std::string_view(entry->value().get_string());
  else
    found.push_back({at + '/' + std::string(name), "is not text"});
  from.erase(entry);
  return text;
}

struct batch {
  timestamp received_at;
  const body_limits& may;
  std::vector<event> events = {};
  std::vector<problem> found = {};
  std::string over = {};  ///< the limit that something in it is over

  void add(json::value v, const std::string& at) {
    if (found.size() >= max_problems) return;
    auto e = read_event(std::move(v), received_at, at);
    if (e)
      events.push_back(std::move(*e));
    else
      for (auto& p : e.error().problems) found.push_back(std::move(p));
  }
  result<std::vector<event>> done() {
    if (events.size() > may.batch) return too_many();
    if (!found.empty()) return error(errc::malformed, "nothing was stored", std::move(found)).over(over);
    return std::move(events);
  }
  error too_many() const {
    return error(errc::too_large, "more than " + std::to_string(may.batch) + " events in one request")
        .over("intake.max_batch");
  }
};

void add_lines(batch& to, std::string_view body) {
  for (std::size_t line = 0; !body.empty() && to.events.size() <= to.may.batch; ++line) {
    const auto end = std::min(body.find('\n'), body.size());
    const auto text = body.substr(0, end);
    body.remove_prefix(std::min(end + 1, body.size()));
    if (text.find_first_not_of(" \t\r") == text.npos) continue;
    const auto at = '/' + std::to_string(line);
    auto value = parse_json_strictly(text, to.may);
    if (value) {
      to.add(std::move(*value), at);
    } else if (to.found.size() < max_problems) {
      const auto e = value.error();
      if (!e.limit.empty()) to.over = e.limit;
      if (e.problems.empty()) to.found.push_back({at, e.detail});
      for (const auto& p : e.problems) to.found.push_back({at + p.pointer, p.detail});
    }
  }
}

}

result<event> read_event(json::value value, timestamp received_at, const std::string& at) {
  if (!value.is_object()) return error(errc::malformed, "not an event", {{at, "is not an object"}});
  event e;
  e.fields = std::move(value.get_object());
  std::vector<problem> found;
  e.id = take(e.fields, "id", found, at);
  e.type = take(e.fields, "type", found, at);
  e.source = take(e.fields, "source", found, at);
  e.subject = take(e.fields, "subject", found, at);
  const auto time = take(e.fields, "time", found, at);
  e.time = received_at;
  if (!time.empty()) {
    if (const auto parsed = parse_time(time))
      e.time = *parsed;
    else
      found.push_back({at + "/time", "is not an RFC 3339 time with an offset"});
  }
  e.thing = e.type;
  if (e.type == "retraction") {
    e.thing = text_at(e.fields, "/of");
    if (e.thing.empty()) found.push_back({at + "/of", "is missing: what is retracted"});
    if (e.subject.empty()) found.push_back({at + "/subject", "is missing: which one is retracted"});
  }
  if (e.subject.empty()) e.subject = e.type == "commit" ? text_at(e.fields, "/commit") : e.id;
  for (auto& p : check(e, received_at, at)) found.push_back(std::move(p));
  if (!found.empty()) return error(errc::malformed, "not an event", std::move(found));
  return e;
}

result<std::vector<event>> read_events(std::string_view content_type, std::string_view body, timestamp received_at,
                                       const body_limits& may) {
  batch to{received_at, may};
  const auto type = media_type(content_type);
  if (type == "application/x-ndjson") {
    add_lines(to, body);
  } else if (type == "application/json") {
    auto value = parse_json_strictly(body, may);
    if (!value) return value.error();
    if (value->is_array()) {
      if (value->get_array().size() > may.batch) return to.too_many();
      std::size_t index = 0;
      for (auto& v : value->get_array()) to.add(std::move(v), '/' + std::to_string(index++));
    } else {
      to.add(std::move(*value), "");
    }
  } else {
    return error(errc::media_type, "events are application/json or application/x-ndjson");
  }
  return to.done();
}

json::object write_event(const event& e) {
  json::object out;
  out["id"] = e.id;
  out["type"] = e.type;
  out["time"] = format_time(e.time);
  out["subject"] = e.subject;
  if (!e.source.empty()) out["source"] = e.source;
  for (const auto& [name, value] : e.fields) out.insert_or_assign(name, value);
  return out;
}

}
