// A retired service (`[[service]] retired`): events before the date count, later ones do not.
#include "daemon/figures/verdict.hpp"
#include "daemon/queries/reads.hpp"
#include "tests/postgres/cases.hpp"
#include "tests/postgres/cluster.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

/// The first or given slice of a figure for a target or a team in January; -1 without a value.
double value_of(const snapshot& s, const figure_settings& with, const scope_figures& of, std::string_view name,
                std::size_t slice = 0) {
  const auto& f = *std::ranges::find(figures(), name, &figure::name);
  const auto& values = f.is_now ? of.now : of.values.at("2026-01");
  const auto v = evaluate(f, with.slices_of(f)[slice], {f.is_now ? s.columns_now : s.columns, values, s.periods[0], 0});
  return v ? v->value : -1;
}

}

TEST_SUITE("postgres") {
  TEST_CASE("a retired service keeps its history, has no follow-ups and is not judged; its team keeps the history") {
    const database db;
    ledger::appender to(db.where());
    ledger::reader from(db.where());
    const auto settings = [](std::optional<timestamp> retired) {
      figure_settings with;
      with.names = naming({{.name = "checkout", .team = "payments", .repositories = {"acme/shop"}, .retired = retired},
                           {.name = "search", .team = "payments", .repositories = {"acme/shop"}}},
                          {});
      with.reviews_since = timestamp{};
      return with;
    };
    ledger::derive_settings deriving;
    deriving.blame.names = settings({}).names;
    ledger::deriver derive(db.where(), deriving);
    store(to, case_reader::read(
                  "#abc1234 1/07:00 repository=acme/shop ref=main; d1 1/08:00 v1; d2 2/08:00 v2 kind=hotfix; i1 "
                  "2/09:00 severity=1; i1 2/10:00 resolved;"
                  "d3 12/08:00 v3; i2 12/09:00; d4 12/10:00 v1 svc=search; w1 12/11:00 svc=checkout seconds=600;"
                  "w2 2/11:00 svc=checkout seconds=60"));
    derive.derive();
    const auto now = *parse_time("2026-01-20T00:00:00Z");
    const auto asked = [&](const figure_settings& with) {
      const auto month = *parse_period("2026-01", with.zone, now);
      return answer_question(from, {.periods = {month}, .service = {}, .environment = {}, .team = {}}, with, now);
    };
    const place checkout{"checkout", "production"};
    const auto before = settings({});
    const auto as_before = asked(before);
    CHECK(value_of(as_before, before, as_before.places.at(checkout), "changes") == 2);
    CHECK(value_of(as_before, before, as_before.places.at(checkout), "unmerged_hotfixes") == 1);
    CHECK(value_of(as_before, before, as_before.places.at(checkout), "overdue_reviews") == 2);
    CHECK(value_of(as_before, before, as_before.places.at(checkout), "open_incidents") == 1);
    CHECK(!judge(as_before, before).all_of(checkout).empty());

    const auto with = settings(*parse_time("2026-01-10T00:00:00Z"));
    const auto s = asked(with);
    for (const auto* of : {&s.places.at(checkout), &s.teams.at("payments")}) {
      const bool is_team = of != &s.places.at(checkout);
      CHECK(value_of(s, with, *of, "changes") == (is_team ? 2 : 1));
      CHECK(value_of(s, with, *of, "changes", 1) == 1);
      CHECK(value_of(s, with, *of, "deployments") == (is_team ? 2 : 1));
      CHECK(value_of(s, with, *of, "incidents") == 1);
      CHECK(value_of(s, with, *of, "incidents", 5) == 0);
      CHECK(value_of(s, with, *of, "unmerged_hotfixes") == 0);
      CHECK(value_of(s, with, *of, "overdue_reviews") == 0);
      CHECK(value_of(s, with, *of, "open_incidents") == 0);
      CHECK(value_of(s, with, *of, "firefighting_seconds") == 60);
    }
    CHECK(judge(s, with).all_of(checkout).empty());
    CHECK(!judge(s, with).all_of({"search", "production"}).empty());
    const auto jan_5 = *parse_time("2026-01-05T00:00:00Z");  // before it was retired it had follow-ups
    const auto then =
        answer_question(from, {.periods = s.periods, .service = {}, .environment = {}, .team = {}}, with, jan_5);
    CHECK(value_of(then, with, then.places.at(checkout), "unmerged_hotfixes") == 1);
  }
}
