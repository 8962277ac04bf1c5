#include "daemon/figures/dora.hpp"

namespace releasehealth {
namespace {

constexpr double hour = 3600, day = 24 * hour, week = 7 * day;

constexpr dora_metric table[] = {
    {"deployment frequency", "deployments_per_day", "deployments", true, 5.0 / 7, 1.0 / 7, 1.0 / 30},
    {"change lead time", "lead_time_seconds", "changes", false, day, week, 30 * day},
    {"change fail rate", "change_fail_ratio", "changes", false, 0.05, 0.10, 0.15},
    {"failed deployment recovery time", "recovery_seconds", "failed changes", false, hour, day, week},
    {"deployment rework rate", "rework_ratio", "deployments", false, 0, 0, 0},
};

}

std::span<const dora_metric> dora_metrics() { return table; }

std::string_view band_of(const dora_metric& m, double value) {
  if (m.elite == 0) return {};
  const auto reaches = [&](double end) { return m.more_is_better ? value >= end : value <= end; };
  return reaches(m.elite) ? "elite" : reaches(m.high) ? "high" : reaches(m.medium) ? "medium" : "low";
}

}
