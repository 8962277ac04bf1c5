// How `sync` pages through the incidents of tools: windows of time, limits of offsets, cursors.
#include <algorithm>

#include "collectors/api.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

const timestamp now = *parse_time("2026-11-20T12:00:00Z");
const source any;

const api_list& list_of(std::string_view kind, std::string_view name) {
  const auto all = find_collector(kind)->api->lists;
  return *std::ranges::find(all, name, &api_list::name);
}

// These parameters of the request for the next page; "none", or what is wrong with the answer.
std::string next_page(const api_list& list, const api_place& place, const api_request& asked, const std::string& body,
                      std::initializer_list<std::string_view> parameters) {
  const auto page = list.read(place, asked, {json::parse(body), {}});
  if (!page) return page.error().text();
  if (!page->next) return "none";
  std::string all;
  for (const auto name : parameters) all += (all.empty() ? "" : " ") + parameter_of(*page->next, name);
  return all;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("PagerDuty's log entries are read window by window, smaller ones where there are too many") {
    const auto& list = list_of("pagerduty", "log entries");
    const api_place place{any, "https://api.example", "", {}, now - std::chrono::days(40), now};
    const auto next_of = [&](const api_request& asked, const char* body) {
      return next_page(list, place, asked, body, {"since", "until", "offset"});
    };
    constexpr auto *more = R"({"log_entries": [], "more": true})", *end = R"({"log_entries": [], "more": false})";
    const auto first = list.first(place);
    CHECK(parameter_of(first, "since") == "2026-10-11T12:00:00Z");
    CHECK(parameter_of(first, "until") == "2026-11-10T12:00:00Z");
    CHECK(next_of(first, more) == "2026-10-11T12:00:00Z 2026-11-10T12:00:00Z 100");
    CHECK(next_of(first, R"({"log_entries": [], "more": true, "limit": 25})") ==
          "2026-10-11T12:00:00Z 2026-11-10T12:00:00Z 25");
    CHECK(next_of(first, end) == "2026-11-10T12:00:00Z 2026-11-20T12:00:00Z 0");
    const auto last_page = with_parameter(first, "offset", "9900");
    CHECK(next_of(last_page, more) == "2026-10-11T12:00:00Z 2026-10-26T12:00:00Z 0");
    CHECK(next_of(last_page, end) == "2026-11-10T12:00:00Z 2026-11-20T12:00:00Z 0");
    const auto short_window = with_parameter(last_page, "until", "2026-10-11T12:00:01Z");
    CHECK(next_of(short_window, more) == "one second has more than 10,000 log entries");
    CHECK(next_of(short_window, end) == "2026-10-11T12:00:01Z 2026-10-11T12:00:03Z 0");
    CHECK(next_of(with_parameter(first, "until", "2026-11-20T12:00:00Z"), end) == "none");
    CHECK(next_of({"/log_entries"}, end) == "the request has no time window");
  }

  TEST_CASE("new alerts of Opsgenie beyond the largest offset are asked for by their creation") {
    const auto& list = list_of("opsgenie", "new alerts");
    const api_place place{any, "https://api.example", "", {}, now, now};
    const auto next_of = [&](const api_request& asked, const std::string& body) {
      return next_page(list, place, asked, body, {"query", "offset"});
    };
    const auto page = [](const std::string& created_at, const std::string& paging) {
      return R"({"data": [{"id": "1", "createdAt": ")" + created_at + R"("}], "paging": {)" + paging + "}}";
    };
    const std::string more = R"("next": "https://elsewhere.example/v2/alerts?offset=7")",
                      later = "2026-11-20T13:00:00Z";
    const auto first = list.first(place);
    CHECK(parameter_of(first, "query") == "createdAt > 1795175999999");
    CHECK(next_of(first, page(later, more)) == "createdAt > 1795175999999 100");
    CHECK(next_of(first, page(later, "")) == "none");
    CHECK(next_of(first, R"({"data": [], "paging": {"next": "https://api.example/"}})") == "none");
    const auto last_page = with_parameter(first, "offset", "19900");
    CHECK(next_of(last_page, page(later, more)) == "createdAt > 1795179599999 0");
    CHECK(next_of(last_page, page(later, "")) == "none");
    const auto same_time = page("2026-11-20T12:00:00Z", more);
    CHECK(next_of(last_page, same_time) == "one millisecond has more than 20,000 alerts");
    CHECK(next_of(last_page, page("", more)) == "one millisecond has more than 20,000 alerts");
  }

  TEST_CASE("changed alerts of Opsgenie end at the page with one that did not change") {
    const auto& list = list_of("opsgenie", "changed alerts");
    const api_place place{any, "https://api.example", "", {}, now, now};
    const auto page = [](const std::string& updated_at) {
      return R"({"data": [{"id": "1", "updatedAt": ")" + updated_at + R"("}], "paging": {"next": "x"}})";
    };
    const auto first = list.first(place);
    CHECK(next_page(list, place, first, page("2026-11-20T12:00:01Z"), {"offset"}) == "100");
    CHECK(next_page(list, place, first, page("2026-11-20T11:59:59Z"), {"offset"}) == "none");
    const auto last_page = with_parameter(first, "offset", "19900");
    CHECK(next_page(list, place, last_page, page("2026-11-20T12:00:01Z"), {"offset"}) ==
          "more than 20,000 older alerts changed");
    CHECK(next_page(list, place, last_page, page("2026-11-20T11:59:59Z"), {"offset"}) == "none");
  }
}
