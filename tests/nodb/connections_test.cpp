#include "daemon/http/connections.hpp"

#include <doctest/doctest.h>

using namespace releasehealth::http;

TEST_SUITE("nodb") {
  TEST_CASE("an evicted connection leaves the count before it has closed") {
    constexpr std::size_t most = 12, most_per_peer = 12;
    connections all;
    int closed = 0;
    const auto comes = [&](const std::string& peer) {
      const auto admission = all.enter(peer, most, most_per_peer);
      if (admission.admitted) (*admission.admitted)->close = [&] { ++closed; };
      return admission.admitted.has_value();
    };
    for (std::size_t n = 0; n < most; ++n) REQUIRE(comes("crowd"));
    for (int n = 0; n < 6; ++n) CHECK(comes("others"));  // none of the six evicted ones has closed yet
    CHECK(closed == 6);
    CHECK_FALSE(comes("others"));  // each peer has its half
    CHECK(comes("healthy"));
    CHECK(comes("healthy"));
    CHECK(all.count() == most);
  }
}
