// Canonical events: what is accepted is written and accepted again.
#include <cstdint>
#include <cstdlib>

#include "collectors/canonical/canonical.hpp"

using namespace releasehealth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto now = *parse_time("2026-11-20T12:00:00Z");
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto read = canonical::read_events(data[0] & 1 ? "application/json" : "application/x-ndjson", body, now);
  if (!read) return 0;
  for (const auto& e : *read)
    if (!canonical::read_event(canonical::write_event(e), now)) std::abort();
  return 0;
}
