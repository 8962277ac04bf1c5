#include "daemon/figures/threshold.hpp"

#include <algorithm>

#include "collectors/words.hpp"
#include "daemon/figures/figure.hpp"

namespace releasehealth {
namespace {

constexpr threshold_figure every_limited_figure[] = {
    {"hotfixes", "deployments", word(deployment_kind::hotfix), "", "", "", "ReleaseHealthHotfixes",
     "Hotfixes exceed the threshold.", "hotfixes", "humanize"},
    {"hotfixes_per_planned_deployment", "hotfixes_per_planned_deployment", "", "deployments",
     word(deployment_kind::planned), "planned deployments", "ReleaseHealthHotfixesPerPlannedDeployment",
     "Hotfixes per planned deployment exceed the threshold.", "hotfixes per planned deployment", "printf \"%.2f\""},
    {"rework_ratio", "rework_ratio", "", "deployments", "", "deployments", "ReleaseHealthReworkRatio",
     "The deployment rework rate exceeds the threshold.", "deployment rework rate", "humanizePercentage"},
    {"rollback_ratio", "rollback_ratio", "", "changes", "", "changes", "ReleaseHealthRollbackRatio",
     "The rollback ratio exceeds the threshold.", "rollback ratio", "humanizePercentage"},
    {"change_fail_ratio", "change_fail_ratio", "", "changes", "", "changes", "ReleaseHealthChangeFailRatio",
     "The change fail rate exceeds the threshold.", "change fail rate", "humanizePercentage"},
    {"time_to_issue_seconds", "time_to_issue_seconds", "0.5", "", "", "failed changes", "ReleaseHealthTimeToIssue",
     "The median time to issue is below the threshold.", "median time to issue", "humanizeDuration"},
    {"hotfix_response_seconds", "hotfix_response_seconds", "0.5", "", "", "hotfixes with an incident",
     "ReleaseHealthHotfixResponse", "The median hotfix response time exceeds the threshold.",
     "median hotfix response time", "humanizeDuration"},
    {"firefighting_ratio", "firefighting_ratio", "", "", "", "", "ReleaseHealthFirefighting",
     "The share of firefighting exceeds the threshold.", "share of time spent firefighting", "humanizePercentage"},
    {"hotfix_fail_ratio", "hotfix_fail_ratio", "", "changes", word(deployment_kind::hotfix), "hotfixes",
     "ReleaseHealthHotfixFailRatio", "Hotfixes fail more often than planned changes.", "hotfix fail rate",
     "humanizePercentage"},
    {"oldest_unmerged_hotfix_seconds", "oldest_unmerged_hotfix_timestamp_seconds", "", "", "", "",
     "ReleaseHealthUnmergedHotfix", "A hotfix is not merged back in time.", "oldest hotfix not merged back",
     "humanizeDuration", true},
    {"overdue_reviews", "overdue_reviews", "", "", "", "", "ReleaseHealthOverdueReviews",
     "Post-incident reviews are overdue.", "overdue post-incident reviews", "humanize"},
    {"hotfix_rising_months", "hotfix_rising_months", "", "", "", "", "ReleaseHealthHotfixesRise",
     "Hotfixes rise month after month.", "months in a row with more hotfixes", "humanize"},
};

bool is_of_teams(const threshold& t) {
  const auto* l = find_threshold_figure(t.figure);
  return l && find_figure(l->figure)->owners == belongs::teams;
}

bool same_target(const threshold& a, const threshold& b) { return a.figure == b.figure && a.period == b.period; }

}

std::vector<threshold> thresholds_of_team(const std::vector<threshold>& effective, std::string_view team) {
  std::vector<threshold> mine;
  for (const auto& t : effective) {
    const bool general = t.team.empty() && t.service.empty() && is_of_teams(t);
    const bool replaced = general && !team.empty() && std::ranges::any_of(effective, [&](const auto& o) {
                            return o.team == team && same_target(o, t);
                          });
    if ((general && !replaced) || (!t.team.empty() && t.team == team)) mine.push_back(t);
  }
  return mine;
}

std::span<const threshold_figure> threshold_figures() { return every_limited_figure; }

const threshold_figure* find_threshold_figure(std::string_view name) {
  const auto found = std::ranges::find(every_limited_figure, name, &threshold_figure::name);
  return found == std::end(every_limited_figure) ? nullptr : found;
}

std::vector<threshold> default_thresholds(duration merge_back_due) {
  return {
      {"hotfixes", "month", true, 5, 0, {}, {}},
      {"hotfixes_per_planned_deployment", "30d", true, 0.25, 5, {}, {}},
      {"rollback_ratio", "90d", true, 0.05, 20, {}, {}},
      {"change_fail_ratio", "30d", true, 0.15, 10, {}, {}},
      {"time_to_issue_seconds", "30d", false, 48 * 3600, 3, {}, {}},
      {"hotfix_response_seconds", "30d", true, 2 * 3600, 1, {}, {}},
      {"firefighting_ratio", "30d", true, 0.2, 0, {}, {}},
      {"hotfix_fail_ratio", "90d", true, 0, 3, {}, {}, "planned_fail_ratio"},
      {"oldest_unmerged_hotfix_seconds", "", true, in_seconds(merge_back_due), 0, {}, {}},
      {"overdue_reviews", "", true, 0, 0, {}, {}},
      {"hotfix_rising_months", "", true, 2, 0, {}, {}},
  };
}

std::vector<threshold> effective_thresholds(const std::vector<threshold>& configured,
                                            const std::vector<threshold>& defaults) {
  std::vector<threshold> all;
  for (const auto& d : defaults)
    if (std::ranges::none_of(configured,
                             [&](const auto& c) { return same_target(c, d) && c.service.empty() && c.team.empty(); }))
      all.push_back(d);
  all.insert(all.end(), configured.begin(), configured.end());
  return all;
}

std::vector<threshold> thresholds_of(const std::vector<threshold>& effective, std::string_view service) {
  std::vector<threshold> mine;
  for (const auto& t : effective) {
    if ((!t.service.empty() && t.service != service) || !t.team.empty() || is_of_teams(t)) continue;
    const bool replaced = t.service.empty() && !service.empty() && std::ranges::any_of(effective, [&](const auto& o) {
                            return o.service == service && same_target(o, t);
                          });
    if (!replaced) mine.push_back(t);
  }
  return mine;
}

}
