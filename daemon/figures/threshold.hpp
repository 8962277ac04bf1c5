#pragma once
// Thresholds of figures (figures.md section 12): the figures that can have one, the defaults, and those of a service.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/timeline/naming.hpp"

namespace releasehealth {

/// A figure that can have a threshold: the compared value and its display names.
struct threshold_figure {
  std::string_view name;        ///< the name in [[threshold]]
  std::string_view figure;      ///< a name of figures()
  std::string_view slice;       ///< a slice of that figure, or a quantile; empty: its only slice
  std::string_view minimum_of;  ///< the figure that must reach the minimum; empty: the observations of a quantile
  std::string_view minimum_slice;
  std::string_view counted;   ///< plural noun of the things that the minimum counts
  std::string_view alert;     ///< ReleaseHealth...
  std::string_view summary;   ///< one static sentence
  std::string_view title;     ///< the name on pages, in alerts and in the gate's output
  std::string_view shown_by;  ///< Prometheus template function that formats value and threshold
  bool is_age = false;        ///< the figure is a time; the threshold applies to the seconds since then
};
std::span<const threshold_figure> threshold_figures();
const threshold_figure* find_threshold_figure(std::string_view name);

struct threshold {
  std::string figure, period;  ///< empty period: the figure describes the current instant
  bool above = true;           ///< exceeded above the value; false: below it
  double value = 0;
  double minimum = 0;      ///< minimum of the denominator or the observations; 0: none
  std::string service;     ///< empty: every service
  std::string team;        ///< empty: every team if only teams have the figure, else no team
  std::string ratio = {};  ///< a figure of the same scope and period to compare with; empty: `value`
};

/// The defaults of figures.md §12. Its "at least 3" is the equivalent "above 2" here.
std::vector<threshold> default_thresholds(duration merge_back_due = std::chrono::hours{24});

/// The configured thresholds, and each default unless a threshold for all services is configured for the same figure
/// and period.
std::vector<threshold> effective_thresholds(const std::vector<threshold>& configured,
                                            const std::vector<threshold>& defaults);

/// The thresholds of one service: its own replace those for every service. An empty name: only those for every service.
std::vector<threshold> thresholds_of(const std::vector<threshold>& effective, std::string_view service);

/// The thresholds of one team: its own replace the general ones on figures that only teams have. An empty name: only
/// the general ones.
std::vector<threshold> thresholds_of_team(const std::vector<threshold>& effective, std::string_view team);

}
