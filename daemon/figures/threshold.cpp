#include "daemon/figures/threshold.hpp"

#include <algorithm>

#include "daemon/figures/figure.hpp"

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
    {"change_fail_ratio", "change_fail_ratio", "", "changes", "", "ReleaseHealthChangeFailRatio",
     "A larger share of changes fails than the limit.", "had {value} of its changes fail, the limit is {limit}",
     "humanizePercentage"},
    {"time_to_issue_seconds", "time_to_issue_seconds", "0.5", "", "", "ReleaseHealthTimeToIssue",
     "Half of the failed changes show their first issue sooner than the limit.",
     "has a median of {value} from a failed change to its first issue, the limit is {limit}", "humanizeDuration"},
    {"hotfix_response_seconds", "hotfix_response_seconds", "0.5", "", "", "ReleaseHealthHotfixResponse",
     "Half of the hotfixes take longer than the limit.",
     "has a median of {value} from an incident to its hotfix, the limit is {limit}", "humanizeDuration"},
    {"firefighting_ratio", "firefighting_ratio", "", "", "", "ReleaseHealthFirefighting",
     "A larger share of the team's time goes into incidents than the limit.",
     "spent {value} of its time on incidents, the limit is {limit}", "humanizePercentage"},
    {"hotfix_fail_ratio", "hotfix_fail_ratio", "", "changes", "hotfix", "ReleaseHealthHotfixFailRatio",
     "Hotfixes fail more often than the limit.", "had {value} of its hotfixes fail, the limit is {limit}",
     "humanizePercentage"},
    {"oldest_unmerged_hotfix_seconds", "oldest_unmerged_hotfix_timestamp_seconds", "", "", "",
     "ReleaseHealthUnmergedHotfix", "A hotfix has not been merged back for longer than the limit.",
     "has a hotfix that is not merged back after {value}, the limit is {limit}", "humanizeDuration", true},
    {"overdue_reviews", "overdue_reviews", "", "", "", "ReleaseHealthOverdueReviews",
     "More post-incident reviews are overdue than the limit.",
     "has post-incident reviews that are overdue: {value}, the limit is {limit}", "humanize"},
    {"hotfix_rising_months", "hotfix_rising_months", "", "", "", "ReleaseHealthHotfixesRise",
     "Hotfixes have risen for more months in a row than the limit.",
     "has had more hotfixes than the month before for {value} months in a row, the limit is {limit}", "humanize"},
};

bool is_of_teams(const threshold& t) {
  const auto* l = find_limited_figure(t.figure);
  return l && find_figure(l->figure)->to == belongs::teams;
}

bool same_target(const threshold& a, const threshold& b) { return a.figure == b.figure && a.period == b.period; }

}

std::vector<threshold> thresholds_of_team(const std::vector<threshold>& effective, std::string_view team) {
  std::vector<threshold> mine;
  for (const auto& t : effective) {
    const bool general = t.team.empty() && t.service.empty() && is_of_teams(t);
    const bool replaced =
        general && std::ranges::any_of(effective, [&](const auto& o) { return o.team == team && same_target(o, t); });
    if ((general && !replaced) || (!t.team.empty() && t.team == team)) mine.push_back(t);
  }
  return mine;
}

std::string describe(const limited_figure& l, std::string_view value, std::string_view limit) {
  std::string out(l.description);
  for (const auto& [place, text] :
       {std::pair(std::string_view("{value}"), value), std::pair(std::string_view("{limit}"), limit)})
    if (const auto at = out.find(place); at != out.npos) out.replace(at, place.size(), text);
  return out;
}

std::span<const limited_figure> limited_figures() { return table; }

const limited_figure* find_limited_figure(std::string_view name) {
  const auto found = std::ranges::find(table, name, &limited_figure::name);
  return found == std::end(table) ? nullptr : found;
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
      {"oldest_unmerged_hotfix_seconds", "", true, std::chrono::duration<double>(merge_back_due).count(), 0, {}, {}},
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
    const bool replaced = t.service.empty() && std::ranges::any_of(effective, [&](const auto& o) {
                            return o.service == service && same_target(o, t);
                          });
    if (!replaced) mine.push_back(t);
  }
  return mine;
}

}
