// The signal from writers to the refresher.
#include "daemon/system/touch_signal.hpp"

#include <doctest/doctest.h>

#include "daemon/system/worker.hpp"

using releasehealth::touch_signal;
using releasehealth::worker;

namespace {

constexpr auto forever = std::chrono::hours(1), no_time = std::chrono::hours(0);

touch_signal::clock::time_point now() { return touch_signal::clock::now(); }

}

TEST_SUITE("nodb") {
  TEST_CASE("the first wait ends at once, the next after a touch, and returns the number of touches") {
    touch_signal signal;
    const std::stop_token never;
    CHECK(signal.wait(never, forever, now()) == 0);
    signal.touch();
    signal.touch();
    CHECK(signal.wait(never, forever, now()) == 2);
    CHECK(signal.wait(never, no_time, now()) == 0);
    signal.wake();
    CHECK(signal.wait(never, forever, now()) == 0);
  }

  TEST_CASE("a touch by another thread or a stop ends the wait") {
    touch_signal signal;
    std::size_t touches = 0;
    worker waits("refresh"), touches_it("append");
    waits.post([&, stop = waits.stopping()] {
      while (touches == 0) touches += signal.wait(stop, forever, now());
      signal.wait(stop, forever, now() + forever);
    });
    touches_it.post([&] { signal.touch(); });
    touches_it.join();
    waits.join();
    CHECK(touches == 1);
  }

  TEST_CASE("a touch does not shorten the pause") {
    touch_signal signal;
    const auto earliest = now() + std::chrono::milliseconds(20);
    signal.touch();
    CHECK(signal.wait({}, forever, earliest) == 1);
    CHECK(now() >= earliest);
  }
}
