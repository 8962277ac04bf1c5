// Every collector's decode: the first byte picks the collector, the second the event type, the rest is the body.
#include <cstdint>

#include "collectors/collector.hpp"

using namespace releasehealth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr const char* types[] = {"ping", "deployment", "deployment_status", "release", "workflow_run", "pull_request",
                                   "push", "issues"};
  if (size < 3) return 0;
  const auto& kind = *collectors()[data[0] % collectors().size()];
  source from;
  from.name = from.kind = kind.kind;
  from.settings = {{"deployments", {types[2 + data[2] % 3]}},
                   {"environment", {"production"}},
                   {"workflows", {"Deploy"}},
                   {"incidents.labels", {"incident"}}};
  headers head;
  head.add("Content-Type", data[2] & 16 ? "application/x-www-form-urlencoded" : "application/json");
  head.add("X-GitHub-Event", types[data[1] % std::size(types)]);
  head.add("X-GitHub-Delivery", "id");
  const std::string_view body(reinterpret_cast<const char*>(data) + 3, size - 3);
  (void)kind.authentic(from, {head, body, {}});
  (void)kind.decode(from, {head, body, *parse_time("2026-11-20T12:00:00Z")});
  return 0;
}
