#pragma once
// Coverage (figures.md section 16): the kinds of evidence that figures need, how much of each is there, and what
// supplies more.
#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/figures/figure.hpp"

namespace releasehealth {

/// Coverage is measured over this time up to now.
inline constexpr duration coverage_window = std::chrono::days{90};
/// Figures with less coverage are marked.
inline constexpr double enough_coverage = 0.9;
inline constexpr std::string_view coverage_ratio = "coverage_ratio";

struct evidence_rule {
  std::string_view name;
  std::vector<std::string> known, all;   ///< columns of the ratio: things with this evidence, among all of them
  std::vector<std::string> judged_by;    ///< a threshold is judged if one of these columns is positive; empty: always
  std::vector<std::string> judges = {};  ///< needed if one of these columns is positive; empty: always needed
  std::string_view tracked = {};         ///< the figures have no value if this column is 0; empty: always tracked
  std::string_view counted;              ///< plural noun of the counted things
  std::string_view gap;                  ///< message where the evidence is missing
  std::string_view needed_by;            ///< the figures that need it, as a display text
  std::string_view cure;                 ///< the setting or the source that supplies it
};
std::span<const evidence_rule> evidence_rules();
/// Null if no rule has that name.
const evidence_rule* find_evidence(std::string_view name);
/// The slices of coverage_ratio, one for each rule.
std::vector<slice> slices_by_evidence();
/// The column that must be positive for a figure to be tracked; empty: the figure is always tracked.
std::string_view tracked_by(const figure&);

}
