#include "collectors/event.hpp"

namespace releasehealth {

json::object event_record(const event& e) {
  return {{"source", e.source},        {"id", e.id},           {"type", word(e.type)},
          {"thing", word(e.thing)},    {"subject", e.subject}, {"time", e.time.time_since_epoch().count()},
          {"override", e.is_override}, {"fields", e.fields}};
}

event read_record(const json::value& record) {
  const auto& members = record.as_object();
  const auto text = [&](const char* name) { return std::string_view(members.at(name).as_string()); };
  event e;
  e.source = text("source");
  e.id = text("id");
  e.type = parse_word<event_type>(text("type")).value();
  e.thing = parse_word<thing_type>(text("thing")).value();
  e.subject = text("subject");
  e.time = timestamp(duration(members.at("time").as_int64()));
  e.is_override = members.at("override").as_bool();
  e.fields = members.at("fields").as_object();
  return e;
}

}
