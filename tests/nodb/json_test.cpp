#include "collectors/json.hpp"

#include "tests/check.hpp"

using namespace releasehealth;

TEST_SUITE("nodb") {
  TEST_CASE("a body may be so deep and hold so many values; what is quoted does not count") {
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

  TEST_CASE("strict parsing names the place of a duplicate key or a NUL") {
    const std::tuple<const char*, const char*, const char*> cases[] = {
        {R"({"a":1,"a":2})", "/a", "duplicate key"},
        {R"({"a":{"b":[{"c":1},{"c":1,"c":2}]}})", "/a/b/1/c", "duplicate key"},
        {R"({"a":"x\u0000y"})", "/a", "holds a NUL character"},
        {R"({"a":["x","\u0000"]})", "/a/1", "holds a NUL character"},
        {R"({"a~/b":{"k":1,"k":1}})", "/a~0~1b/k", "duplicate key"},
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
  }

  TEST_CASE("what is not one JSON document is refused") {
    for (const auto* text : {"", "{", "{}x", "{'a':1}", "\"\xC0\xA0\"", "nul"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_json(text));
    }
    CHECK_FALSE(parse_json(std::string(40, '[') + std::string(40, ']')));
    CHECK(parse_json(std::string(30, '[') + std::string(30, ']')));
  }

  TEST_CASE("reads by pointer take what is there and nothing else") {
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
