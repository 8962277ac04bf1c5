#pragma once
// The figures of all places at one instant: what /metrics shows, reports print and the API answers.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/figures/exposition.hpp"
#include "daemon/figures/figure.hpp"
#include "daemon/figures/period.hpp"
#include "daemon/figures/threshold.hpp"

namespace releasehealth {

/// What the figures are computed by, apart from events.
struct figure_settings {
  std::vector<std::string> rolling = {"7d", "30d", "90d", "180d"};
  calendar zone;
  naming names;
  std::vector<threshold> thresholds = default_thresholds();  ///< effective ones
};

struct place_figures {
  std::map<std::string, std::vector<std::int64_t>, std::less<>> counts;  ///< by period label
  std::map<std::string, timestamp> last;                                 ///< by kind
};

struct snapshot {
  timestamp at;
  std::vector<period> periods;
  std::vector<std::string> columns;
  std::map<place, place_figures> places;
};

/// Computes the figures of the given places and puts them in. The periods replace those of the snapshot.
void compute(snapshot& into, ledger::reader&, const std::vector<period>&, const std::set<place>&, timestamp now);

/// One figure's value for one place and period, with all that names it.
struct figure_row {
  const place& where;
  const period& over;
  const figure& of;
  const slice& in;
  std::optional<figure_value> value;
};

/// Calls `each(figure_row)` for every figure, place and period that is defined (figures.md §1: only production has
/// all), by figure first. Rows without a value included.
template <class Each>
void for_each_figure(const snapshot& s, const naming& names, Each each) {
  for (const auto& f : figures())
    for (const auto& [where, known] : s.places) {
      if (!f.everywhere && !names.is_production(where.environment)) continue;
      for (const auto& p : s.periods) {
        const auto counts = known.counts.find(p.label);
        if (counts == known.counts.end()) continue;
        for (const auto& in : f.slices)
          each(figure_row{where, p, f, in, evaluate(f, in, s.columns, counts->second, p)});
      }
    }
}

/// The page of the figures and their thresholds.
std::string render(const snapshot&, const figure_settings&, text_format);

}
