// Compares every figure of random histories with tests/oracle, an independent implementation of figures.md in another
// language.
#include <cstdlib>
#include <fstream>

#include "daemon/figures/snapshot.hpp"
#include "tests/check.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/random_history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

unsigned histories() {
  const char* asked = std::getenv("RELEASEHEALTH_ORACLE");
  return asked ? static_cast<unsigned>(std::stoul(asked)) : 60;
}

constexpr const char* zones[] = {"UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia"};

constexpr const char* own_images = "acme/(?P<service>[^:@/]+)-worker|envoy";

/// Environments by the name of their group.
const std::map<std::string, std::string> grouped = {{"production", "everywhere"}, {"prod-eu", "everywhere"}};

ledger::derive_settings derive_settings_in(const calendar& zone, const std::map<std::string, std::string>& groups) {
  ledger::derive_settings s;
  std::vector<environment_rule> environments;
  for (const auto& [name, group] : groups) environments.push_back({.name = name, .production = true, .group = group});
  s.blame.names = naming(
      {{"checkout", "payments", {}, {}, {}}, {.name = "search", .team = "payments", .sidecars_are_changes = true}},
      std::move(environments));
  s.images["other"].own = *compile_pattern(own_images);
  s.joins = {.ranks = {{"other", 0}, {"test", 1}, {"tracker", 2}}, .monitors = {"other"}, .trackers = {"tracker"}};
  s.joins.filters["tracker"].severities = {1, 2, 3};
  s.joins.filters["tracker"].any_of = {{"labels", {"incident", "outage"}}, {"issue_type", {"Incident"}}};
  s.stack.rollback_lookback = std::chrono::days(40);
  s.stack.rules.zone = zone;
  s.stack.rules.release_hours = {*parse_weekly_hours("Mon-Thu 09:00-16:00")};
  const kind_rule rules[] = {{.name = "quick",
                              .kind = deployment_kind::hotfix,
                              .when = {},
                              .unless = {},
                              .patch_release = true,
                              .at_most = std::chrono::hours(48)},
                             {.name = "fire",
                              .kind = deployment_kind::hotfix,
                              .when = {},
                              .unless = {},
                              .patch_release = true,
                              .at_most = {},
                              .during_incident = true},
                             {.name = "night",
                              .kind = deployment_kind::hotfix,
                              .when = {{"title", *compile_pattern("^Fix")}},
                              .unless = {},
                              .at_most = {},
                              .outside_calendar = true}};
  s.stack.rules.rules.assign(std::begin(rules), std::end(rules));
  return s;
}

json::value or_null(const std::optional<double>& n) { return n ? json::value(*n) : json::value(nullptr); }

json::object told(const std::vector<event>& events, const snapshot& s, const figure_settings& with,
                  const std::map<std::string, std::string>& groups) {
  json::array all, figures, periods;
  for (const auto& e : events)
    all.push_back({{"id", e.id},
                   {"source", e.source},
                   {"type", word(e.type)},
                   {"thing", word(e.thing)},
                   {"subject", e.subject},
                   {"time", format_time(e.time)},
                   {"override", e.is_override},
                   {"fields", e.fields}});
  for (const auto& p : s.periods)
    periods.push_back({{"label", p.label}, {"begin", format_time(p.begin)}, {"end", format_time(p.end)}});
  for_each_figure(s, with, [&](const figure_row& row) {
    json::object labels;
    for (const auto& [name, value] : row.labels()) labels[name] = value;
    const auto v = row.value.value_or(figure_value());
    figures.push_back({{"service", row.where.service},
                       {"team", row.team},
                       {"environment", row.where.environment},
                       {"period", row.span.label},
                       {"figure", row.shown.name},
                       {"labels", std::move(labels)},
                       {"value", row.value ? json::value(v.value) : json::value(nullptr)},
                       {"numerator", or_null(v.numerator)},
                       {"denominator", or_null(v.denominator)},
                       {"observations", or_null(v.observations)}});
  });
  return {{"now", format_time(s.at)},
          {"events", std::move(all)},
          {"periods", std::move(periods)},
          {"figures", std::move(figures)},
          {"settings",
           {{"zone", with.zone.zone_name()},
            {"teams", {{"checkout", "payments"}, {"search", "payments"}}},
            {"groups", json::value_from(groups)},
            {"sidecars", json::array{"search"}},
            {"images", {{"other", own_images}}},
            {"engineers", {{"payments", 2}}},
            {"ranks", {{"other", 0}, {"test", 1}, {"tracker", 2}}},
            {"trackers", {"tracker"}},
            {"monitors", {"other"}},
            {"severities", {{"tracker", {1, 2, 3}}}},
            {"any_of", {{"tracker", {{"labels", {"incident", "outage"}}, {"issue_type", json::array{"Incident"}}}}}},
            {"rollback_lookback", 40 * 86400},
            {"response_target", 7200},
            {"causes", json::value_from(with.causes)}}}};
}

}

TEST_SUITE("postgres") {
  TEST_CASE("every figure of random histories equals an independent brute-force computation") {
    const temporary_folder folder;
    const database db;
    ledger::appender to(db.where());
    ledger::reader from(db.where());
    std::string files;
    const char* only = std::getenv("RELEASEHEALTH_SEED");
    const unsigned first = only ? static_cast<unsigned>(std::stoul(only)) : 1;
    for (unsigned seed = first; seed < first + histories(); ++seed) {
      random_history h(seed);
      figure_settings with;
      with.zone = *calendar::in_zone(zones[seed % std::size(zones)]);
      const auto groups = seed % 2 ? grouped : decltype(grouped)();
      const auto derive_with = derive_settings_in(with.zone, groups);
      with.names = derive_with.blame.names;
      with.engineers["payments"] = 2;
      const auto now = *parse_time("2026-01-03T11:30:00Z") + std::chrono::days(h.one_in(2) ? h.pick(40) : h.pick(300)) +
                       std::chrono::minutes(h.pick(1440));
      auto periods = current_periods(with.rolling, with.zone, now);
      for (const auto* label : {"2026-01", "2026-03", "2026-Q1", "2026-Q3"})
        periods.push_back(*parse_period(label, with.zone, now));
      db.empty();
      REQUIRE(to.append({entry_of("history-" + std::to_string(seed), h.events)}).front());
      ledger::deriver(db.where(), derive_with).derive();
      with = as_derived(from, with);
      const auto s =
          answer_question(from, {.periods = periods, .service = {}, .environment = {}, .team = {}}, with, now);
      const auto file = folder.path() / ("history-" + std::to_string(seed) + ".json");
      std::ofstream(file) << json::serialize(told(h.events, s, with, groups));
      files += ' ' + file.string();
    }
    CHECK(std::system(("python3 " SOURCE_DIR "/tests/oracle/oracle.py" + files).c_str()) == 0);
  }
}
