// Every decoder of deliveries: the first byte picks the collector or the canonical format, the rest is a delivery in
// the form of a fixture. Decoded events pass the check again, and canonical events survive a round trip.
#include <cstdint>
#include <cstdlib>

#include "collectors/canonical/canonical.hpp"
#include "collectors/fields.hpp"
#include "tests/fixture.hpp"

using namespace releasehealth;

namespace {

void read_canonical(const test::fixture& f, timestamp now) {
  const auto read = canonical::read_events(f.head.get("Content-Type"), f.body, now);
  if (!read) return;
  for (const auto& e : *read)
    if (!canonical::read_event(canonical::write_event(e), now)) std::abort();
}

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto which = data[0] % (collectors().size() + 1);
  const bool is_ours = which == collectors().size();
  const auto& kind = *collectors()[is_ours ? 0 : which];
  const auto f = test::parse_fixture(kind, {reinterpret_cast<const char*>(data) + 1, size - 1});
  const auto d = f.as_delivery(f.body);
  if (is_ours) return read_canonical(f, d.received_at), 0;
  if (kind.key(d).empty()) std::abort();
  if (!kind.check(f.from).empty()) return 0;  // the configuration rejects such settings
  auto read = kind.decode(f.from, d);
  if (!read) return 0;
  if (read->events.empty() == read->ignored.empty()) std::abort();
  for (auto& e : read->events)
    if (!check(e, d.received_at).empty()) std::abort();
  return 0;
}
