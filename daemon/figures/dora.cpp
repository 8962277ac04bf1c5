#include "daemon/figures/dora.hpp"

#include <algorithm>

namespace releasehealth {
namespace {

constexpr double hour = 3600, day = 24 * hour, week = 7 * day;

constexpr std::string_view bands[] = {"elite", "high", "medium", "low"};

constexpr dora_metric every_metric[] = {
    {"deployment frequency", "deployments_per_day", "deployments", true, 5.0 / 7, 1.0 / 7, 1.0 / 30},
    {"change lead time", "lead_time_seconds", "changes", false, day, week, 30 * day},
    {"change fail rate", "change_fail_ratio", "changes", false, 0.05, 0.10, 0.15},
    {"failed deployment recovery time", "recovery_seconds", "failed changes", false, hour, day, week},
    {"deployment rework rate", "rework_ratio", "deployments", false, 0, 0, 0},
};

}

std::span<const dora_metric> dora_metrics() { return every_metric; }

std::string_view band_of(const dora_metric& m, const figure_value& v) {
  // a median has observations, a ratio a denominator, a frequency only the number of deployments
  const auto observations = v.observations ? *v.observations : v.denominator ? *v.denominator : v.numerator.value_or(0);
  if (m.elite == 0 || observations < least_for_a_band) return {};
  const auto reaches = [&](double end) { return m.more_is_better ? v.value >= end : v.value <= end; };
  return reaches(m.elite) ? bands[0] : reaches(m.high) ? bands[1] : reaches(m.medium) ? bands[2] : bands[3];
}

std::string count_bands(std::span<const std::string_view> all) {
  std::string text;
  for (const auto band : bands)
    if (const auto n = std::ranges::count(all, band); n > 0)
      text += (text.empty() ? "" : ", ") + std::to_string(n) + ' ' + std::string(band);
  return text;
}

}
