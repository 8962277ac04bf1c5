#pragma once
// What figures rest on (figures.md section 16): the kinds of evidence, how much of each there is, what would supply
// more.
#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "daemon/figures/figure.hpp"

namespace releasehealth {

/// Up to now: what coverage looks at.
inline constexpr duration coverage_window = std::chrono::days{90};
/// A figure that rests on less is marked where it is shown.
inline constexpr double enough_coverage = 0.9;
inline constexpr std::string_view coverage_ratio = "coverage_ratio";

struct evidence_rule {
  std::string_view name;
  std::vector<std::string> known, all;   ///< columns: of how many there is evidence, and of how many there could be
  std::vector<std::string> judged_by;    ///< a threshold needs something in one of these columns; empty: it needs none
  std::vector<std::string> judges = {};  ///< columns: without anything in these nothing needs it; empty: always needed
  std::string_view tracked = {};         ///< a column: without anything in it the figures have no value
  std::string_view counted;              ///< the counted things, in the plural
  std::string_view gap;                  ///< the gap in words where there is no evidence
  std::string_view needed_by;            ///< figures, for people
  std::string_view cure;                 ///< the setting or the source that would supply it
};
std::span<const evidence_rule> evidence_rules();
/// Null: there is none of that name.
const evidence_rule* find_evidence(std::string_view name);
/// coverage_ratio, one for each.
std::vector<slice> slices_by_evidence();
/// The column without which a figure is not tracked; empty: it has values always.
std::string_view tracked_by(const figure&);

}
