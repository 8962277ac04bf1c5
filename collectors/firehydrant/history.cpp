// History from FireHydrant's API, converted into the webhooks that would have reported it.
#include "collectors/facts.hpp"

namespace releasehealth::firehydrant {
namespace {

result<std::vector<past_delivery>> incident_of(const json::value& incident) {
  return std::vector<past_delivery>{
      {{{"event", {{"operation", "UPDATED"}, {"resource_type", "incident"}}}, {"data", {{"incident", incident}}}}}};
}

}

extern const api_shape history[1];
const api_shape history[] = {
    {.format = "firehydrant-incidents", .help = "GET /v1/incidents", .members = "data", .tell = incident_of},
};

}
