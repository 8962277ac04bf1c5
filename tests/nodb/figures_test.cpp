#include <map>

#include <zlib.h>

#include "daemon/api/negotiate.hpp"
#include "daemon/figures/dora.hpp"
#include "daemon/figures/rest.hpp"
#include "daemon/figures/snapshot.hpp"
#include "daemon/reports/page.hpp"
#include "daemon/reports/report.hpp"
#include "daemon/telemetry/exposition.hpp"
#include "tests/check.hpp"
#include "tests/nodb/figure_values.hpp"

using namespace releasehealth;
using namespace releasehealth::api;

namespace {

std::string gunzip(std::string packed) {
  z_stream z{};
  constexpr int gzip_wrapper = 16;
  REQUIRE(inflateInit2(&z, MAX_WBITS + gzip_wrapper) == Z_OK);
  std::string text(std::size_t{8} << 20, '\0');
  z.next_in = reinterpret_cast<Bytef*>(packed.data());
  z.avail_in = static_cast<uInt>(packed.size());
  z.next_out = reinterpret_cast<Bytef*>(text.data());
  z.avail_out = static_cast<uInt>(text.size());
  CHECK(inflate(&z, Z_FINISH) == Z_STREAM_END);
  text.resize(z.total_out);
  inflateEnd(&z);
  return text;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("a ratio without a denominator has no value, and counts are 0") {
    const period p{"30d", *parse_time("2026-01-01T00:00:00Z"), *parse_time("2026-01-31T00:00:00Z"), false};
    const auto columns = all_columns();
    const auto value = [&](const char* name, const std::vector<double>& counts) {
      const auto* f = find_figure(name);
      REQUIRE(f);
      return evaluate(*f, f->slices[0], {columns, counts, p});
    };
    const auto none = values_of({}), some = values_of({{"planned", 10},
                                                       {"hotfix", 5},
                                                       {"rollback", 1},
                                                       {"redeploy", 3},
                                                       {"failed", 2},
                                                       {"planned_changes", 10},
                                                       {"hotfix_changes", 5},
                                                       {"rolled_back", 3},
                                                       {"failed_planned", 3},
                                                       {"failed_hotfix", 1},
                                                       {"recovery_p50", 90},
                                                       {"recovery_n", 2}});
    CHECK(value("deployments", none)->value == 0);
    CHECK_FALSE(value("rework_ratio", none));
    CHECK_FALSE(value("rollback_ratio", none));
    CHECK_FALSE(value("hotfixes_per_planned_deployment", none));
    CHECK(value("deployments_per_day", none)->value == 0);
    CHECK(value("hotfixes_per_planned_deployment", some)->value == 0.5);
    CHECK(value("rework_ratio", some)->value == doctest::Approx(5.0 / 16));
    CHECK(value("rework_ratio", some)->denominator == 16);
    CHECK(value("rollback_ratio", some)->value == doctest::Approx(0.2));
    CHECK(value("deployments_per_day", some)->value == doctest::Approx(16.0 / 30));
    CHECK(value("change_fail_ratio", some)->value == doctest::Approx(4.0 / 15));
    CHECK(value("planned_fail_ratio", some)->value == doctest::Approx(0.3));
    CHECK(value("hotfix_fail_ratio", some)->value == doctest::Approx(0.2));
    CHECK_FALSE(value("change_fail_ratio", none));
    CHECK(value("recovery_seconds", some)->value == 90);
    CHECK(value("recovery_seconds", some)->observations == 2);
    CHECK_FALSE(value("recovery_seconds", none));
    CHECK_FALSE(value("firefighting_ratio", some));  // no engineers
  }

  TEST_CASE("the page escapes names, shows all figures for production, counts only elsewhere, and omits empty ratios") {
    snapshot s;
    s.at = *parse_time("2026-11-20T12:00:00Z");
    s.periods = {{"month", *parse_time("2026-11-01T00:00:00Z"), s.at, true}};
    s.columns = s.columns_now = all_columns();
    s.places[{"a \"b\"\n\\c", "production"}].values["month"] = values_of(
        {{"hotfix", 6}, {"failed", 1}, {"hotfix_changes", 6}, {"issue_p50", 60}, {"issue_p90", 100}, {"issue_n", 2}});
    s.places[{"checkout", "staging"}].values["month"] = values_of({{"planned", 4}, {"hotfix", 2}});
    s.places[{"", "production"}].values["month"] = values_of({{"no_service", 1}, {"severity_unknown", 1}});
    s.teams["payments"].team = "payments";
    s.teams["payments"].values["month"] = values_of({{"hotfix", 6}, {"fire_duration", 36000}});
    for (auto& [where, known] : s.places) known.now = values_of({});
    s.places[{"checkout", "staging"}].now = values_of({{"last_hotfix", 1793577600}, {"open", 7}});
    s.places[{"", "production"}].now = values_of({{"open", 1}, {"open_since", 1793577600}});
    s.teams["payments"].now = values_of({{"unmerged", 1}, {"unmerged_since", 1793577600}, {"merges_tracked", 1}});
    figure_settings settings;
    settings.engineers["payments"] = 1;
    const auto page = render(s, settings, text_format::prometheus);
    const auto holds = [&](std::string_view line) { return page.find(line) != page.npos; };
    CHECK(
        holds("releasehealth_deployments{service_name=\"a "
              "\\\"b\\\"\\n\\\\c\",team_name=\"\",deployment_environment=\"production\",kind=\"hotfix\",period="
              "\"month\"} 6\n"));
    CHECK(holds("releasehealth_rework_ratio{service_name=\"a "));
    CHECK_FALSE(holds("releasehealth_hotfixes_per_planned_deployment{"));
    CHECK(
        holds("releasehealth_deployments{service_name=\"checkout\",team_name=\"\",deployment_environment=\"staging\","
              "kind=\"planned\",period=\"month\"} 4\n"));
    CHECK_FALSE(holds("releasehealth_changes{service_name=\"checkout\""));
    CHECK_FALSE(holds("releasehealth_threshold{service_name=\"checkout\""));
    CHECK(holds("deployment_environment=\"staging\",kind=\"hotfix\"} 1793577600\n"));
    CHECK(holds("# TYPE releasehealth_time_to_issue_seconds summary\n"));
    CHECK(holds("deployment_environment=\"production\",quantile=\"0.9\",period=\"month\"} 100\n"));
    CHECK(holds("releasehealth_time_to_issue_observations{service_name=\"a "));
    CHECK_FALSE(holds("releasehealth_recovery_seconds{"));
    CHECK(
        holds("releasehealth_unattributed_incidents{service_name=\"\",team_name=\"\",deployment_environment="
              "\"production\",reason=\"no_service\",period=\"month\"} 1\n"));
    CHECK_FALSE(holds("releasehealth_deployments{service_name=\"\""));
    CHECK_FALSE(holds("severity=\"1\""));
    CHECK_FALSE(holds("releasehealth_open_incidents{service_name=\"checkout\""));
    CHECK(holds(
        "releasehealth_open_incidents{service_name=\"\",team_name=\"\",deployment_environment=\"production\"} 1\n"));
    CHECK(holds("releasehealth_team_oldest_unmerged_hotfix_timestamp_seconds{team_name=\"payments\"} 1793577600\n"));
    CHECK_FALSE(holds("releasehealth_oldest_unmerged_hotfix_timestamp_seconds{"));
    CHECK(holds("releasehealth_hotfix_size_observations{service_name=\"a "));
    CHECK(holds("deployment_environment=\"production\",figure=\"overdue_reviews\",bound=\"above\"} 0\n"));
    CHECK(holds("releasehealth_team_deployments{team_name=\"payments\",kind=\"hotfix\",period=\"month\"} 6\n"));
    // 2026-11-01 to noon of Friday the 20th: 14 working days of 8 hours and one of 3
    CHECK(holds("releasehealth_team_capacity_seconds{team_name=\"payments\",period=\"month\"} 414000\n"));
    CHECK(holds("releasehealth_team_firefighting_ratio{team_name=\"payments\",period=\"month\"} 0.0869"));
    CHECK(
        holds("releasehealth_threshold{service_name=\"\",team_name=\"payments\",deployment_environment=\"\",figure="
              "\"firefighting_ratio\",period=\"30d\",bound=\"above\"} 0.2\n"));
    CHECK(page.find("# TYPE releasehealth_deployments gauge") == page.rfind("# TYPE releasehealth_deployments gauge"));
  }

  TEST_CASE("DORA's five metrics use their published bands with inclusive bounds") {
    const auto band = [](std::string_view figure, double value) {
      for (const auto& m : dora_metrics())
        if (m.figure == figure) return std::string(band_of(m, {value, {}, {}, 5}));
      return std::string("no such metric");
    };
    CHECK(dora_metrics().size() == 5);
    CHECK(band("deployments_per_day", 5.0 / 7) == "elite");
    CHECK(band("deployments_per_day", 0.5) == "high");
    CHECK(band("deployments_per_day", 1.0 / 30) == "medium");
    CHECK(band("deployments_per_day", 0.01) == "low");
    CHECK(band("lead_time_seconds", 86400) == "elite");
    CHECK(band("lead_time_seconds", 86401) == "high");
    CHECK(band("recovery_seconds", 3600) == "elite");
    CHECK(band("recovery_seconds", 8 * 86400) == "low");
    CHECK(band("change_fail_ratio", 0.15) == "medium");
    CHECK(band("rework_ratio", 0.5).empty());
    for (const auto& m : dora_metrics()) CHECK(find_figure(m.figure));
  }

  TEST_CASE("counters follow the naming of each format, bounds have a decimal point, help is escaped") {
    for (const auto format : {text_format::prometheus, text_format::openmetrics}) {
      exposition e(format);
      e.family("x", metric_type::counter, "a \"b\" \\ c\nd");
      e.sample({{"l", "v"}}, 1.5);
      e.family("empty", metric_type::gauge, "not written");
      const bool om = format == text_format::openmetrics;
      CHECK(e.text() == std::string(om ? "# HELP x a \\\"b\\\" \\\\ c\\nd\n# TYPE x counter\n"
                                       : "# HELP x_total a \"b\" \\\\ c\\nd\n# TYPE x_total counter\n") +
                            "x_total{l=\"v\"} 1.5\n");
    }
    CHECK(format_bound(60) == "60.0");
    CHECK(format_bound(0.005) == "0.005");
    CHECK(format_bound(1.0 / 0.0) == "+Inf");
  }

  TEST_CASE("a long response is sent in pieces with the same content") {
    std::string whole;
    std::size_t pieces = 0;
    gzip_stream packed;
    exposition in_pieces(text_format::prometheus, [&](std::string_view piece) {
      ++pieces;
      whole += piece;
      packed.add(piece);
    });
    exposition at_once(text_format::prometheus);
    for (auto* e : {&in_pieces, &at_once}) {
      e->family("x", metric_type::gauge, "many");
      for (int n = 0; n < 20'000; ++n) e->sample({{"n", std::to_string(n)}}, n);
    }
    in_pieces.end();
    CHECK(pieces > 3);
    CHECK(whole == at_once.text());
    CHECK(gunzip(packed.end()) == whole);
    CHECK(gunzip(gzip("")) == std::string());
  }

  TEST_CASE("the scraper's Accept header selects the format") {
    CHECK(negotiate_format("") == text_format::prometheus);
    CHECK(negotiate_format("*/*") == text_format::prometheus);
    CHECK(negotiate_format("application/openmetrics-text;version=1.0.0,application/"
                           "openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1") ==
          text_format::openmetrics);
    CHECK(negotiate_format("application/openmetrics-text; version=2.0.0, text/plain;version=0.0.4;q=0.5") ==
          text_format::prometheus);
    CHECK(negotiate_format("text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.4") ==
          text_format::prometheus);
    CHECK(accepts_gzip("gzip"));
    CHECK(accepts_gzip("deflate, gzip;q=0.5"));
    CHECK_FALSE(accepts_gzip("gzip;q=0"));
    CHECK_FALSE(accepts_gzip(""));
  }

  TEST_CASE(
      "the pause after a refresh is proportional to its duration, zero while catching up and longest in a flood") {
    using namespace std::chrono_literals;
    struct {
      refresh_cycle cycle;
      std::chrono::steady_clock::duration rest;
    } const cases[] = {
        {{.took = 10ms, .since_last = 1s, .came = 1, .has_more = false}, 90ms},
        {{.took = 400ms, .since_last = 1s, .came = 900, .has_more = false}, 600ms},
        {{.took = 400ms, .since_last = 1s, .came = 0, .has_more = true}, 0ms},
        {{.took = 400ms, .since_last = 400ms, .came = 1900, .has_more = true}, 0ms},  // 4,750 in a usual cycle
        {{.took = 400ms, .since_last = 400ms, .came = 2100, .has_more = true}, 3s},
        {{.took = 200ms, .since_last = 2s, .came = 20000, .has_more = true}, 1800ms},
        {{.took = 400ms, .since_last = 3400ms, .came = 6800, .has_more = true}, 0ms},  // the flood is over
    };
    for (const auto& one : cases) {
      CAPTURE(one.cycle.came);
      CHECK(rest_after(one.cycle) == one.rest);
    }
  }
}
