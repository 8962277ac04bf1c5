#pragma once
// What the pages are made of: the figures of two years of months, and the thresholds as they stood at the end of the
// last one.
#include <span>

#include "daemon/figures/dora.hpp"
#include "daemon/figures/verdict.hpp"
#include "daemon/review/review.hpp"

namespace releasehealth {

/// A figure that leads a page.
struct headline {
  std::string title;
  const figure* of;
  std::string_view slice;    ///< empty: all slices together
  std::string_view limited;  ///< of limited_figures(), if it can have a threshold
  std::string_view over;     ///< what it is measured over, in the plural; beside another figure, what that is
  bool more_is_better = false;
  const dora_metric* dora = nullptr;
  const figure* beside = nullptr;  ///< shown in its place, in words
};
/// Hotfixes, rollbacks, time to issue, firefighting: how healthy releases are.
std::span<const headline> health_headlines();
/// DORA's five.
std::span<const headline> dora_headlines();

struct reviewed {
  std::chrono::year_month month{};
  bool is_so_far = false;      ///< the month is not over
  bool is_of_one = false;      ///< it is about one service
  std::vector<period> months;  ///< two years of them, the one that is looked at last
  snapshot together;           ///< over all the months
  snapshot apart;              ///< places and teams: the last two months, and the periods of thresholds up to the end

  const period& last() const { return months.back(); }
  const period& before() const { return months[months.size() - 2]; }
};
constexpr int reviewed_months = 24;

/// `month` is no later than the one of `now`. The thresholds' own periods are in it, too, up to the end of the month.
reviewed look_at(ledger::reader&, const review_question&, const figure_settings&, timestamp now);

/// A headline's value in one of the months that the snapshot has; none in a month without data. A frequency divides by
/// the days that data covers.
std::optional<figure_value> value_of(const snapshot&, const headline&, const scope_figures&, const period&,
                                     const figure_settings&);
/// What is measured in a month; nothing where the scope has no data.
std::optional<measured> measure(const snapshot&, const scope_figures&, const period&, const figure_settings&);
/// With its unit.
std::string written(const headline&, double value);

/// A judged threshold of somebody.
struct threshold_of {
  place where;  ///< empty: a team
  std::string team;
  judged_threshold judged;
};
/// Of services in their production environments, then of teams.
std::vector<threshold_of> all_thresholds(const reviewed&, const figure_settings&);
std::vector<threshold_of> exceeded_among(std::vector<threshold_of>);
std::vector<judged_threshold> judged_of(const std::vector<threshold_of>&);
/// The headline of a page: {"is_good", "is_bad", "headline", "note"}; neither good nor bad: not judged.
json::object verdict_on(const std::vector<judged_threshold>&);

/// A row for each month, the last first: the headlines as text.
json::object trend_table(const reviewed&, const figure_settings&);

/// What changed since the month before, in words.
json::array changes_in_words(const reviewed&, const figure_settings&);

}
