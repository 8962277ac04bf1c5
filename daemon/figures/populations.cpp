#include "daemon/figures/populations.hpp"

#include <numeric>

namespace releasehealth {
namespace {

/// The columns of figures that are counted by key ("cause:data").
std::vector<std::string> breakdown_keys(const figure_settings& settings) {
  std::vector<std::string> all;
  for (const auto& f : figures())
    for (const auto& part : settings.slices_of(f))
      for (const auto& c : part.columns)
        if (c.find(':') != c.npos) all.push_back(c);
  return all;
}

// Length of the latest run of months with more hotfixes than the month before (figures.md §11). The month of a scope's
// first deployment has only partial data, so no month is compared with it.
int rising_run(const ledger::hotfix_months& history, const std::vector<timestamp>& begins) {
  int run = 0;
  for (auto m = history.hotfixes.size(); m-- > 1 && history.hotfixes[m] > history.hotfixes[m - 1];) {
    if (!history.since || begins[m - 1] < *history.since) break;
    ++run;
  }
  return run;
}

}

ledger::population count_by_period(std::string_view statement, const question_over_periods& q) {
  return q.database.count(statement, q.periods, q.scopes);
}

ledger::population count_with_target(std::string_view statement, const question_over_periods& q) {
  return q.database.count(statement, q.periods, q.scopes, in_seconds(q.settings.response_target));
}

ledger::population count_by_key(std::string_view statement, const question_over_periods& q) {
  return q.database.count_keys(statement, q.periods, q.scopes, breakdown_keys(q.settings), q.settings.causes);
}

ledger::population count_work(std::string_view statement, const question_over_periods& q) {
  return q.database.count_work(statement, q.periods, q.scopes, q.services_of);
}

ledger::population count_at_instant(std::string_view statement, const question_now& q) {
  return q.database.count_now(statement, q.scopes, q.now);
}

ledger::population count_tracked(std::string_view statement, const question_now& q) {
  return q.database.count_now(statement, q.scopes, q.now, terms_of(q.settings));
}

ledger::population count_rising_months(std::string_view, const question_now& q) {
  // a run of a year is rare, so longer ones are counted in a second statement; 60 months bound the run
  constexpr int a_year = 12, most = 60;
  ledger::population out{{"rising_months"}, {}};
  std::vector<std::size_t> rising(q.scopes.size());
  std::iota(rising.begin(), rising.end(), 0);
  for (const int months : {a_year, most}) {
    std::vector<ledger::scope> asked;
    std::vector<timestamp> begins;
    asked.reserve(rising.size());
    for (const auto n : rising) asked.push_back(q.scopes[n]);
    for (int back = months; back >= 0; --back) begins.push_back(q.settings.zone.month_begin(q.now, -back));
    const auto all = q.database.count_hotfix_months(asked, begins);
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

}
