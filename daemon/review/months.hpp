#pragma once
// The data of the pages: the figures of two years by month, and the thresholds as of the end of the last month.
#include <span>

#include "daemon/figures/dora.hpp"
#include "daemon/figures/verdict.hpp"
#include "daemon/review/review.hpp"

namespace releasehealth {

/// A headline figure of a page.
struct headline {
  std::string title;
  const figure* wanted;
  std::string_view slice;         ///< empty: all slices together
  std::string_view threshold;     ///< a name of threshold_figures(); empty: it cannot have a threshold
  std::string_view observations;  ///< plural noun of its observations; with `companion`, the unit of that figure
  bool more_is_better = false;
  const dora_metric* dora = nullptr;
  const figure* companion = nullptr;  ///< a figure for the detail line, in place of the number of observations
};
/// Hotfixes, rollbacks, time to issue, firefighting: how healthy releases are.
std::span<const headline> health_headlines();
/// The DORA metrics.
std::span<const headline> dora_headlines();

struct reviewed {
  std::chrono::year_month month{};
  bool is_so_far = false;      ///< the month is not over
  bool is_of_one = false;      ///< the page is about one service
  std::vector<period> months;  ///< two years; the last one is the page's month
  snapshot together;           ///< all targets as one scope, over all months
  snapshot apart;              ///< each target and team: the last two months, and the thresholds' periods up to its end

  const period& last() const { return months.back(); }
  const period& before() const { return months[months.size() - 2]; }
};
constexpr int reviewed_months = 24;

/// Reads the data of a page. The month must not be later than that of `now`.
reviewed look_at(ledger::reader&, const review_question&, const figure_settings&, timestamp now);

/// A headline's value in one of the snapshot's months; empty in a month without data. A frequency divides by the days
/// that data covers.
std::optional<figure_value> value_of(const snapshot&, const headline&, const scope_figures&, const period&,
                                     const figure_settings&);
/// The measured values of a month; empty if the scope has no data.
std::optional<measured> measure(const snapshot&, const scope_figures&, const period&, const figure_settings&);
/// The formatted value with its unit.
std::string written(const headline&, double value);

/// A judged threshold of a target or a team.
struct threshold_of {
  place where;  ///< empty: a team
  std::string team;
  judged_threshold judged;
};
/// The thresholds of all services in production, then of all teams.
std::vector<threshold_of> all_thresholds(const reviewed&, const figure_settings&);
std::vector<threshold_of> exceeded_among(std::vector<threshold_of>);
std::vector<judged_threshold> judged_of(const std::vector<threshold_of>&);
/// The verdict of a page: {"is_good", "is_bad", "headline", "note"}; neither good nor bad means not judged.
json::object verdict_on(const std::vector<judged_threshold>&);

/// A row for each month, latest first, with the formatted headline figures.
json::object trend_table(const reviewed&, const figure_settings&);

/// Sentences about changes since the previous month.
json::array changes_in_words(const reviewed&, const figure_settings&);

}
