#include "daemon/figures/figure.hpp"

#include <algorithm>

namespace releasehealth {
namespace {

const figure table[] = {
    {.name = "deployments",
     .help = "Succeeded deployments finished in the period, by kind.",
     .looks = shape::count,
     .label = "kind",
     .slices =
         {{"planned", {"planned"}}, {"hotfix", {"hotfix"}}, {"rollback", {"rollback"}}, {"redeploy", {"redeploy"}}},
     .denominator = {},
     .everywhere = true},
    {.name = "failed_deployments",
     .help = "Attempts to deploy that ended failed in the period.",
     .looks = shape::count,
     .label = {},
     .slices = {{"", {"failed"}}},
     .denominator = {},
     .everywhere = true},
    {.name = "deployments_per_day",
     .help = "Deployment frequency (DORA): planned, hotfix and rollback deployments per day of the period.",
     .looks = shape::per_day,
     .label = {},
     .slices = {{"", {"planned", "hotfix", "rollback"}}},
     .denominator = {}},
    {.name = "changes",
     .help = "Deployments of the period that changed what is live, by kind.",
     .looks = shape::count,
     .label = "kind",
     .slices = {{"planned", {"planned_changes"}}, {"hotfix", {"hotfix_changes"}}},
     .denominator = {}},
    {.name = "rolled_back_changes",
     .help = "Changes of the period that were rolled back, whenever that happened.",
     .looks = shape::count,
     .label = {},
     .slices = {{"", {"rolled_back"}}},
     .denominator = {}},
    {.name = "hotfixes_per_planned_deployment",
     .help = "Hotfixes of the period for each planned deployment.",
     .looks = shape::ratio,
     .label = {},
     .slices = {{"", {"hotfix"}}},
     .denominator = {"planned"}},
    {.name = "rework_ratio",
     .help = "Deployment rework rate (DORA): hotfixes among planned, hotfix and rollback deployments.",
     .looks = shape::ratio,
     .label = {},
     .slices = {{"", {"hotfix"}}},
     .denominator = {"planned", "hotfix", "rollback"}},
    {.name = "rollback_ratio",
     .help = "Changes of the period that were rolled back, among all its changes.",
     .looks = shape::ratio,
     .label = {},
     .slices = {{"", {"rolled_back"}}},
     .denominator = {"planned_changes", "hotfix_changes"}},
};

std::int64_t sum(const std::vector<std::string_view>& wanted, const std::vector<std::string>& columns,
                 const std::vector<std::int64_t>& counts) {
  std::int64_t total = 0;
  for (const auto& w : wanted) {
    const auto at = std::ranges::find(columns, w);
    if (at == columns.end()) throw std::logic_error("no population counts " + std::string(w));
    total += counts[static_cast<std::size_t>(at - columns.begin())];
  }
  return total;
}

}

std::span<const figure> figures() { return table; }

const figure* find_figure(std::string_view name) {
  const auto found = std::ranges::find(table, name, &figure::name);
  return found == std::end(table) ? nullptr : found;
}

std::optional<figure_value> evaluate(const figure& f, const slice& s, const std::vector<std::string>& columns,
                                     const std::vector<std::int64_t>& counts, const ledger::period& over) {
  const auto numerator = sum(s.columns, columns, counts);
  switch (f.looks) {
    case shape::count: return figure_value{static_cast<double>(numerator), {}, {}};
    case shape::ratio: {
      const auto denominator = sum(f.denominator, columns, counts);
      if (denominator == 0) return {};
      return figure_value{static_cast<double>(numerator) / static_cast<double>(denominator), numerator, denominator};
    }
    case shape::per_day: {
      const std::chrono::duration<double, std::ratio<86400>> days = over.end - over.begin;
      if (days.count() <= 0) return {};
      return figure_value{static_cast<double>(numerator) / days.count(), numerator, {}};
    }
  }
  return {};
}

}
