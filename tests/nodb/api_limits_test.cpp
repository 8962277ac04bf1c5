// What `sync` obeys: the limits that APIs set, and the wildcards of api_include and api_exclude.
#include "daemon/import/api_limits.hpp"

#include <algorithm>

#include "collectors/base/text.hpp"
#include "daemon/import/sync.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

const timestamp now = *parse_time("2026-11-20T12:00:00Z");

api_limits limits_of(unsigned status, std::vector<std::pair<std::string, std::string>> header, std::string body = {}) {
  return read_limits({.status = status, .content_type = {}, .body = std::move(body), .header = std::move(header)}, now);
}

// "refused" or "answered", and the seconds until the next request.
std::string told(const api_limits& limits) {
  std::string text = limits.is_refused ? "refused" : "answered";
  if (limits.not_before)
    text += ", " + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(*limits.not_before - now).count()) +
            " s";
  return text;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("each family of limit headers tells when the next request may be sent") {
    const auto instant =
        std::to_string(std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count() + 90);
    for (const std::string family : {"X-RateLimit-", "RateLimit-", "X-Sentry-Rate-Limit-", "x-ratelimit-"}) {
      CAPTURE(family);
      for (const auto& reset : {std::string("90"), instant, std::string("2026-11-20T12:01:30Z")}) {
        CAPTURE(reset);
        const auto with_left = [&](unsigned status, const std::string& left) {
          return told(limits_of(status, {{family + "Remaining", left}, {family + "Reset", reset}}));
        };
        CHECK(with_left(200, "0") == "answered, 90 s");
        CHECK(with_left(200, "1") == "answered");
        CHECK(with_left(429, "0") == "refused, 90 s");
        CHECK(with_left(429, "1") == "refused, 90 s");
        CHECK(with_left(403, "0") == "refused, 90 s");
        CHECK(with_left(403, "1") == "answered");
      }
      CHECK(told(limits_of(200, {{family + "Remaining", "0"}})) == "answered");
      CHECK(told(limits_of(200, {{family + "Remaining", "0"}, {family + "Reset", "soon"}})) == "answered");
      CHECK(told(limits_of(200, {{family + "Remaining", "-1"}, {family + "Reset", "90"}})) == "answered");
      CHECK(told(limits_of(429, {{family + "Reset", "90"}})) == "refused, 90 s");  // ServiceNow
    }
    CHECK(told(limits_of(200, {{"X-RateLimit-Remaining", "0"},
                               {"X-RateLimit-Reset", "90"},
                               {"RateLimit-Remaining", "0"},
                               {"RateLimit-Reset", "30"}})) == "answered, 90 s");
  }

  TEST_CASE("Retry-After is a number of seconds or a date") {
    CHECK(told(limits_of(429, {{"Retry-After", "30"}})) == "refused, 30 s");
    CHECK(told(limits_of(429, {{"retry-after", "Fri, 20 Nov 2026 12:02:00 GMT"}})) == "refused, 120 s");
    CHECK(told(limits_of(503, {{"Retry-After", "30"}})) == "answered, 30 s");
    CHECK(told(limits_of(403, {{"Retry-After", "30"}})) == "refused, 30 s");
    CHECK(told(limits_of(429, {{"Retry-After", "later"}})) == "refused, 60 s");
    CHECK(told(limits_of(429, {})) == "refused, 60 s");
    // incident.io
    CHECK(told(limits_of(429, {}, R"({"rate_limit": {"retry_after": "Fri, 20 Nov 2026 12:02:00 UTC"}})")) ==
          "refused, 120 s");
    // the later of both counts
    CHECK(told(limits_of(429, {{"Retry-After", "30"}, {"RateLimit-Remaining", "0"}, {"RateLimit-Reset", "90"}})) ==
          "refused, 90 s");
    CHECK(told(limits_of(429, {{"Retry-After", "90"}, {"RateLimit-Remaining", "0"}, {"RateLimit-Reset", "30"}})) ==
          "refused, 90 s");
  }

  TEST_CASE("a refusal by a secondary limit differs from a missing permission") {
    CHECK(told(limits_of(403, {}, R"({"message": "You have exceeded a secondary Rate Limit"})")) == "refused, 60 s");
    CHECK(told(limits_of(403, {}, R"({"message": "Resource not accessible"})")) == "answered");
    CHECK(told(limits_of(200, {}, "rate limit")) == "answered");
    CHECK(told(limits_of(404, {{"X-RateLimit-Remaining", "5"}})) == "answered");
  }

  TEST_CASE("a header is found by its name in any case") {
    const http::response answer{
        .status = 200, .content_type = {}, .body = {}, .header = {{"ETag", "a"}, {"Date", "b"}}};
    CHECK(header_of(answer, "etag") == "a");
    CHECK(header_of(answer, "DATE") == "b");
    CHECK(header_of(answer, "Link").empty());
  }

  TEST_CASE("a wildcard stands for any characters") {
    const auto matches = [](std::string_view wildcards, std::string_view words) {
      return std::ranges::all_of(split_words(words), [&](auto word) { return matches_wildcard(wildcards, word); });
    };
    CHECK(matches("acme/*", "acme/shop acme/ Acme/Shop acme/a/b"));
    CHECK(matches("*", "a acme/shop"));
    CHECK(matches("*-old", "-old a-old acme/shop-OLD"));
    CHECK(matches("a*b*c", "abc a1b2c abbc abcbc"));
    CHECK(matches("acme/shop", "acme/shop ACME/SHOP"));
    CHECK(matches("**", "a ab"));
    CHECK(matches_wildcard("", ""));
    CHECK(matches_wildcard("*", ""));
    for (const auto& [wildcards, text] :
         std::initializer_list<std::pair<std::string_view, std::string_view>>{{"acme/*", "acme"},
                                                                              {"acme/shop", "acme/shops"},
                                                                              {"acme/shop", "acme/sho"},
                                                                              {"", "a"},
                                                                              {"a", ""},
                                                                              {"a*b", "abc"},
                                                                              {"a.c", "abc"},
                                                                              {"*-old", "older"},
                                                                              {"a?c", "abc"}}) {
      CAPTURE(wildcards);
      CAPTURE(text);
      CHECK_FALSE(matches_wildcard(wildcards, text));
    }
  }
}
