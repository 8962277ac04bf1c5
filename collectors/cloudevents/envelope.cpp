#include "collectors/cloudevents/envelope.hpp"

#include <algorithm>

#include "collectors/base/crypto.hpp"
#include "collectors/base/text.hpp"
#include "collectors/fields.hpp"

namespace releasehealth::cloudevents {
namespace {

// The byte of an escape like %C3 at the beginning of the text.
std::optional<unsigned char> escaped_byte(std::string_view text) {
  constexpr std::size_t length = 3;
  if (!text.starts_with('%') || text.size() < length) return {};
  return parse_number<unsigned char>(text.substr(1, length - 1), 16);
}

// Unescapes a quoted string, then percent-decodes once. Senders that do not encode send plain UTF-8 or Latin-1
// (sources.md §12).
std::string header_value(std::string_view raw) {
  std::string text;
  const bool quoted = raw.size() >= 2 && raw.front() == '"' && raw.back() == '"';
  if (quoted) raw = raw.substr(1, raw.size() - 2);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (quoted && raw[i] == '\\' && i + 1 < raw.size()) {
      text += raw[++i];
    } else if (const auto byte = escaped_byte(raw.substr(i))) {
      text += static_cast<char>(*byte);
      i += 2;
    } else {
      text += raw[i];
    }
  }
  if (is_storable(text)) return text;
  std::string utf8;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      utf8 += c;
    } else {
      utf8 += static_cast<char>(0xC0 | (byte >> 6));
      utf8 += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return utf8;
}

// `data_base64` holds JSON, because all supported events have JSON data. Several SDKs write `data_base64` for any data.
result<json::value> data_of(const json::object& object, const body_limits& may) {
  const auto* data = object.if_contains("data");
  const auto* encoded = object.if_contains("data_base64");
  if (!encoded || encoded->is_null()) return data ? *data : json::value();
  if (data && !data->is_null())
    return error(errc::malformed, "not a CloudEvent", {{"/data_base64", "is beside data; expected one of them"}});
  const auto bytes = from_base64(text_at(object, "/data_base64"));
  auto decoded = parse_json(bytes, may);
  if (!decoded)
    return error(errc::malformed, "not a CloudEvent",
                 {{"/data_base64", "holds no JSON in base64: " + decoded.error().text()}});
  return decoded;
}

result<envelope> structured(const json::value& document, const body_limits& may) {
  envelope e{text_at(document, "/id"),      text_at(document, "/source"), text_at(document, "/type"),
             text_at(document, "/subject"), time_at(document, "/time"),   {}};
  std::vector<problem> found;
  for (const auto& [name, value] : {std::pair("id", &e.id), std::pair("source", &e.source), std::pair("type", &e.type)})
    if (value->empty())
      found.push_back({'/' + std::string(name), "missing; expected the event's " + std::string(name)});
  if (!found.empty()) return error(errc::malformed, "not a CloudEvent", std::move(found));
  auto data = data_of(document.get_object(), may);
  if (!data) return data.error();
  e.data = std::move(*data);
  return e;
}

// A CDEvent has the attributes of the envelope in its context.
envelope of_context(json::value document) {
  envelope e{text_at(document, "/context/id"),        text_at(document, "/context/source"),
             text_at(document, "/context/type"),      text_at(document, "/subject/id"),
             time_at(document, "/context/timestamp"), {}};
  e.data = std::move(document);
  return e;
}

}

result<std::vector<envelope>> read_envelopes(const delivery& d) {
  const auto type = media_type(d.header.get("Content-Type"));
  const auto header = [&](const char* name) { return header_value(d.header.get(name)); };
  const bool binary = !header("ce-id").empty() && !header("ce-source").empty() && !header("ce-type").empty() &&
                      !header("ce-specversion").empty();
  const bool cloudevent = type.starts_with("application/cloudevents");
  if (!cloudevent && !binary && type != "application/json")
    return unsupported_type(d.header.get("Content-Type"), "application/cloudevents+json, or attributes in headers");
  std::vector<envelope> all;
  if (!cloudevent && binary && d.body.empty()) {
    all.push_back({header("ce-id"),
                   header("ce-source"),
                   header("ce-type"),
                   header("ce-subject"),
                   parse_time(header("ce-time")),
                   {}});
    return all;
  }
  auto body = parse_json(d.body, d.may);
  if (!body) return body.error();
  if (type.starts_with("application/cloudevents-batch")) {
    if (!body->is_array())
      return error(errc::malformed, "not a batch of CloudEvents", {{"", "is " + shown(*body) + "; expected an array"}});
    if (body->get_array().size() > d.may.batch)
      return error(errc::too_large, "more than " + std::to_string(d.may.batch) + " events in one batch")
          .over("intake.max_batch");
    for (const auto& one : body->get_array()) {
      auto e = structured(one, d.may);
      if (!e) return e.error();
      all.push_back(std::move(*e));
    }
  } else if (cloudevent) {
    auto e = structured(*body, d.may);
    if (!e) return e.error();
    all.push_back(std::move(*e));
  } else if (binary) {
    all.push_back({header("ce-id"), header("ce-source"), header("ce-type"), header("ce-subject"),
                   parse_time(header("ce-time")), std::move(*body)});
  } else if (!text_at(*body, "/context/type").empty()) {
    all.push_back(of_context(std::move(*body)));
  } else {
    return error(errc::malformed, "neither a CloudEvent nor a CDEvent",
                 {{"/context/type", "missing; expected one like dev.cdevents.service.deployed.0.1.1"}});
  }
  return all;
}

}
