#include "daemon/operations/remembered.hpp"

#include <stdexcept>

#include <doctest/doctest.h>

using namespace releasehealth;

TEST_SUITE("nodb") {
  TEST_CASE("an answer is given again until something is derived, a minute passes or a setting changes") {
    remembered_answers all;
    int asked = 0;
    remembered_answers::state now{"1 7", 28'000'000, 0};
    const auto ask = [&](const std::string& question) {
      return all.answer(question, now, [&] { return http::response{200, {}, std::to_string(++asked), {}}; }).body;
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

  TEST_CASE("answers have room for some; what was forgotten, and what failed, is asked again") {
    remembered_answers all;
    const remembered_answers::state now;
    int asked = 0;
    const auto ask = [&](const std::string& question, std::size_t bytes) {
      all.answer(question, now, [&] {
        ++asked;
        return http::response{200, {}, std::string(bytes, '.'), {}};
      });
    };
    for (int n = 0; n < 2; ++n) ask("half", remembered_answers::most_bytes / 2);
    CHECK(asked == 1);
    for (int n = 0; n < 2; ++n) ask("much", remembered_answers::most_bytes / 2);  // in its place
    CHECK(asked == 2);
    ask("half", remembered_answers::most_bytes / 2);
    CHECK(asked == 3);
    for (int n = 0; n < 2; ++n) ask("too much", remembered_answers::most_bytes);
    CHECK(asked == 5);
    for (int n = 0; n < 2; ++n)
      CHECK_THROWS(all.answer("fails", now, [&]() -> http::response { throw std::runtime_error("away"); }));
    ask("fails", 1);
    CHECK(asked == 6);
  }
}
