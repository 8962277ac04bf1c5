#include "daemon/figures/period.hpp"

#include <tuple>

#include "tests/check.hpp"

using namespace releasehealth;

namespace {

std::string show(const period& p) {
  return p.label + ' ' + format_time(p.begin) + ' ' + format_time(p.end) + (p.partial ? " partial" : "");
}

period find(const std::vector<period>& all, std::string_view label) {
  for (const auto& p : all)
    if (p.label == label) return p;
  FAIL("no such period");
  return {};
}

}

TEST_SUITE("nodb") {
  TEST_CASE("months begin at local midnight, also across changes of the zone's offset") {
    const std::tuple<const char*, const char*, const char*> cases[] = {
        {"UTC", "2026-11-20T12:00:00Z", "month 2026-11-01T00:00:00Z 2026-11-20T12:00:00Z partial"},
        {"Europe/Berlin", "2026-10-31T22:59:59.999Z", "month 2026-09-30T22:00:00Z 2026-10-31T22:59:59.999Z partial"},
        {"Europe/Berlin", "2026-10-31T23:00:00Z", "month 2026-10-31T23:00:00Z 2026-10-31T23:00:00Z partial"},
        {"America/St_Johns", "2026-03-01T03:29:59Z", "month 2026-02-01T03:30:00Z 2026-03-01T03:29:59Z partial"},
        {"America/St_Johns", "2026-03-01T03:30:00Z", "month 2026-03-01T03:30:00Z 2026-03-01T03:30:00Z partial"},
        {"Pacific/Apia", "2026-01-31T11:00:00Z", "month 2026-01-31T11:00:00Z 2026-01-31T11:00:00Z partial"},
        {"Pacific/Apia", "2026-01-31T10:59:59Z", "month 2025-12-31T11:00:00Z 2026-01-31T10:59:59Z partial"},
        {"Asia/Amman", "2022-04-01T00:00:00Z", "month 2022-03-31T21:00:00Z 2022-04-01T00:00:00Z partial"},
        {"America/Asuncion", "2017-10-01T12:00:00Z",
         "month 2017-10-01T04:00:00Z 2017-10-01T12:00:00Z partial"},  // midnight did not exist
    };
    for (const auto& [zone, now, expected] : cases) {
      CAPTURE(zone);
      CHECK(show(find(current_periods({"30d"}, *calendar::in_zone(zone), *parse_time(now)), month)) == expected);
    }
  }

  TEST_CASE("rolling periods end now, and the previous month is complete, including February 29") {
    const auto all = current_periods({"7d", "30d"}, {}, *parse_time("2024-03-15T06:00:00Z"));
    REQUIRE(all.size() == 4);
    CHECK(show(all[0]) == "7d 2024-03-08T06:00:00Z 2024-03-15T06:00:00Z");
    CHECK(show(all[3]) == "previous_month 2024-02-01T00:00:00Z 2024-03-01T00:00:00Z");
  }

  TEST_CASE("a report covers a month, a quarter or a range of dates") {
    const auto now = *parse_time("2026-11-20T12:00:00Z");
    const auto berlin = *calendar::in_zone("Europe/Berlin");
    CHECK(show(*parse_period("2026-10", berlin, now)) == "2026-10 2026-09-30T22:00:00Z 2026-10-31T23:00:00Z");
    CHECK(show(*parse_period("2026-Q4", {}, now)) == "2026-Q4 2026-10-01T00:00:00Z 2026-11-20T12:00:00Z partial");
    CHECK(parse_period("2026-01-01T00:00:00Z/2026-01-02T00:00:00Z", {}, now));
    for (const auto* wrong :
         {"", "2026", "2026-13", "2026-Q5", "10-2026", "2026-01-02T00:00:00Z/2026-01-01T00:00:00Z"}) {
      CAPTURE(wrong);
      CHECK_FALSE(parse_period(wrong, {}, now));
    }
    CHECK(months_between("2025-11", "2026-02", {}, now)->size() == 4);
    CHECK_FALSE(months_between("2026-02", "2025-11", {}, now));
  }
}
