// Thresholds: one judgement with three states, and its form in metrics, pages, gate, badge and report.
#include "daemon/figures/verdict.hpp"

#include <set>

#include "daemon/api/gate.hpp"
#include "daemon/figures/dora.hpp"
#include "daemon/reports/page.hpp"
#include "daemon/reports/text_report.hpp"
#include "daemon/review/cards.hpp"
#include "tests/check.hpp"
#include "tests/nodb/figure_values.hpp"

using namespace releasehealth;
using namespace releasehealth::api;

namespace {

const timestamp now = *parse_time("2026-11-20T12:00:00Z");
const place checkout{"checkout", "production"};

using counts = std::map<std::string, double>;

// The ten thresholds that the tests count, independent of later defaults.
figure_settings with_ten_thresholds() {
  const std::set<std::string_view> ten = {"hotfixes",
                                          "hotfixes_per_planned_deployment",
                                          "rollback_ratio",
                                          "change_fail_ratio",
                                          "time_to_issue_seconds",
                                          "hotfix_fail_ratio",
                                          "oldest_unmerged_hotfix_seconds",
                                          "overdue_reviews",
                                          "hotfix_rising_months",
                                          "hotfix_response_seconds"};
  figure_settings s;
  std::erase_if(s.thresholds, [&](const threshold& t) { return !ten.contains(t.figure); });
  return s;
}

// Values of targets over each current period, and now; with evidence of each kind unless given.
snapshot measured_now(const std::map<place, std::pair<counts, counts>>& all) {
  snapshot s;
  s.at = now;
  s.columns = s.columns_now = all_columns();
  s.periods = current_periods(figure_settings().rolling, {}, now);
  for (const auto& [where, given] : all) {
    for (const auto& p : s.periods) s.places[where].values[p.label] = values_of(given.first);
    auto at_once = given.second;
    if (!at_once.empty())
      for (const auto& c : evidence_columns()) at_once.try_emplace(c, 1);
    s.places[where].now = values_of(at_once);
  }
  return s;
}

snapshot of_checkout(const counts& over_periods, const counts& at_once = {{"last_planned", 1793577600}}) {
  return measured_now({{checkout, {over_periods, at_once}}});
}

judged_threshold judged(const snapshot& s, std::string_view figure, const figure_settings& settings = {}) {
  for (auto& one : judge(s, settings).all_of(checkout))
    if (one.rule.figure == figure) return one;
  FAIL("no such threshold");
  return {};
}

std::string show(const judged_threshold& one) {
  const auto* const words = one.state == standing::exceeded ? "exceeded: " : "within: ";
  return one.state == standing::not_judged ? "not judged: " + gap_in_words(one) : words + in_words(one);
}

}

