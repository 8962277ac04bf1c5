// The cases of figure_cases.hpp, and the items that explain lists for each figure.
#include "tests/postgres/figure_cases.hpp"

#include "daemon/figures/members.hpp"
#include "tests/check.hpp"
#include "tests/postgres/cases.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/random_history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

figure_settings settings() {
  figure_settings s;
  s.names = naming({{"checkout", "payments", {}, {}, {}}, {"search", "payments", {}, {}, {}}}, {});
  s.engineers["payments"] = 2;
  s.reviews_since = timestamp{};  // tracking of reviews is tested in coverage_test.cpp
  return s;
}

ledger::derive_settings derive_settings() {
  ledger::derive_settings with;
  with.blame.names = settings().names;
  return with;
}

std::string read(const snapshot& s, const figure_settings& with, const std::string& of, const std::string& figure) {
  const auto at = of.find('@');
  const place where{of.substr(0, at), at == of.npos ? "production" : of.substr(at + 1)};
  const bool is_team = of.starts_with("team ");
  std::string found = "-";
  for_each_figure(s, with, [&](const figure_row& row) {
    if (is_team ? !row.is_team() || "team " + row.team != of : row.where != where) return;
    std::string name(row.shown.name);
    for (const auto& [label, value] : row.labels()) name += ' ' + std::string(label) + '=' + std::string(value);
    std::ostringstream out;
    out.precision(16);
    if (name == figure && row.value) {
      out << row.value->value;
      found = out.str();
    }
    if (name + " observations" == figure && row.value) {
      out << *row.value->observations;
      found = out.str();
    }
  });
  return found;
}

}

