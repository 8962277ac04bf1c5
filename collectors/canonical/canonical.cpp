#include "collectors/canonical/canonical.hpp"

#include <algorithm>

#include "collectors/base/text.hpp"
#include "collectors/collector.hpp"
#include "collectors/fields.hpp"

namespace releasehealth::canonical {
namespace {

// Removes and returns a text member of the object; a member that is not text is a problem.
std::string take(json::object& object, std::string_view name, std::vector<problem>& found, const std::string& root) {
  const auto entry = object.find(name);
  if (entry == object.end()) return {};
  std::string text;
  if (entry->value().is_string())
    text = std::string_view(entry->value().get_string());
  else
    found.push_back({root + '/' + std::string(name), "invalid value " + shown(entry->value()) + "; expected text"});
  object.erase(entry);
  return text;
}

constexpr std::string_view reserved[] = {"received_at", "override", "exported", "by", "was", "reason"};

bool is_reserved(std::string_view name) { return std::ranges::find(reserved, name) != std::end(reserved); }

// Removes and returns the fields whose names are reserved words.
json::object take_reserved(json::object& object) {
  json::object taken;
  for (const auto name : reserved)
    if (const auto entry = object.find(name); entry != object.end()) {
      taken[name] = entry->value();
      object.erase(entry);
    }
  return taken;
}

// Releases up to 0.1 wrote an override as a plain member, together with the fields that the daemon adds to every
// override. An event without all of these fields is not an override: a sender could have written it.
bool is_override_of_old(const json::object& line, const json::object& taken) {
  constexpr std::size_t id_size = 32;  // length of random_id()
  constexpr std::string_view prefix = "override-";
  const auto id = text_at(line, "/id");
  const auto type = parse_word<event_type>(text_at(line, "/type"));
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  const auto* was = taken.if_contains("was");
  return id.starts_with(prefix) && id.size() == prefix.size() + id_size &&
         std::ranges::all_of(id.substr(prefix.size()), is_hex) &&
         (type == event_type::deployment || type == event_type::incident) && !text_at(taken, "/by").empty() &&
         !text_at(taken, "/reason").empty() && was && was->is_object();
}

struct batch {
  timestamp received_at;
  const body_limits& may;
  std::vector<event> events = {};
  std::vector<problem> found = {};
  std::string limit = {};  ///< the key of the limit that the batch exceeds