TEST_SUITE("nodb") {
  TEST_CASE("a threshold is exceeded, within or not judged (figures.md section 12)") {
    const std::tuple<const char*, counts, const char*> cases[] = {
        {"hotfixes", {{"hotfix", 5}}, "within: hotfixes: 5 (threshold 5 a month)"},
        {"hotfixes", {{"hotfix", 6}}, "exceeded: hotfixes: 6 (threshold 5 a month)"},
        {"change_fail_ratio",
         {{"planned_changes", 8}, {"hotfix_changes", 1}, {"failed_planned", 9}},
         "not judged: 9 of 10 changes needed"},
        {"change_fail_ratio",
         {{"planned_changes", 9}, {"hotfix_changes", 1}, {"failed_planned", 2}},
         "exceeded: change fail rate: 20.0 % (threshold 15.0 % over 30 days)"},
        {"change_fail_ratio",
         {{"planned_changes", 10}, {"failed_planned", 1}},
         "within: change fail rate: 10.0 % (threshold 15.0 % over 30 days)"},
        {"rollback_ratio", {{"planned_changes", 19}, {"rolled_back", 9}}, "not judged: 19 of 20 changes needed"},
        {"hotfixes_per_planned_deployment", {{"hotfix", 9}}, "not judged: 0 of 5 planned deployments needed"},
        {"time_to_issue_seconds",
         {{"issue_p50", 60}, {"issue_p90", 60}, {"issue_n", 2}},
         "not judged: 2 of 3 failed changes needed"},
        {"time_to_issue_seconds",
         {{"issue_p50", 60}, {"issue_p90", 60}, {"issue_n", 3}},
         "exceeded: median time to issue: 1m (threshold not below 2d over 30 days)"},
        {"time_to_issue_seconds", {}, "not judged: 0 of 3 failed changes needed"},
        {"hotfix_response_seconds", {}, "not judged: 0 of 1 hotfixes with an incident needed"},
        {"hotfix_fail_ratio",
         {{"hotfix_changes", 3}, {"failed_hotfix", 3}},
         "not judged: no planned fail ratio to compare with"},
        {"hotfix_fail_ratio",
         {{"hotfix_changes", 3}, {"failed_hotfix", 3}, {"planned_changes", 9}},
         "exceeded: hotfix fail rate: 100.0 % (threshold 0.0 % over 90 days)"},
        {"oldest_unmerged_hotfix_seconds", {}, "within: oldest hotfix not merged back: none (threshold 1d)"},
        {"overdue_reviews", {}, "within: overdue post-incident reviews: 0 (threshold 0)"},
    };
    for (const auto& [figure, given, expected] : cases) CHECK(show(judged(of_checkout(given), figure)) == expected);
    const auto since = unix_seconds(now) - 25 * 3600;
    CHECK(
        show(judged(of_checkout({}, {{"unmerged", 1}, {"unmerged_since", since}}), "oldest_unmerged_hotfix_seconds")) ==
        "exceeded: oldest hotfix not merged back: 1d 1h (threshold 1d)");
    for (const auto& one : judge(of_checkout({}, {}), {}).all_of(checkout)) CHECK(one.state == standing::not_judged);
  }

  TEST_CASE("without evidence no threshold is within, but an exceeded one stays exceeded (figures.md section 16)") {
    const std::tuple<const char*, counts, counts, const char*> cases[] = {
        {"hotfixes",
         {{"planned", 12}, {"hotfix", 5}},
         {{"commit_known", 0}, {"kind_told", 0}},
         "not judged: no deployment has a known commit or a reported kind"},
        {"hotfixes",
         {{"planned", 12}, {"hotfix", 5}},
         {{"commit_known", 0}, {"kind_told", 1}},
         "within: hotfixes: 5 (threshold 5 a month)"},
        {"hotfixes",
         {{"hotfix", 6}},
         {{"commit_known", 0}, {"kind_told", 0}},
         "exceeded: hotfixes: 6 (threshold 5 a month)"},
        {"change_fail_ratio",
         {{"planned_changes", 10}},
         {{"incident_known", 0}},
         "not judged: no incident source knows the service"},
        {"change_fail_ratio",
         {{"planned_changes", 10}, {"failed_planned", 2}},
         {{"incident_known", 0}},
         "exceeded: change fail rate: 20.0 % (threshold 15.0 % over 30 days)"},
        {"rollback_ratio",
         {{"planned_changes", 20}},
         {{"incident_known", 0}, {"commit_known", 0}, {"kind_told", 0}},
         "within: rollback ratio: 0.0 % (threshold 5.0 % over 90 days)"},
        {"oldest_unmerged_hotfix_seconds",
         {},
         {{"merges_tracked", 0}},
         "not judged: not tracked: no push or merge of its repository was reported"},
        {"overdue_reviews",
         {},
         {{"reviews_tracked", 0}},
         "not judged: not tracked: no review of its team was reported"},
    };
    for (const auto& [figure, given, evidence, expected] : cases)
      CHECK(show(judged(of_checkout(given, evidence), figure)) == expected);
  }

  TEST_CASE("/metrics has 1 for an exceeded threshold, 0 within, no sample if not judged, for targets and teams") {
    auto s = of_checkout({{"hotfix", 6}, {"planned_changes", 9}, {"fire_duration", 360000}});
    s.places[{"checkout", "staging"}] = s.places[checkout];
    s.teams["payments"] = s.places[checkout];
    s.teams["payments"].team = "payments";
    figure_settings settings;
    settings.engineers["payments"] = 1;
    const auto page = render(s, settings, text_format::prometheus);
    const auto sample = [&](const std::string& name, const std::string& labels) {
      const auto at = page.find('\n' + name + '{' + labels + "} ");
      return at == page.npos ? std::string("none") : page.substr(page.find("} ", at) + 2, 1);
    };
    const std::string mine = R"(service_name="checkout",team_name="",deployment_environment="production",)";
    CHECK(sample("releasehealth_threshold_exceeded", mine + R"(figure="hotfixes",period="month")") == "1");
    CHECK(sample("releasehealth_threshold_exceeded", mine + R"(figure="overdue_reviews")") == "0");
    CHECK(sample("releasehealth_threshold_exceeded", mine + R"(figure="change_fail_ratio",period="30d")") == "none");
    CHECK(page.find("threshold_exceeded{service_name=\"checkout\",team_name=\"\",deployment_environment=\"staging\"") ==
          page.npos);
    CHECK(sample("releasehealth_team_threshold_exceeded",
                 R"(team_name="payments",figure="firefighting_ratio",period="30d")") == "1");
    CHECK(sample("releasehealth_threshold", mine + R"(figure="change_fail_ratio",period="30d",bound="above")") == "0");
  }

  TEST_CASE("thresholds on both sides of a figure are one series, exceeded if either is") {
    figure_settings settings;
    settings.thresholds = {{"hotfixes", "month", false, 1, 0, {}, {}}, {"hotfixes", "month", true, 5, 0, {}, {}}};
    for (const auto& [hotfixes, exceeded] : {std::pair(0, "1"), {3, "0"}, {6, "1"}}) {
      const auto page = render(of_checkout({{"hotfix", hotfixes}}), settings, text_format::prometheus);
      const std::string series = "releasehealth_threshold_exceeded{service_name=\"checkout\"";
      const auto at = page.find(series);
      REQUIRE(at != page.npos);
      CHECK(at == page.rfind(series));
      CHECK(page.substr(page.find("} ", at) + 2, 1) == exceeded);
    }
  }

  TEST_CASE("thresholds that are not judged do not hold the gate, and the badge does not show healthy") {
    const auto asked = [](const counts& given) {
      return judge(of_checkout(given), with_ten_thresholds()).all_of(checkout);
    };
    const auto says = [](const std::vector<judged_threshold>& all) { return badge(all).body; };
    const auto few = asked({{"planned", 2}, {"planned_changes", 2}, {"failed_planned", 1}});
    const auto verdict = verdict_json(few);
    CHECK(verdict.at("verdict") == "pass");
    CHECK(verdict.at("judged") == 4);
    CHECK(verdict.at("not_judged").as_array().size() == 6);
    CHECK(json::serialize(verdict).find(
              R"({"code":"no_data","figure":"change_fail_ratio","period":"30d","text":"2 of 10 changes needed"})") !=
          std::string::npos);
    CHECK(says(few).find("releases: not judged") != std::string::npos);
    CHECK(says(few).find("#2b7a0b") == std::string::npos);
    CHECK(says(asked({{"planned", 12}, {"planned_changes", 12}})).find("releases: healthy") != std::string::npos);
    CHECK(says(asked({{"planned", 12}, {"hotfix", 6}})).find("releases: 2 thresholds exceeded") != std::string::npos);
    CHECK(says(asked({{"hotfix", 6}})).find("releases: 1 threshold exceeded") != std::string::npos);
  }

  TEST_CASE("the headline of a page has a third state and is not green without observations") {
    const auto headline = [](const counts& given, const counts& at_once) {
      const auto view = verdict_on(judge(of_checkout(given, at_once), with_ten_thresholds()).all_of(checkout));
      return std::string(view.at("headline").as_string()) + (view.at("is_good").as_bool() ? " green" : "") +
             (view.at("is_bad").as_bool() ? " red" : "") + " | " + std::string(view.at("note").as_string());
    };
    const counts seen = {{"last_planned", 1793577600}};
    CHECK(headline({}, {}) == "Not enough data to judge yet: 0 of 10 thresholds have data | ");
    CHECK(headline({{"planned", 4}, {"planned_changes", 4}, {"failed_planned", 1}}, seen) ==
          "Not enough data to judge yet: 4 of 10 thresholds have data | ");
    CHECK(headline({{"planned", 12}, {"planned_changes", 12}}, seen) ==
          "No threshold exceeded green | 4 of 10 thresholds are not judged: not enough data.");
    CHECK(headline({{"hotfix", 6}}, seen) ==
          "One threshold exceeded red | 6 of 10 thresholds are not judged: not enough data.");
  }

  TEST_CASE("a card shows the period and the services of a threshold, and a tick only if all are within") {
    const auto text = [](std::string_view figure, const std::map<std::string, std::pair<double, double>>& services,
                         bool of_one) {
      std::map<place, std::pair<counts, counts>> all;
      for (const auto& [name, given] : services)
        all[{name, "production"}] = {
            {{"planned_changes", given.first}, {"rolled_back", given.second}, {"hotfix", given.first}},
            {{"last_planned", 1793577600}}};
      const auto s = measured_now(all);
      std::vector<threshold_of> thresholds;
      for (const auto& [where, known] : s.places)
        for (auto& one : judge(s, {}).all_of(where)) thresholds.push_back({where, {}, std::move(one)});
      const auto view = threshold_text(figure, thresholds, of_one);
      return std::string(view.at("text").as_string()) + (view.at("is_within").as_bool() ? " tick" : "") +
             (view.at("is_exceeded").as_bool() ? " red" : "");
    };
    CHECK(text("rollback_ratio", {{"osf", {22, 0}}, {"checkout", {12, 1}}}, false) ==
          "threshold 5.0 % over 90 days: osf 0.0 % of 22 within; checkout 12 of 20 changes needed");
    CHECK(text("rollback_ratio", {{"a", {20, 2}}, {"b", {20, 0}}, {"c", {1, 0}}, {"d", {1, 0}}}, false) ==
          "threshold 5.0 % over 90 days: a 10.0 % of 20 exceeded; b 0.0 % of 20 within; 2 not judged red");
    CHECK(text("rollback_ratio", {{"a", {1, 0}}, {"b", {2, 0}}, {"c", {3, 0}}, {"d", {4, 0}}}, false) ==
          "threshold 5.0 % over 90 days: 4 not judged");
    CHECK(text("rollback_ratio", {{"osf", {22, 0}}}, true) == "threshold 5.0 % over 90 days: 0.0 % of 22 within tick");
    CHECK(text("hotfixes", {{"a", {6, 0}}, {"b", {7, 0}}, {"c", {8, 0}}, {"d", {9, 0}}, {"e", {1, 0}}}, false) ==
          "threshold 5 a month: a 6 exceeded; b 7 exceeded; c 8 exceeded; 1 more exceeded; 1 within red");
    CHECK(text("rework_ratio", {{"a", {6, 0}}}, true).empty());
  }

  TEST_CASE("a band needs five observations, and several services have one each but none together") {
    const auto& recovery = dora_metrics()[3];
    CHECK(band_of(recovery, {0, {}, {}, 1}).empty());
    CHECK(band_of(recovery, {0, {}, {}, 4}).empty());
    CHECK(band_of(recovery, {0, {}, {}, 5}) == "elite");
    CHECK(band_of(dora_metrics()[2], {1, 1, 1, {}}).empty());
    CHECK(band_of(dora_metrics()[2], {1, 5, 5, {}}) == "low");
    CHECK(band_of(dora_metrics()[0], {4, 4, {}, {}}).empty());
    CHECK(count_bands(std::vector<std::string_view>{"medium", "", "high", "medium"}) == "1 high, 2 medium");
    CHECK(count_bands({}).empty());
  }

  TEST_CASE(
      "the report judges a month by the monthly threshold, a quarter by none, and frequency over days with data") {
    auto s = of_checkout({{"planned", 8}, {"hotfix", 6}});
    s.places[checkout].since = now - std::chrono::days{2};
    const auto report = [&](const std::string& named, std::string_view only = {}) {
      auto one = s;
      one.periods = {*find_period(named, {}, {}, now)};
      one.places[checkout].values[named] = s.places[checkout].values["month"];
      return text_report(one, with_ten_thresholds(), only, {}, &s);
    };
    const auto holds = [](const std::string& text, std::string_view what) { return text.find(what) != text.npos; };
    const auto month = report("2026-11");
    CHECK(holds(month, "6 !"));
    CHECK(holds(month, "! threshold exceeded\n"));
    CHECK(holds(month, "7.00 a day (of 2d) elite"));
    CHECK(holds(month, "(of Nd): data covers N days of the period.\n"));
    CHECK(
        holds(month, "\nThresholds\nservice   exceeded  within  not judged\ncheckout       2 !       3           5\n"));
    CHECK(holds(month, "\ncheckout, hotfixes: 6 (threshold 5 a month)\n"));
    CHECK_FALSE(holds(report("2026-Q4"), "6 !"));
    s.places[checkout].since = now - std::chrono::days{200};
    CHECK(holds(report("2026-11"), "0.72 a day elite"));
    figure_settings settings;
    settings.thresholds.push_back({"rework_ratio", "month", true, 0.1, 20, {}, {}});
    auto one = s;
    one.periods = {*find_period("2026-11", {}, {}, now)};
    one.places[checkout].values["2026-11"] = s.places[checkout].values["month"];
    CHECK(holds(text_report(one, settings), "42.9 % ?"));
    CHECK(holds(text_report(one, settings), "? threshold not judged: not enough data\n"));
  }
}
