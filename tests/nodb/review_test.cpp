// Pages without a server: charts, formatting, escaping.
#include "daemon/review/review.hpp"

#include "daemon/figures/readable.hpp"
#include "daemon/review/chart.hpp"
#include "daemon/review/page.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

TEST_SUITE("nodb") {
  TEST_CASE("values are formatted for people") {
    const std::tuple<const char*, double, const char*> cases[] = {
        {"deployments", 6, "6"},
        {"rollback_ratio", 0.0416, "4.2 %"},
        {"firefighting_ratio", 0.2, "20.0 %"},
        {"hotfixes_per_planned_deployment", 1.4, "1.40"},
        {"deployments_per_day", 0.754, "0.75"},
        {"time_to_issue_seconds", 0, "0s"},
        {"time_to_issue_seconds", 59.6, "1m"},
        {"time_to_issue_seconds", 7260, "2h 1m"},
        {"time_to_issue_seconds", 172800, "2d"},
        {"firefighting_seconds", 5400, "1.5 h"},
    };
    for (const auto& [figure, value, text] : cases) CHECK(readable(*find_figure(figure), value) == text);
  }

  TEST_CASE("a month without a value is a gap in the chart, one with zero is not") {
    const auto chart = column_chart("Hotfixes", {{"Jan", 0, "0"}, {"Feb", {}, ""}, {"Mar", 4, "4", true}}, 5);
    const auto& columns = chart.at("columns").as_array();
    REQUIRE(columns.size() == 2);
    CHECK(columns[0].at("title") == "Jan: 0");
    CHECK(std::stod(std::string(columns[0].at("h").as_string())) > 0);
    CHECK(columns[1].at("title") == "Mar: 4 (partial)");
    CHECK(columns[1].at("is_last") == true);
    CHECK(chart.at("label") == "Hotfixes by month, Jan to Mar: 4 in the last month, maximum 4 in Mar");
    CHECK(chart.at("has_threshold") == true);
    CHECK(std::stod(std::string(chart.at("threshold_y").as_string())) <
          std::stod(std::string(columns[1].at("y").as_string())));
    const auto nothing = column_chart("Hotfixes", {{"Jan", {}, ""}}, 5);
    CHECK(nothing.at("columns").as_array().empty());
    CHECK(nothing.at("has_threshold") == false);
    CHECK(nothing.at("label") == "Hotfixes: no data");
  }

  TEST_CASE("simultaneous events are drawn in separate rows, and nothing outside the chart") {
    const auto at = [](int hours) { return timestamp{} + std::chrono::hours{hours}; };
    timeline t{at(0), at(100), {}, {}, {}, {}, {}};
    t.incidents = {{"a", "", "mild", "", at(10), at(50)},
                   {"b", "", "mild", "", at(20), at(30)},
                   {"c", "", "mild", "", at(60), at(500)}};
    t.deployments = {{"", "planned", "/x", "d1", at(-5)}};
    t.blame = {{0, "d1"}, {1, "unknown"}};
    const auto chart = timeline_chart(t);
    const auto& incidents = chart.at("incidents").as_array();
    CHECK(incidents[0].at("y") != incidents[1].at("y"));
    CHECK(incidents[0].at("y") == incidents[2].at("y"));
    CHECK(incidents[2].at("w") == "400.0");
    CHECK(chart.at("marks").as_array()[0].at("x") == "0.0");
    CHECK(chart.at("blame").as_array().size() == 1);
  }

  TEST_CASE("no bar exceeds the longest, and nonzero values are visible") {
    CHECK(bar_length(0, 10) == 0);
    CHECK(bar_length(10, 10) == 100);
    CHECK(bar_length(1, 1000) == 1);
    CHECK(bar_length(1, 0) == 0);
  }

  TEST_CASE("any text is escaped on a page") {
    const auto page = review_problem(404, "<i>\"&'", "</p><script>", {});
    CHECK(page.find("<script") == page.npos);
    CHECK(page.find("<i>") == page.npos);
    CHECK(page.find("&lt;/p&gt;&lt;script&gt;") != page.npos);
    CHECK(style_sheet().find("@media print") != style_sheet().npos);
  }
}
