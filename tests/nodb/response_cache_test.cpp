#include "daemon/api/response_cache.hpp"

#include <stdexcept>

#include <doctest/doctest.h>

using namespace releasehealth;
using releasehealth::api::response_cache;

TEST_SUITE("nodb") {
  TEST_CASE("a response is cached until something is derived, a minute passes or a setting changes") {
    response_cache all;
    int asked = 0;
    response_cache::state now{"1 7", 28'000'000, 0};
    const auto ask = [&](const std::string& question) {
      return all.find_or(question, now, [&] { return http::response{200, {}, std::to_string(++asked), {}}; })->body;
    };
    CHECK(ask("a") == "1");
    CHECK(ask("b") == "2");
    CHECK(ask("a") == "1");
    now.derived = "1 8";
    CHECK(ask("a") == "3");
    CHECK(ask("b") == "4");
    ++now.minute;
    CHECK(ask("a") == "5");
    ++now.settings;
    CHECK(ask("a") == "6");
    CHECK(ask("a") == "6");
  }

  TEST_CASE("the cache is bounded; evicted and failed responses are computed again") {
    response_cache all;
    const response_cache::state now;
    int asked = 0;
    const auto ask = [&](const std::string& question, std::size_t bytes) {
      all.find_or(question, now, [&] {
        ++asked;
        return http::response{200, {}, std::string(bytes, '.'), {}};
      });
    };
    for (int n = 0; n < 2; ++n) ask("half", response_cache::most_bytes / 2);
    CHECK(asked == 1);
    for (int n = 0; n < 2; ++n) ask("much", response_cache::most_bytes / 2);  // replaces the entry
    CHECK(asked == 2);
    ask("half", response_cache::most_bytes / 2);
    CHECK(asked == 3);
    for (int n = 0; n < 2; ++n) ask("too much", response_cache::most_bytes);
    CHECK(asked == 5);
    for (int n = 0; n < 2; ++n)
      CHECK_THROWS(all.find_or("fails", now, [&]() -> http::response { throw std::runtime_error("away"); }));
    ask("fails", 1);
    CHECK(asked == 6);
  }
}
