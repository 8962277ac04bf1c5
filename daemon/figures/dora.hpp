#pragma once
// The five DORA metrics and their published performance bands.
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// A DORA metric. Bands are DORA's clusters of 2023; the rework rate has none, only an average of 2025.
struct dora_metric {
  std::string_view title;
  std::string_view figure;        ///< a name of figures(); for quantiles the median is used
  std::string_view observations;  ///< plural noun of its observations
  bool more_is_better;
  double elite, high, medium;  ///< inclusive bounds of the bands in the figure's unit; all 0: no bands
};
std::span<const dora_metric> dora_metrics();

/// elite, high, medium or low; empty if the metric has no bands or there are fewer than five observations. Only for the
/// value of a single service: a sum over services can be elite although no service is.
std::string_view band_of(const dora_metric&, const figure_value&);
constexpr double least_for_a_band = 5;
/// "2 high, 1 low", the best band first; empty if no service has a band.
std::string count_bands(std::span<const std::string_view> bands);

/// Explanation of the bands for readers of the report.
inline constexpr std::string_view about_bands =
    "Bands: DORA's clusters of 2023 (deployments on 5, 1 days a week, 1 a month; lead time and recovery within a day, "
    "a "
    "week, 30 days, or an hour, a day, a week; change fail rate up to 5, 10, 15 %). The rework rate has none; DORA's "
    "average of 2025 is 22 %. A band needs five observations of one service.";

}
