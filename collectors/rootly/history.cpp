// History from Rootly's API (JSON:API), converted into the webhooks that would have reported it.
#include "collectors/facts.hpp"

namespace releasehealth::rootly {
namespace {

// Webhooks contain a severity, a service or an environment itself, the API a document with it.
json::value without_document(const json::value& one) {
  for (const auto* pointer : {"/data/attributes", "/attributes"})
    if (auto found = value_at(one, pointer); found.is_object()) return found;
  return one;
}

result<std::vector<past_delivery>> incident_of(const json::value& object) {
  auto incident = without_document(object);
  if (!incident.is_object() || text_at(object, "/id").empty())
    return error(errc::malformed, "is not an incident", {{"/id", "missing; expected the incident's id"}});
  auto& data = incident.as_object();
  data["id"] = value_at(object, "/id");
  data["severity"] = without_document(value_at(object, "/attributes/severity"));
  for (const auto* name : {"services", "environments", "causes"}) {
    json::array all;
    for (const auto& one : elements_at(object, std::string("/attributes/") + name))
      all.push_back(without_document(one));
    data[name] = std::move(all);
  }
  const auto status = text_at(incident, "/status");
  const auto* type = status == "resolved" || status == "closed" ? "incident.resolved"
                     : status == "cancelled"                    ? "incident.cancelled"
                                                                : "incident.updated";
  const auto updated_at = value_at(incident, "/updated_at");
  return std::vector<past_delivery>{
      {{{"event", {{"type", type}, {"issued_at", updated_at}}}, {"data", std::move(incident)}}}};
}

}

extern const api_shape history[1];
const api_shape history[] = {
    {.format = "rootly-incidents", .help = "GET /v1/incidents", .members = "data", .tell = incident_of},
};

}
