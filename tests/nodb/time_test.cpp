#include "collectors/base/time.hpp"

#include "tests/check.hpp"

using namespace releasehealth;

TEST_SUITE("nodb") {
  TEST_CASE("a time with any offset and any fraction is read as UTC in microseconds") {
    const std::pair<const char*, const char*> cases[] = {
        {"2026-11-03T10:15:00Z", "2026-11-03T10:15:00Z"},
        {"2026-11-03t10:15:00z", "2026-11-03T10:15:00Z"},
        {"2026-11-03 10:15:00+00:00", "2026-11-03T10:15:00Z"},
        {"2021-04-28T21:50:00+02:00", "2021-04-28T19:50:00Z"},
        {"2021-04-28T21:50:00-03:30", "2021-04-29T01:20:00Z"},
        {"2026-11-03T10:15:00.5Z", "2026-11-03T10:15:00.5Z"},
        {"2026-11-03T10:15:00.123456789Z", "2026-11-03T10:15:00.123456Z"},
        {"2024-02-29T23:59:59.999Z", "2024-02-29T23:59:59.999Z"},
        {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
        {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
    };
    for (const auto& [text, utc] : cases) {
      CAPTURE(text);
      const auto read = parse_time(text);
      REQUIRE(read);
      CHECK(format_time(*read) == utc);
    }
  }

  TEST_CASE("a time without an offset or with an invalid date is rejected (group 11)") {
    for (const auto* text :
         {"", "2026-11-03", "2026-11-03T10:15:00", "2026-11-03T10:15Z", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
          "2026-11-03T24:00:00Z", "2026-11-03T10:60:00Z", "2026-11-03T10:15:00.Z", "2026-11-03T10:15:00+0200",
          "2026-11-03T10:15:00Zx", "0001-01-01T00:00:00Z", "1762164900", "2026-11-03T10:15:00+24:00"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_time(text));
    }
  }

  TEST_CASE("other time formats of senders are read") {
    const auto read = [](const char* text) {
      const auto t = parse_sender_time(text);
      return t ? format_time(*t) : std::string("-");
    };
    CHECK(read("2021-04-28 21:50:00 +0200") == "2021-04-28T19:50:00Z");
    CHECK(read("2020-11-02 12:55:12 UTC") == "2020-11-02T12:55:12Z");
    CHECK(read("2019-06-01T12:42:30.000+0000") == "2019-06-01T12:42:30Z");
    CHECK(read("2019-06-01T12:42:30.5-0330") == "2019-06-01T16:12:30.5Z");
    CHECK(read("2026-11-03T10:15:00Z") == "2026-11-03T10:15:00Z");
    CHECK(read("2026-11-03T10:15:00+02:00") == "2026-11-03T08:15:00Z");
    CHECK(read("2026-11-03 10:15:00") == "-");
    CHECK(read("0001-01-01T00:00:00Z") == "-");
    CHECK(read("") == "-");
    CHECK(read(" UTC") == "-");
    CHECK(read("+0000") == "-");
  }

  TEST_CASE("a duration is a whole number and a unit") {
    using namespace std::chrono;
    CHECK(parse_duration("48h") == std::optional<microseconds>(hours(48)));
    CHECK(parse_duration("7d") == std::optional<microseconds>(days(7)));
    CHECK(parse_duration("2w") == std::optional<microseconds>(days(14)));
    CHECK(parse_duration("90s") == std::optional<microseconds>(seconds(90)));
    for (const auto* text : {"", "7", "d", "7 d", "-1d", "1.5h", "7days", "99999d"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_duration(text));
    }
    CHECK(format_duration(hours(48)) == "2d");
    CHECK(format_duration(minutes(90)) == "90m");
  }

  TEST_CASE("digits are a time since 1970 in a unit that follows from their number") {
    for (const auto* same : {"1793701200", "1793701200000", "1793701200000000", "1793701200000000999"})
      CHECK(parse_sender_time(same) == parse_time("2026-11-03T10:20:00Z"));
    CHECK(parse_sender_time("1793701200123") == parse_time("2026-11-03T10:20:00.123Z"));
    for (const auto* nothing : {"0", "", "-1793701200", "17937012000000000000000000", "1793701200.5", "1793701200 "})
      CHECK_FALSE(parse_sender_time(nothing));
  }
}
