#pragma once
// What the pages are made of: the figures of two years of months, and the limits as they stood at the end of the last
// one.
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
  std::string_view limited;  ///< of limited_figures(), if it has a limit
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
  std::chrono::year_month month;
  bool is_so_far = false;  ///< the month is not over
  std::vector<period> months;
  snapshot s;

  const period& last() const { return months.back(); }
  const period& before() const { return months[months.size() - 2]; }
};
constexpr int reviewed_months = 24;

/// `month` is no later than the one of `now`. The limits' own periods are in it, too, up to the end of the month.
reviewed look_at(ledger::reader&, const review_question&, const figure_settings&, timestamp now);

/// A headline's value in one of the months.
std::optional<figure_value> value_of(const reviewed&, const headline&, const scope_figures&, const period&,
                                     const figure_settings&);
/// With its unit.
std::string written(const headline&, double value);

/// What breaks a limit: services in their environments, then teams.
struct broken_by {
  place where;  ///< empty: a team
  std::string team;
  broken_limit what;
};
std::vector<broken_by> all_broken(const reviewed&, const figure_settings&);

/// A card for each headline: value, what it is measured over, the month before, DORA's band, a chart. `scope_limits`:
/// those of the scope itself; without them the limits are those of the services, and `broken` counts them.
json::array cards(const reviewed&, std::span<const headline>, const scope_figures&, const figure_settings&,
                  const std::vector<threshold>& scope_limits, const std::vector<broken_by>& broken);

/// A row for each month, the last first: the headlines as text.
json::object trend_table(const reviewed&, const scope_figures&, const figure_settings&);

/// What changed since the month before, in words.
json::array changes_in_words(const reviewed&, const figure_settings&);

}
