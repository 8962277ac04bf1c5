// No delivery is authenticated without the secret: the first byte picks the collector or the canonical format, the rest
// is a delivery in the form of a fixture.
#include <cstdint>
#include <cstdlib>

#include "daemon/access/tokens.hpp"
#include "tests/fixture.hpp"

using namespace releasehealth;

namespace {

constexpr const char* secrets[] = {"0f6e1c1d9b7a4f53a2c84d6be0915f37", "whsec_qXmDb3NsxTQ4c5hF2VbqzYk6t9WvAeRu",
                                   "whpk_3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08="};

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto which = data[0] % (collectors().size() + 1);
  const auto& kind = *collectors()[which % collectors().size()];
  auto f = test::parse_fixture(kind, {reinterpret_cast<const char*>(data) + 1, size - 1});
  for (const auto* s : secrets) f.from.secrets.emplace_back(s);
  const auto d = f.as_delivery(f.body);
  if (which < collectors().size()) {
    if (kind.authentic(f.from, d)) std::abort();
    return 0;
  }
  std::vector<token> tokens(1);
  tokens[0].name = "fuzz";
  tokens[0].scopes = {"send", "read", "amend"};
  for (const auto* s : secrets) {
    tokens[0].digests.push_back(sha256_hex(s));
    tokens[0].signing.emplace_back(s);
  }
  if (authorize(tokens, f.head, "amend") || authorize_sender(tokens, f.head, f.body, d.received_at)) std::abort();
  return 0;
}
