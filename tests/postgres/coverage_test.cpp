// Coverage and tracking (figures.md section 16): the evidence behind figures, from events.
#include "daemon/figures/coverage.hpp"

#include "daemon/figures/verdict.hpp"
#include "daemon/queries/reads.hpp"
#include "daemon/reports/coverage.hpp"
#include "daemon/reports/report.hpp"
#include "daemon/reports/text_report.hpp"
#include "tests/postgres/cases.hpp"
#include "tests/postgres/cluster.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

const auto now = *parse_time("2026-01-31T00:00:00Z");

/// A ledger with the given events and names, and its figures.
struct told {
  database db;
  figure_settings with;

  told(const std::string& events, figure_settings settings) : with(std::move(settings)) { tell(events); }

  void tell(const std::string& events) const {
    ledger::appender to(db.where());
    store(to, case_reader::read(events));
    ledger::derive_settings deriving;
    deriving.blame.names = with.names;
    ledger::deriver(db.where(), deriving).derive();
  }

  std::string ratio_of(std::string_view evidence, const std::string& service, timestamp at = now) const {
    const auto s = figures_at(at);
    const auto& f = *find_figure(coverage_ratio);
    for (const auto& in : f.slices)
      if (in.value == evidence) {
        const auto v = evaluate(f, in, {s.columns_now, s.places.at({service, "production"}).now, period(), 0});
        return v ? std::to_string(std::llround(*v->numerator)) + '/' + std::to_string(std::llround(*v->denominator))
                 : "none";
      }
    return "no such evidence";
  }
  std::string value_of(std::string_view figure, const std::string& service, timestamp at = now) const {
    const auto s = figures_at(at);
    const auto& f = *find_figure(figure);
    const auto v =
        evaluate(f, f.slices.front(), {s.columns_now, s.places.at({service, "production"}).now, period(), 0});
    return v ? std::to_string(std::llround(v->value)) : "none";
  }
  // The judged thresholds of checkout with their states.
  std::string judged_of(const std::string& service) const {
    std::string all;
    const auto s = figures_of();
    for (const auto& one : judge(s, with).all_of({service, "production"}))
      if (one.state != standing::not_judged) all += (all.empty() ? "" : " ") + std::string(one.rule.figure);
    return all;
  }
  snapshot figures_of(const std::string& service = {}) const {
    ledger::reader from(db.where());
    const auto periods = current_periods(with.rolling, with.zone, now);
    return answer_question(from, {.periods = periods, .service = service, .environment = {}, .team = {}}, with, now);
  }
  snapshot figures_at(timestamp at) const {
    ledger::reader from(db.where());
    return answer_question(from, {.periods = {}, .service = {}, .environment = {}, .team = {}}, with, at);
  }
};

figure_settings checkout_and_search() {
  figure_settings with;
  with.names = naming({{.name = "checkout", .team = {}, .repositories = {"github.com/acme/checkout"}},
                       {.name = "search", .team = {}, .repositories = {"acme/search"}}},
                      {});
  return with;
}

}

