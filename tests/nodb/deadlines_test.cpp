#include "daemon/http/deadlines.hpp"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

using namespace releasehealth::http;
using namespace std::chrono_literals;

TEST_SUITE("nodb") {
  TEST_CASE("an expired deadline is reported once; a postponed or cancelled one is not") {
    boost::asio::io_context io;
    const auto all = std::make_shared<deadlines>(io);
    int told = 0, told_other = 0;
    const auto run_until_told = [&](int times) {
      for (int n = 0; told < times && n < 1000; ++n) io.run_one_for(10ms);
    };
    deadlines::one late(all, [&] { ++told; }), other(all, [&] { ++told_other; });
    other.expires_after(5ms);
    other.expires_after(1h);
    late.expires_after(2h);
    late.expires_after(10ms);  // earlier than the timer would wake
    run_until_told(1);
    CHECK(late.has_passed());
    io.run_for(30ms);
    CHECK(told == 1);
    CHECK(told_other == 0);
    CHECK_FALSE(other.has_passed());

    late.expires_after(1ms);
    CHECK_FALSE(late.has_passed());
    late.expires_never();
    io.run_for(30ms);
    CHECK(told == 1);

    late.expires_after(1ms);  // a deadline that is set again expires again
    run_until_told(2);
    CHECK(told == 2);
    CHECK(told_other == 0);
  }

  TEST_CASE("the deadline of a closed connection is not waited for") {
    boost::asio::io_context io;
    {
      const auto all = std::make_shared<deadlines>(io);
      deadlines::one gone(all, [] { FAIL("it is gone"); });
      gone.expires_after(1h);
    }
    const auto began = std::chrono::steady_clock::now();
    io.run_for(1min);
    CHECK(std::chrono::steady_clock::now() - began < 30s);
  }
}
