#pragma once
// Thresholds of figures (figures.md section 12): which figures can have one, the defaults, and which ones a service
// has.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/timeline/naming.hpp"

namespace releasehealth {

/// A figure that may have a threshold: what is compared, and how it is called where that is shown.
struct limited_figure {
  std::string_view name;        ///< as [[threshold]] names it
  std::string_view figure;      ///< of figures()
  std::string_view slice;       ///< of that figure, or its quantile; empty: its only one
  std::string_view minimum_of;  ///< the figure whose sum must reach the minimum; empty: of a quantile its observations
  std::string_view minimum_slice;
  std::string_view counted;   ///< what the minimum counts, in the plural
  std::string_view alert;     ///< ReleaseHealth...
  std::string_view summary;   ///< one static sentence
  std::string_view title;     ///< as pages, alerts and the gate call it
  std::string_view shown_by;  ///< how a Prometheus template shows value and threshold
  bool is_age = false;        ///< the figure says since when: the threshold is on the seconds from then on
};
std::span<const limited_figure> limited_figures();
const limited_figure* find_limited_figure(std::string_view name);

struct threshold {
  std::string figure, period;  ///< the period is empty for what holds at an instant
  bool above = true;           ///< the side on which it is exceeded
  double limit = 0;
  double minimum = 0;         ///< of the denominator or the observations; 0: none
  std::string service;        ///< empty: every service
  std::string team;           ///< empty: every team, if the figure is one of teams; else none
  std::string limit_of = {};  ///< the figure of the same scope and period that is the limit; empty: `limit`
};

/// figures.md §12. What it asks to be at least 3 is above 2.
std::vector<threshold> default_thresholds(duration merge_back_due = std::chrono::hours{24});

/// The configured ones, and the defaults whose figure and period nothing configured replaces for every service.
std::vector<threshold> effective_thresholds(const std::vector<threshold>& configured,
                                            const std::vector<threshold>& defaults);

/// The thresholds of one service: its own before those for every service. Without a name: the latter.
std::vector<threshold> thresholds_of(const std::vector<threshold>& effective, std::string_view service);

/// The thresholds of one team: those for it, and those on figures that only teams have. Without a name: the latter.
std::vector<threshold> thresholds_of_team(const std::vector<threshold>& effective, std::string_view team);

}
