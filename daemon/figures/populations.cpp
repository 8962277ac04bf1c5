#include "daemon/figures/populations.hpp"

#include <numeric>

#include "sql/figures.hpp"

namespace releasehealth {
namespace {

ledger::population plain(std::string_view statement, ledger::reader& from, const std::vector<period>& periods,
                         const std::vector<ledger::scope>& scopes) {
  return from.count(statement, periods, scopes);
}

/// The columns that are counted by key.
std::vector<std::string> breakdown_keys(const figure_settings& settings) {
  std::vector<std::string> all;
  for (const auto& f : figures())
    for (const auto& in : settings.slices_of(f))
      for (const auto& c : in.columns)
        if (c.find(':') != c.npos) all.push_back(c);
  return all;
}

// figures.md §11: a run of months, each with more hotfixes than the one before. The month in which a scope's first
// deployment finished is not covered whole, so nothing is compared with it.
// How many of the last months each had more hotfixes than the one before, as far as both have data.
int rising_run(const ledger::hotfix_months& of, const std::vector<timestamp>& begins) {
  int run = 0;
  for (auto m = of.hotfixes.size(); m-- > 1 && of.hotfixes[m] > of.hotfixes[m - 1];) {
    if (!of.since || begins[m - 1] < *of.since) break;
    ++run;
  }
  return run;
}

ledger::population count_rising_months(ledger::reader& from, const std::vector<ledger::scope>& scopes,
                                       const figure_settings& settings, timestamp now) {
  // few rise for a year; a run of sixty would end with as many hotfixes in a month
  constexpr int a_year = 12, most = 60;
  ledger::population out{{"rising_months"}, {}};
  std::vector<std::size_t> rising(scopes.size());
  std::iota(rising.begin(), rising.end(), 0);
  for (const int months : {a_year, most}) {
    std::vector<ledger::scope> asked;
    std::vector<timestamp> begins;
    asked.reserve(rising.size());
    for (const auto n : rising) asked.push_back(scopes[n]);
    for (int back = months; back >= 0; --back) begins.push_back(settings.zone.month_begin(now, -back));
    const auto all = from.count_hotfix_months(asked, begins);
    std::vector<std::size_t> longer;
    for (std::size_t n = 0; n < all.size(); ++n) {
      const auto run = rising_run(all[n], begins);
      if (run == a_year - 1 && months < most)
        longer.push_back(rising[n]);
      else
        out.rows.push_back({rising[n], {}, {static_cast<double>(run)}});
    }
    if (longer.empty()) break;
    rising = std::move(longer);
  }
  return out;
}

constexpr asker every_population[] = {
    [](auto& from, auto& periods, auto& scopes, auto&, auto&) {
      return plain(sql::figures::deployments, from, periods, scopes);
    },
    [](auto& from, auto& periods, auto& scopes, auto&, auto&) {
      return plain(sql::figures::changes, from, periods, scopes);
    },
    [](auto& from, auto& periods, auto& scopes, auto&, auto&) {
      return plain(sql::figures::incidents, from, periods, scopes);
    },
    [](auto& from, auto& periods, auto& scopes, auto& settings, auto&) {
      return from.count(sql::figures::hotfixes, periods, scopes,
                        std::chrono::duration<double>(settings.response_target).count());
    },
    [](auto& from, auto& periods, auto& scopes, auto& settings, auto&) {
      return from.count_keys(sql::figures::hotfix_breakdowns, periods, scopes, breakdown_keys(settings),
                             settings.causes);
    },
    [](auto& from, auto& periods, auto& scopes, auto&, auto& services_of) {
      return from.count_work(periods, scopes, services_of);
    },
};

constexpr asker_now every_population_now[] = {
    [](auto& from, auto& scopes, auto&, auto now) { return from.last_deployments(scopes, now); },
    [](auto& from, auto& scopes, auto&, auto now) { return from.open_incidents(scopes, now); },
    [](auto& from, auto& scopes, auto& settings, auto now) {
      const auto seconds = [](duration d) { return std::chrono::duration<double>(d).count(); };
      return from.follow_ups(scopes, now, seconds(settings.follow_up_horizon), seconds(settings.review_due));
    },
    count_rising_months,
};

}

std::span<const asker> populations() { return every_population; }
std::span<const asker_now> populations_now() { return every_population_now; }

}
