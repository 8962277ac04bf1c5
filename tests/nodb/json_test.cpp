#include "collectors/base/json.hpp"

#include "tests/check.hpp"

using namespace releasehealth;

TEST_SUITE("nodb") {
  TEST_CASE("nesting depth and number of values of a body are limited; quoted text does not count") {
    const body_limits few{.json_depth = 3, .json_values = 8, .batch = 1};
    CHECK(parse_json("[[[1]]]", few));
    CHECK(parse_json("[[[[1]]]]", few).error().limit == "intake.max_json_depth");
    CHECK(parse_json("[[[[1]]]]", few).error().code == errc::malformed);
    CHECK(parse_json("[1,2,3,4,5,6,7]", few));
    CHECK(parse_json("[1,2,3,4,5,6,7,8]", few).error().limit == "intake.max_json_values");
    CHECK(parse_json("[1,2,3,4,5,6,7,8]", few).error().code == errc::too_large);
    CHECK(parse_json(R"(["1,2,3,4,5,[[[[{{{{", "\\",2])", few));
    CHECK(parse_json(R"({"a":{"b":1,"c":2},"d":{"e":3}})", few));
    CHECK(parse_json_strictly("[{},{},{},{},{},{},{},{}]", few).error().limit == "intake.max_json_values");
  }

  TEST_CASE("strict parsing reports the position of a duplicate key or a NUL") {
    const std::tuple<const char*, const char*, const char*> cases[] = {
        {R"({"a":1,"a":2})", "/a", "duplicate key"},
        {R"({"a":{"b":[{"c":1},{"c":1,"c":2}]}})", "/a/b/1/c", "duplicate key"},
        {R"({"a":"x\u0000y"})", "/a", "contains a NUL character"},
        {R"({"a":["x","\u0000"]})", "/a/1", "contains a NUL character"},
        {R"({"a~/b":{"k":1,"k":1}})", "/a~0~1b/k", "duplicate key"},
        {R"({"a":[1,1e400]})", "/a/1", "number 1e400 is out of range; expected a number up to 1e308"},
        {R"({"a":[1,-1e99999]})", "/a/1", "number -1e99999 is out of range; expected a number up to 1e308"},
        {R"({"a":[1,-1e99999999999]})", "/a/1", "number is out of range; expected a number up to 1e308"},
        {R"([1.7976931348623157e308])", "/0",
         "number 1.7976931348623157e308 is out of range; expected a number up to 1e308"},
        {R"({"a":{"b":1e-400}})", "/a/b", "number 1e-400 is out of range; expected 0 or a number above 5e-324"},
        {R"([18446744073709551616])", "/0",
         "number 18446744073709551616 is out of range; expected a whole number of 64 bits"},
        {R"([-9223372036854775809])", "/0",
         "number -9223372036854775809 is out of range; expected a whole number of 64 bits"},
    };
    for (const auto& [text, pointer, what] : cases) {
      CAPTURE(text);
      const auto read = parse_json_strictly(text);
      REQUIRE_FALSE(read);
      REQUIRE(read.error().problems.size() == 1);
      CHECK(read.error().problems[0].pointer == pointer);
      CHECK(read.error().problems[0].detail == what);
    }
    CHECK(parse_json_strictly(R"({"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]})"));
    CHECK(parse_json_strictly("[18446744073709551615,-9223372036854775808,1e308,-1e308,2.3e-308,0e9,0.0]"));
  }

  TEST_CASE("a UTF-8 byte order mark before JSON is skipped, a UTF-16 one is reported") {
    for (const auto* text : {"\xEF\xBB\xBF{\"a\":1}", "\xEF\xBB\xBF {\"a\":1}\n"}) {
      CHECK(number_at(*parse_json(text), "/a") == 1);
      CHECK(number_at(*parse_json_strictly(text), "/a") == 1);
    }
    CHECK(parse_json_strictly("\xEF\xBB\xBF{\"a\":1,\"a\":2}").error().problems.size() == 1);
    CHECK_FALSE(parse_json("\xEF\xBB\xBF"));
    CHECK_FALSE(parse_json("{}\xEF\xBB\xBF"));
    CHECK(parse_json("\xFF\xFE{").error().detail.find("UTF-16") != std::string::npos);
    CHECK(parse_json("\xFE\xFF").error().detail.find("UTF-16") != std::string::npos);
  }

  TEST_CASE("anything but one JSON document is rejected") {
    for (const auto* text : {"", "{", "{}x", "{'a':1}", "\"\xC0\xA0\"", "nul"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_json(text));
    }
    CHECK_FALSE(parse_json(std::string(40, '[') + std::string(40, ']')));
    CHECK(parse_json(std::string(30, '[') + std::string(30, ']')));
  }

  TEST_CASE("stored JSON is read at every depth that was ever accepted, and deeper") {
    const auto deep = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
    CHECK(parse_json(deep(most_json_depth), own_limits));
    CHECK_FALSE(parse_json(deep(most_json_depth + 1), own_limits));
    CHECK_NOTHROW(parse_own(deep(3 * most_json_depth)));
    CHECK_THROWS(parse_own("[1"));
  }

  TEST_CASE("text for PostgreSQL must be UTF-8 without NUL") {
    for (const auto* good : {"", "a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x9A\x80", "\xF4\x8F\xBF\xBF"})
      CHECK(is_storable(good));
    for (const auto* bad :
         {"\xFF", "\xC3", "\xC0\xA0", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xF0\x9F\x9A", "a\x80"}) {
      CAPTURE(bad);
      CHECK_FALSE(is_storable(bad));
    }
    CHECK_FALSE(is_storable(std::string_view("a\0b", 3)));
  }

  TEST_CASE("reads by pointer return only values of the expected type") {
    const auto v =
        *parse_json(R"({"id":42,"text":"x\u0000y","time":"2026-11-03T10:15:00Z","on":true,"n":null,"o":{}})");
    CHECK(text_at(v, "/id") == "42");
    CHECK(text_at(v, "/text") == "xy");
    CHECK(text_at(v, "/n").empty());
    CHECK(text_at(v, "/o").empty());
    CHECK(text_at(v, "/absent/deeper").empty());
    CHECK(flag_at(v, "/on"));
    CHECK_FALSE(flag_at(v, "/id"));
    CHECK(number_at(v, "/id") == 42);
    CHECK_FALSE(number_at(v, "/text"));
    CHECK(time_at(v, "/time"));
    CHECK_FALSE(time_at(v, "/text"));
  }
}
