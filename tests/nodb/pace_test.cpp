#include "daemon/intake/pace.hpp"

#include <doctest/doctest.h>

using namespace releasehealth;

TEST_SUITE("nodb") {
  TEST_CASE("a flood of rejections logs a few lines, and the next line has the number of suppressed ones") {
    pace of;
    const auto began = std::chrono::steady_clock::now();
    std::size_t written = 0;
    for (int n = 0; n < 1000; ++n) written += of.next("github", began).has_value();
    CHECK(written == pace::most);
    CHECK_FALSE(of.next("github", began + pace::window - std::chrono::milliseconds(1)));

    CHECK(of.next("gitlab", began) == 0);  // another source's flood suppresses nothing

    const auto later = began + pace::window;
    CHECK(of.next("github", later) == 1000 - pace::most + 1);
    CHECK(of.next("github", later) == 0);
  }
}
