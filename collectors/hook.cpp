#include "collectors/hook.hpp"

#include <algorithm>

namespace releasehealth {

event hook::start(std::string type, std::string subject, std::optional<timestamp> at, timestamp fallback) const {
  event e;
  e.id = id;
  e.thing = e.type = std::move(type);
  e.subject = std::move(subject);
  e.time = at.value_or(fallback);
  return e;
}

decoded other_source_of_deployments(const hook& h, std::string_view type) {
  return decoded::nothing(std::string(type) + ": this source takes its deployments from " +
                          h.settings.setting("deployments"));
}

result<decoded> read_by_type(std::span<const hook_type> types, std::string_view type, const hook& h,
                             timestamp received_at, std::string_view sender) {
  const auto known = std::ranges::find(types, type, &hook_type::name);
  if (known == types.end()) return decoded::nothing("event type " + std::string(type) + " is not read");
  auto out = known->read(h, received_at);
  if (!out) return out;
  for (auto& e : out->events)
    if (auto found = check(e, received_at); !found.empty())
      return error(errc::unreadable,
                   std::string(type) + " is not of the shape that " + std::string(sender) + " documents",
                   std::move(found));
  return out;
}

result<json::value> json_body(const delivery& d, std::string_view sender) {
  const auto type = d.header.get("Content-Type");
  if (type.substr(0, type.find(';')) != "application/json")
    return error(errc::media_type, std::string(sender) + " sends application/json");
  return parse_json(d.body);
}

}