  void add(json::value v, const std::string& root) {
    if (found.size() >= max_problems) return;
    auto e = read_event(std::move(v), received_at, root);
    if (e)
      events.push_back(std::move(*e));
    else
      for (auto& p : e.error().problems) found.push_back(std::move(p));
  }
  result<std::vector<event>> done() {
    if (events.size() > may.batch) return too_many();
    if (!found.empty()) return error(errc::malformed, "nothing was stored", std::move(found)).over(limit);
    return std::move(events);
  }
  error too_many() const {
    return error(errc::too_large, "more than " + std::to_string(may.batch) + " events in one request")
        .over("intake.max_batch");
  }
};

void add_lines(batch& all, std::string_view body) {
  for (std::size_t line = 0; !body.empty() && all.events.size() <= all.may.batch; ++line) {
    const auto text = take_part(body, '\n');
    if (text.find_first_not_of(" \t\r") == text.npos) continue;
    const auto root = '/' + std::to_string(line);
    auto value = parse_json_strictly(text, all.may);
    if (value) {
      all.add(std::move(*value), root);
    } else if (all.found.size() < max_problems) {
      const auto e = value.error();
      if (!e.limit.empty()) all.limit = e.limit;
      if (e.problems.empty()) all.found.push_back({root, e.detail});
      for (const auto& p : e.problems) all.found.push_back({root + p.pointer, p.detail});
    }
  }
}

}

result<event> read_event(json::value value, timestamp received_at, const std::string& root) {
  if (!value.is_object())
    return error(errc::malformed, "not an event", {{root, "is " + shown(value) + "; expected an object"}});
  event e;
  e.fields = std::move(value.get_object());
  std::vector<problem> found;
  for (const auto& field : take_reserved(e.fields))
    found.push_back({root + '/' + std::string(field.key()), "is a reserved word of exports; expected another name"});
  e.id = take(e.fields, "id", found, root);
  const auto type = take(e.fields, "type", found, root);
  e.source = take(e.fields, "source", found, root);
  e.subject = take(e.fields, "subject", found, root);
  const auto time = take(e.fields, "time", found, root);
  e.time = received_at;
  if (!time.empty()) {
    if (const auto parsed = parse_time(time))
      e.time = *parsed;
    else
      found.push_back(
          {root + "/time", "invalid time " + shown(json::value(time)) + "; expected RFC 3339 with an offset"});
  }
  const auto known = parse_word<event_type>(type);
  if (const auto thing = parse_word<thing_type>(type)) e.reports(*thing);
  if (known == event_type::retraction) {
    const auto retracted = text_at(e.fields, "/of");
    e.type = *known;
    e.thing = parse_word<thing_type>(retracted).value_or(e.thing);  // check() rejects any other
    if (retracted.empty()) found.push_back({root + "/of", "missing; expected the type that is retracted"});
    if (e.subject.empty()) found.push_back({root + "/subject", "missing; expected the subject that is retracted"});
  }
  if (known == event_type::tag)
    for (const auto* field : {"name", "repository"})
      if (text_at(e.fields, '/' + std::string(field)).empty())
        found.push_back({root + '/' + field, "missing; expected the " + std::string(field) + " of the tag"});
  if (e.subject.empty())
    e.subject = known == event_type::commit ? text_at(e.fields, "/commit")
                : known == event_type::tag  ? tag_subject(text_at(e.fields, "/repository"), text_at(e.fields, "/name"))
                                            : e.id;
  const auto unknown_type = known ? std::nullopt : std::optional<std::string_view>(type);
  for (auto& p : check(e, received_at, root, unknown_type)) found.push_back(std::move(p));
  if (!found.empty()) return error(errc::malformed, "not an event", std::move(found));
  return e;
}

result<std::vector<event>> read_events(std::string_view content_type, std::string_view body, timestamp received_at,
                                       const body_limits& may) {
  batch all{received_at, may};
  const auto type = media_type(content_type);
  if (type == "application/x-ndjson") {
    add_lines(all, body);
  } else if (type == "application/json") {
    auto value = parse_json_strictly(body, may);
    if (!value) return value.error();
    if (value->is_array()) {
      if (value->get_array().size() > may.batch) return all.too_many();
      std::size_t index = 0;
      for (auto& v : value->get_array()) all.add(std::move(v), '/' + std::to_string(index++));
    } else {
      all.add(std::move(*value), "");
    }
  } else {
    return unsupported_type(content_type, "application/json or application/x-ndjson");
  }
  return all.done();
}

std::span<const std::string_view> reserved_words() { return reserved; }

json::object write_exported(const event& e, timestamp received_at) {
  auto plain = e;
  auto apart = take_reserved(plain.fields);
  auto line = write_event(plain);
  json::object extra = {{"received_at", format_time(received_at)}, {"override", e.is_override}};
  if (!apart.empty()) extra["fields"] = std::move(apart);
  line["exported"] = std::move(extra);
  return line;
}

result<exported> read_exported(json::value value, timestamp received_at) {
  if (!value.is_object())
    return error(errc::malformed, "not an event", {{"", "is " + shown(value) + "; expected an object"}});
  auto& line = value.get_object();
  auto taken = take_reserved(line);
  exported out;
  json::object apart;
  if (const auto* extra = taken.if_contains("exported"); extra && extra->is_object()) {
    const auto* mark = extra->get_object().if_contains("override");
    const auto* fields = extra->get_object().if_contains("fields");
    out.content.is_override = mark && *mark == true;
    out.received_at = time_at(*extra, "/received_at");
    if (fields && fields->is_object()) apart = fields->get_object();
  } else {
    out.received_at = time_at(taken, "/received_at");
    if (const auto* mark = taken.if_contains("override"); mark && *mark == true) {
      if (!is_override_of_old(line, taken))
        return error(errc::malformed, "not an event",
                     {{"/override", "is not an override of the daemon; expected one inside `exported`"}});
      out.content.is_override = true;
    }
    for (const auto* name : {"by", "was", "reason"})  // old plain events may have them, too
      if (const auto* field = taken.if_contains(name)) apart[name] = *field;
  }
  auto read = read_event(std::move(value), received_at);
  if (!read) return read.error();
  read->is_override = out.content.is_override;
  for (const auto& [name, field] : apart)
    if (is_reserved(name)) read->fields[name] = field;
  out.content = std::move(*read);
  return out;
}

json::object write_event(const event& e) {
  json::object out;
  out["id"] = e.id;
  out["type"] = word(e.type);
  out["time"] = format_time(e.time);
  out["subject"] = e.subject;
  if (!e.source.empty()) out["source"] = e.source;
  for (const auto& [name, value] : e.fields) out.insert_or_assign(name, value);
  return out;
}

}
