#pragma once
// DORA's five metrics and the performance bands that it published for them.
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// One of the five. Bands are those of DORA's clusters of 2023; the rework rate has none, of 2025 there is an average.
struct dora_metric {
  std::string_view title;
  std::string_view figure;  ///< of figures(); of quantiles the median
  std::string_view of;      ///< what it is measured over
  bool more_is_better;
  double elite, high, medium;  ///< where each band ends, inclusive where less is better; all 0: no bands
};
std::span<const dora_metric> dora_metrics();

/// elite, high, medium, low; empty if there are no bands, or fewer than five observations. Only a single service has a
/// band: DORA's are those of one service's team, and sums of services are elite without any of them being so.
std::string_view band_of(const dora_metric&, const figure_value&);
constexpr double least_for_a_band = 5;
/// "2 high, 1 low", the best first; empty without any.
std::string count_bands(std::span<const std::string_view> bands);

/// What the bands are, for a reader of the report.
inline constexpr std::string_view about_bands =
    "Bands: DORA's clusters of 2023 (deployments on 5, 1 days a week, 1 a month; lead time and recovery within a day, "
    "a "
    "week, 30 days, or an hour, a day, a week; change fail rate up to 5, 10, 15 %). The rework rate has none; DORA's "
    "average of 2025 is 22 %. A band needs five observations of one service.";

}
