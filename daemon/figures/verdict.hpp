#pragma once
// Which limits a service or a team breaks: what alerts say, for pipelines, badges and the review.
#include <vector>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// A limit that is a figure itself is that figure's value; nothing where there is none to compare with.
std::optional<double> resolved_limit(const threshold&, const snapshot&, const scope_figures&);

enum class standing {
  held,      ///< the value is on the right side
  broken,    ///< it is on the wrong one
  too_few,   ///< less to measure than the limit's minimum asks for (figures.md §12)
  no_value,  ///< nothing to measure, or nothing to compare with
};

struct judged_limit {
  threshold of;
  standing is = standing::no_value;
  double value = 0, limit = 0;  ///< in the figure's unit; of an age seconds
};
/// Each limit of a place's service. The snapshot has the periods of the limits.
std::vector<judged_limit> judge_limits(const snapshot&, const figure_settings&, const place&);
/// Each limit of a team: its own and those on figures that only teams have.
std::vector<judged_limit> judge_limits(const snapshot&, const figure_settings&, const std::string& team);

/// Those that are broken.
std::vector<judged_limit> broken_among(std::vector<judged_limit>);

/// "had 6 hotfixes, the limit is 5 (month)": what an alert says, without who.
std::string in_words(const judged_limit&);

}