TEST_SUITE("postgres") {
  TEST_CASE("a commit is known with a title and the time of its first commit") {
    const told t(
        "#abc1234 1/07:00 repository=acme/checkout title=Rounding authored_at=2026-01-01T06:00:00Z;"
        "#abc1235 1/07:00 repository=acme/checkout title=Rounding;"
        "#abc1237 1/07:00 repository=acme/checkout authored_at=2026-01-01T06:00:00Z;"
        "d1 2/08:00 v1 commit=abc1234; d2 3/08:00 v2 commit=abc1235; d3 4/08:00 v3; d4 5/08:00 v4 commit=abc1236;"
        "d5 6/08:00 v5 commit=abc1237",
        checkout_and_search());
    CHECK(t.ratio_of("commit", "checkout") == "1/5");
    CHECK(t.ratio_of("commit", "search") == "none");
    CHECK(t.ratio_of("commit", "checkout", *parse_time("2026-04-10T00:00:00Z")) == "none");  // more than 90 days ago
  }

  TEST_CASE("merge-back is tracked from the repository's first push or merge, on any host") {
    const std::string hotfixes =
        "d1 2/08:00 v1 kind=hotfix; d2 10/08:00 v2 kind=hotfix; d3 20/08:00 v3 kind=hotfix;"
        "d4 20/08:00 v1 kind=hotfix svc=search";
    const told nothing(hotfixes, checkout_and_search());
    CHECK(nothing.value_of("unmerged_hotfixes", "checkout") == "none");
    CHECK(nothing.ratio_of("merge", "checkout") == "0/3");
    // deployments finished more than the merge-back target (a day) before that are not tracked
    const told later(hotfixes + ";#abc1234 11/07:00 repository=acme/checkout ref=main", checkout_and_search());
    CHECK(later.value_of("unmerged_hotfixes", "checkout") == "2");
    CHECK(later.ratio_of("merge", "checkout") == "2/3");
    CHECK(later.value_of("unmerged_hotfixes", "search") == "none");
    CHECK(later.value_of("unmerged_hotfixes", "checkout", *parse_time("2026-01-11T00:00:00Z")) == "none");
    // a commit that is only named, as in a deployment's report, is no evidence of pushes
    const told named(hotfixes + ";#abc1234 11/07:00 repository=acme/checkout title=Rounding", checkout_and_search());
    CHECK(named.value_of("unmerged_hotfixes", "checkout") == "none");
    const told by_hand(hotfixes + ";override d1 12/07:00 back=12/07:00", checkout_and_search());
    CHECK(by_hand.value_of("unmerged_hotfixes", "checkout") == "1");
  }

  TEST_CASE("the first push of a repository changes the figures of the targets deployed from it, and of no others") {
    const told t("d1 2/08:00 v1; d2 2/08:00 v1 svc=search", checkout_and_search());
    const auto generation = [&](const std::string& service) {
      return t.db.query("SELECT generation FROM place WHERE service = '" + service + '\'');
    };
    const auto checkout = generation("checkout"), search = generation("search");
    t.tell("#abc1234 3/07:00 repository=acme/checkout ref=main");
    CHECK(generation("checkout") != checkout);
    CHECK(generation("search") == search);
  }

  TEST_CASE("reviews are tracked from a team's first review, from a date, always or never") {
    const std::string history =
        "d1 1/08:00 v1 kind=hotfix; i1 2/09:00 severity=1; i1 2/10:00 resolved; d2 12/08:00 v2 kind=hotfix;"
        "d3 12/08:00 v1 kind=hotfix svc=search";
    auto with = checkout_and_search();
    CHECK(told(history, with).value_of("overdue_reviews", "checkout") == "none");
    CHECK(told(history, with).ratio_of("review", "checkout") == "0/3");
    const auto first = history + ";override i1 12/00:00 review=12/00:00";
    CHECK(told(first, with).value_of("overdue_reviews", "checkout") == "1");
    CHECK(told(first, with).value_of("overdue_reviews", "search") == "none");
    CHECK(told(first, with).ratio_of("review", "checkout") == "1/3");
    with.reviews_since = timestamp{};
    CHECK(told(history, with).value_of("overdue_reviews", "checkout") == "3");
    CHECK(told(history, with).value_of("overdue_reviews", "search") == "1");
    with.reviews_since = *parse_time("2026-01-15T00:00:00Z");
    CHECK(told(history, with).value_of("overdue_reviews", "checkout") == "1");
    with.reviews_since = *parse_time("9999-01-01T00:00:00Z");
    CHECK(told(first, with).value_of("overdue_reviews", "checkout") == "none");
  }

  TEST_CASE("a source of incidents knows a service by an alias, or after naming it once") {
    auto with = checkout_and_search();
    const std::string history = "d1 1/08:00 v1; d2 1/08:00 v1 svc=search; i1 2/09:00; i1 2/10:00 resolved";
    CHECK(told(history, with).ratio_of("incident", "checkout") == "1/1");
    CHECK(told(history, with).ratio_of("incident", "search") == "none");
    with.incident_sources = {"pagerduty"};
    with.names = naming({{.name = "search", .team = {}, .aliases = {{"pagerduty", "PXYZ"}}}}, {});
    CHECK(told(history, with).ratio_of("incident", "search") == "1/1");
    with.names = naming({{.name = "search", .team = {}, .aliases = {{"argocd", "search-prod"}}}}, {});
    CHECK(told(history, with).ratio_of("incident", "search") == "none");
  }

  TEST_CASE("a service that no source of incidents knows has a gap, without a ratio") {
    const auto with = checkout_and_search();
    const told t("d1 1/08:00 v1; d2 1/08:00 v1 svc=search; i1 2/09:00; i1 2/10:00 resolved", with);
    std::map<std::string, bool> has_gap;
    for (const auto& one : covered_services(t.figures_of(), with))
      for (const auto& evidence : one.evidence)
        if (evidence.rule->name == "incident") has_gap[one.where.service] = evidence.is_gap();
    CHECK(has_gap == std::map<std::string, bool>{{"checkout", false}, {"search", true}});
  }

  TEST_CASE("coverage counts causes of hotfixes and people on incidents") {
    const told t(
        "d1 1/08:00 v1; d2 2/08:00 v2 kind=hotfix cause=data; d3 3/08:00 v3 kind=hotfix;"
        "i1 2/09:00; i1 2/10:00 resolved; w1 2/10:00 incident=i1 seconds=60; i2 4/09:00; i2 4/10:00 resolved",
        checkout_and_search());
    CHECK(t.ratio_of("cause", "checkout") == "1/2");
    CHECK(t.ratio_of("people", "checkout") == "1/2");
    CHECK(t.ratio_of("people", "search") == "none");
  }

  TEST_CASE("disabled reviews are no gap and have no threshold") {
    auto with = checkout_and_search();
    with.reviews_since = figure_settings::never;
    const told t(
        "d1 2/08:00 v1 kind=hotfix; i1 2/09:00 severity=1; i1 2/10:00 resolved; override i1 12/00:00 review=12/00:00",
        with);
    CHECK(t.ratio_of("review", "checkout") == "none");
    const auto s = t.figures_of();
    for (const auto& one : judge(s, with).all_of({"checkout", "production"}))
      CHECK(one.rule.figure != "overdue_reviews");
    for (const auto& one : covered_services(s, with))
      for (const auto& evidence : one.evidence)
        if (evidence.rule->name == "review") CHECK(!evidence.is_gap());
  }

  TEST_CASE("a returning version is no evidence of hotfixes: they are not judged without a known commit or kind") {
    const std::string releases = "d1 20/08:00 v1; d2 21/08:00 v2; d3 22/08:00 v3; d4 23/08:00 v2";
    CHECK(told(releases, checkout_and_search()).judged_of("checkout").find("hotfixes") == std::string::npos);
    const told with_kind(releases + "; d5 24/08:00 v4 kind=planned", checkout_and_search());
    CHECK(with_kind.judged_of("checkout").find("hotfixes") != std::string::npos);
  }

  TEST_CASE("settings alone are no data: no threshold is judged before the first event") {
    auto with = checkout_and_search();
    with.reviews_since = timestamp{};
    with.incident_sources = {"pagerduty"};
    with.names = naming({{.name = "checkout", .team = {}, .aliases = {{"pagerduty", "PXYZ"}}}}, {});
    const told nothing("d1 20/08:00 v1 svc=search", with);
    CHECK(nothing.judged_of("checkout").empty());
  }

  TEST_CASE("coverage counts services deployed only to staging, and names never deployed") {
    const told t(
        "d1 20/08:00 v1 kind=planned; d2 20/08:00 v1 svc=search env=staging; i1 21/09:00 svc=unknown; i1 21/10:00 "
        "svc=unknown resolved",
        checkout_and_search());
    const auto s = t.figures_of();
    const auto report = figures_json(s, t.with).front();
    CHECK(report.find(R"("service":"search","team":"","environment":"staging")") != report.npos);
    auto month = s;
    month.periods.resize(1);
    CHECK(report.find(R"("gaps":["commit"])") != report.npos);
    CHECK(text_report(month, t.with, {}, {}, &s).find("commit is missing in 1 of 1 services") != std::string::npos);
    CHECK(figures_json(t.figures_of("search"), t.with).front().find("staging") != std::string::npos);
    REQUIRE(covered_services(s, t.with).size() == 1);
    CHECK(covered_services(s, t.with).front().where.service == "checkout");
  }
}
