#include "daemon/figures/threshold.hpp"

#include <algorithm>

namespace releasehealth {
namespace {

constexpr limited_figure table[] = {
    {"hotfixes", "deployments", "hotfix", "", "", "ReleaseHealthHotfixes", "More hotfixes than the limit.",
     "had {value} hotfixes, the limit is {limit}", "humanize"},
    {"hotfixes_per_planned_deployment", "hotfixes_per_planned_deployment", "", "deployments", "planned",
     "ReleaseHealthHotfixesPerPlannedDeployment", "More hotfixes per planned deployment than the limit.",
     "had {value} hotfixes per planned deployment, the limit is {limit}", "printf \"%.2f\""},
    {"rework_ratio", "rework_ratio", "", "deployments", "", "ReleaseHealthReworkRatio",
     "A larger share of deployments is rework than the limit.",
     "spent {value} of its deployments on hotfixes, the limit is {limit}", "humanizePercentage"},
    {"rollback_ratio", "rollback_ratio", "", "changes", "", "ReleaseHealthRollbackRatio",
     "A larger share of changes is rolled back than the limit.",
     "rolled back {value} of its changes, the limit is {limit}", "humanizePercentage"},
};

bool same_target(const threshold& a, const threshold& b) { return a.figure == b.figure && a.period == b.period; }

}

std::span<const limited_figure> limited_figures() { return table; }

const limited_figure* find_limited_figure(std::string_view name) {
  const auto found = std::ranges::find(table, name, &limited_figure::name);
  return found == std::end(table) ? nullptr : found;
}

const std::vector<threshold>& default_thresholds() {
  static const std::vector<threshold> defaults = {
      {"hotfixes", "month", true, 5, 0, {}},
      {"hotfixes_per_planned_deployment", "30d", true, 0.25, 5, {}},
      {"rollback_ratio", "90d", true, 0.05, 20, {}},
  };
  return defaults;
}

std::vector<threshold> effective_thresholds(const std::vector<threshold>& configured) {
  std::vector<threshold> all;
  for (const auto& d : default_thresholds())
    if (std::ranges::none_of(configured, [&](const auto& c) { return same_target(c, d) && c.service.empty(); }))
      all.push_back(d);
  all.insert(all.end(), configured.begin(), configured.end());
  return all;
}

std::vector<threshold> thresholds_of(const std::vector<threshold>& effective, std::string_view service) {
  std::vector<threshold> mine;
  for (const auto& t : effective) {
    if (!t.service.empty() && t.service != service) continue;
    const bool replaced = t.service.empty() && std::ranges::any_of(effective, [&](const auto& o) {
                            return o.service == service && same_target(o, t);
                          });
    if (!replaced) mine.push_back(t);
  }
  return mine;
}

}
