#pragma once
// Which limits a service or a team breaks: what alerts say, for pipelines, badges and the review.
#include <vector>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// A limit that is a figure itself is that figure's value; nothing where there is none to compare with.
std::optional<double> resolved_limit(const threshold&, const snapshot&, const scope_figures&);

struct broken_limit {
  threshold of;
  double value = 0, limit = 0;  ///< in the figure's unit; of an age seconds
};

/// Of a place, by the limits of its service: those that are broken, with as much to measure as their minimum asks for
/// (figures.md §12). The snapshot has the periods of the limits.
std::vector<broken_limit> broken_limits(const snapshot&, const figure_settings&, const place&);
/// Of a team, by its own limits and those on figures that only teams have.
std::vector<broken_limit> broken_limits(const snapshot&, const figure_settings&, const std::string& team);

/// "had 6 hotfixes, the limit is 5 (month)": what an alert says, without who.
std::string in_words(const broken_limit&);

}