TEST_SUITE("postgres") {
  TEST_CASE("figures follow the rules of figures.md") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), derive_settings());
    ledger::reader from(db.where());
    const auto with = settings();
    int n = 0;
    for (const auto& c : figure_cases) {
      INFO(std::string(c.rule));
      INFO(std::string(c.told));
      db.empty();
      auto events = std::string(c.told);
      // a reported merge-back, so that merge-backs are tracked (figures.md section 16)
      if (std::string_view(c.figure).find("unmerged") != std::string_view::npos)
        for (const auto* service : {"checkout", "search"})
          events.append(";dback-")
              .append(service)
              .append(" 1/00:00 state=failed merged_back_at=2020-01-01T00:00:00Z svc=")
              .append(service);
      REQUIRE(to.append({entry_of("case-" + std::to_string(++n), case_reader::read(events))}).front());
      derive.derive();
      const std::string over = c.over;
      const auto space = over.find(' ');
      const period p{"p", *parse_time(case_time(over.substr(0, space))), *parse_time(case_time(over.substr(space + 1))),
                     false};
      const auto s = answer_question(from, {.periods = {p}, .service = {}, .environment = {}, .team = {}}, with, p.end);
      CHECK(read(s, with, c.of, c.figure) == std::string(c.is));
    }
  }

  TEST_CASE("explain lists as many items as each figure counts") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), derive_settings());
    ledger::reader from(db.where());
    auto with = settings();
    with.response_target = std::chrono::hours(1000);  // the histories' times are hours apart
    const period p{"p", *parse_time(case_time("1/00:00")), *parse_time(case_time("20/00:00")), false};
    std::map<std::string_view, int> checked;
    for (unsigned seed = 1; seed <= 100; ++seed) {
      INFO(seed);
      db.empty();
      REQUIRE(to.append({entry_of("history-" + std::to_string(seed), random_history(seed).events)}).front());
      derive.derive();
      const auto s = answer_question(from, {.periods = {p}, .service = {}, .environment = {}, .team = {}}, with, p.end);
      const auto all = places_and_teams(from.places(), with);
      const auto tracked = find_tracked(from, all, with);
      for_each_figure(s, with, [&](const figure_row& row) {
        if (!row.value || row.shown.looks == shape::seconds || row.shown.looks == shape::share ||
            row.shown.looks == shape::capacity)
          return;
        if (row.shown.looks == shape::instant || row.shown.name == "hotfix_rising_months") return;
        if (row.shown.name == "coverage_ratio" && row.part.value == "incident") return;  // it counts services
        const auto behind =
            find_members(from, row.shown, row.part, row.span, scope_of(row.where, row.team, all, with, tracked), with);
        INFO(std::string(row.shown.name));
        INFO(std::string(row.part.value));
        const auto& v = *row.value;
        const auto counted = v.observations ? *v.observations : v.numerator.value_or(v.value);
        CHECK(static_cast<double>(behind.counted.size()) == counted);
        if (v.denominator) CHECK(static_cast<double>(behind.whole.size()) == *v.denominator);
        checked[row.shown.name] += counted > 0;
      });
    }
    for (const auto& f : figures()) {
      if (f.looks == shape::seconds || f.owners == belongs::teams || f.looks == shape::instant ||
          f.name == "hotfix_rising_months")
        continue;
      INFO(std::string(f.name));
      CHECK(checked[f.name] > 0);
    }
  }

  TEST_CASE("a run of rising months is counted completely, also beyond a year") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    ledger::reader from(db.where());
    using namespace std::chrono;
    const auto day_of = [](int month, int n) {  // day numbers as in the cases, from 1 January 2026
      return (sys_days((2026y / January + months{month}) / 1) - sys_days(2026y / January / 1)).count() + n;
    };
    std::string told = "d0 08:00 v0; d900 08:00 v0 svc=search";
    constexpr int last = 15;
    auto add = [&, n = 1](int month, int hotfixes, const std::string& more) mutable {
      for (int h = 1; h <= hotfixes; ++h, ++n) {
        const auto name = std::to_string(n);
        told.append("; d")
            .append(name)
            .append(" ")
            .append(std::to_string(day_of(month, h)))
            .append("/08:00 v")
            .append(name);
        told.append(" kind=hotfix").append(more);
      }
    };
    for (int month = 1; month <= last; ++month) add(month, month, "");
    add(last - 1, 1, " svc=search");
    add(last, 2, " svc=search");
    REQUIRE(to.append({entry_of("1", case_reader::read(told))}).front());
    derive.derive();
    const auto with = settings();
    const auto s =
        answer_question(from, {}, with, *parse_time(case_time(std::to_string(day_of(last + 1, 3)) + "/00:00")));
    CHECK(read(s, with, "checkout", "hotfix_rising_months") == std::to_string(last - 1));
    CHECK(read(s, with, "search", "hotfix_rising_months") == "2");
  }

  TEST_CASE("open incidents have their start, and a team's last deployment is the last of its services") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), derive_settings());
    ledger::reader from(db.where());
    REQUIRE(to.append({entry_of("1", case_reader::read(
                                         "d1 08:00 v1; d2 09:00 v1 svc=search; i1 10:00; i2 11:00; i2 12:00 resolved; "
                                         "i3 13:00 svc=checkout,search; i4 09:00 env=staging"))})
                .front());
    derive.derive();
    const auto now = *parse_time(case_time("2/00:00"));
    const auto with = settings();
    const auto s = answer_question(from, {}, with, now);
    CHECK(read(s, with, "checkout", "open_incidents") == "2");
    CHECK(read(s, with, "checkout", "oldest_open_incident_timestamp_seconds") == "1767261600");
    CHECK(read(s, with, "search", "open_incidents") == "1");
    CHECK(read(s, with, "checkout@staging", "open_incidents") == "-");
    CHECK(read(s, with, "team payments", "open_incidents") == "2");
    CHECK(read(s, with, "team payments", "last_deployment_timestamp_seconds kind=planned") == "1767258000");
    CHECK(read(s, with, "checkout", "last_deployment_timestamp_seconds kind=hotfix") == "-");
  }

  TEST_CASE("a service's last deployment names its team unless configured") {
    const database db;
    ledger::appender to(db.where());
    ledger::deriver derive(db.where(), {});
    ledger::reader from(db.where());
    REQUIRE(
        to
            .append({entry_of(
                "1", case_reader::read(
                         "d2 09:00 v2 team=search; d1 08:00 v1 team=payments; d3 10:00 v3; d4 07:00 v1 env=staging"))})
            .front());
    derive.derive();
    CHECK(db.query("SELECT environment, team FROM place ORDER BY 1") == "production|search\nstaging|search");
    REQUIRE(to.append({entry_of("2", case_reader::read("retract d2 11:00"))}).front());
    derive.derive();
    CHECK(db.query("SELECT environment, team FROM place ORDER BY 1") == "production|payments\nstaging|payments");
    CHECK(answer_question(from, {}, {}, *parse_time(case_time("2/00:00"))).teams.contains("payments"));
    auto configured = settings();
    configured.names = naming({{"checkout", "core", {}, {}, {}}}, {});
    CHECK(answer_question(from, {}, configured, *parse_time(case_time("2/00:00"))).teams.contains("core"));
  }
}
