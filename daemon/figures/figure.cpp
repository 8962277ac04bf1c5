#include "daemon/figures/figure.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace releasehealth {
namespace {

const figure table[] = {
    {"deployments",
     "Succeeded deployments finished in the period, by kind.",
     shape::count,
     "kind",
     {{"planned", {"planned"}}, {"hotfix", {"hotfix"}}, {"rollback", {"rollback"}}, {"redeploy", {"redeploy"}}},
     {},
     belongs::everywhere},
    {"failed_deployments",
     "Attempts to deploy that ended failed in the period.",
     shape::count,
     {},
     {{"", {"failed"}}},
     {},
     belongs::everywhere},
    {"deployments_per_day",
     "Deployment frequency (DORA): planned, hotfix and rollback deployments per day of the period.",
     shape::per_day,
     {},
     {{"", {"planned", "hotfix", "rollback"}}}},
    {"changes",
     "Deployments of the period that changed what is live, by kind.",
     shape::count,
     "kind",
     {{"planned", {"planned_changes"}}, {"hotfix", {"hotfix_changes"}}}},
    {"failed_changes",
     "Changes of the period that failed, whenever that showed: blamed by an incident, rolled back or fixed by a "
     "hotfix.",
     shape::count,
     "kind",
     {{"planned", {"failed_planned"}}, {"hotfix", {"failed_hotfix"}}}},
    {"rolled_back_changes",
     "Changes of the period that were rolled back, whenever that happened.",
     shape::count,
     {},
     {{"", {"rolled_back"}}}},
    {"hotfixes_per_planned_deployment",
     "Hotfixes of the period for each planned deployment.",
     shape::ratio,
     {},
     {{"", {"hotfix"}}},
     {"planned"}},
    {"rework_ratio",
     "Deployment rework rate (DORA): hotfixes among planned, hotfix and rollback deployments.",
     shape::ratio,
     {},
     {{"", {"hotfix"}}},
     {"planned", "hotfix", "rollback"}},
    {"change_fail_ratio",
     "Change fail rate (DORA): failed changes among the changes of the period.",
     shape::ratio,
     {},
     {{"", {"failed_planned", "failed_hotfix"}}},
     {"planned_changes", "hotfix_changes"}},
    {"planned_fail_ratio",
     "Failed planned changes among the planned changes of the period.",
     shape::ratio,
     {},
     {{"", {"failed_planned"}}},
     {"planned_changes"}},
    {"hotfix_fail_ratio",
     "Failed hotfixes among the hotfixes of the period that changed what is live.",
     shape::ratio,
     {},
     {{"", {"failed_hotfix"}}},
     {"hotfix_changes"}},
    {"rollback_ratio",
     "Changes of the period that were rolled back, among all its changes.",
     shape::ratio,
     {},
     {{"", {"rolled_back"}}},
     {"planned_changes", "hotfix_changes"}},
    {"time_to_issue_seconds",
     "From the finish of a failed change of the period to its first issue: an incident detected or a remedy started.",
     shape::quantiles,
     {},
     {{"", {"issue"}}}},
    {"changes_with_issue",
     "Failed changes of the period whose first issue came within that time of their finish.",
     shape::count,
     "within",
     {{"1h", {"issue_within_1h"}},
      {"24h", {"issue_within_24h"}},
      {"48h", {"issue_within_48h"}},
      {"7d", {"issue_within_7d"}}}},
    {"recovery_seconds",
     "Failed deployment recovery time (DORA): from the finish of a failed change of the period to its recovery.",
     shape::quantiles,
     {},
     {{"", {"recovery"}}}},
    {.name = "recovery_by_remedy_seconds",
     .help = "Failed deployment recovery time (DORA) by the change's first remedy.",
     .looks = shape::quantiles,
     .label = "remedy",
     .slices = {{"rollback", {"recovery_rollback"}},
                {"hotfix", {"recovery_hotfix"}},
                {"flag", {"recovery_flag"}},
                {"none", {"recovery_none"}}},
     .sparse = true},
    {"restore_seconds",
     "From the start of an incident of the period to its mitigation or resolution.",
     shape::quantiles,
     {},
     {{"", {"restore"}}}},
    {"lead_time_seconds",
     "Change lead time (DORA): from the first commit of a change of the period to its finish.",
     shape::quantiles,
     {},
     {{"", {"lead"}}}},
    {"hotfix_response_seconds",
     "From the detection of an incident to the finish of the hotfix for what it blames.",
     shape::quantiles,
     {},
     {{"", {"response"}}}},
    {"hotfix_response_within_target_ratio",
     "Hotfixes of the period whose response took no longer than the target, among those that have one.",
     shape::ratio,
     {},
     {{"", {"response_in_target"}}},
     {"response_n"}},
    {"decision_seconds",
     "From the detection of an incident of the period to the start of the first remedy.",
     shape::quantiles,
     {},
     {{"", {"decision"}}}},
    {.name = "decision_by_remedy_seconds",
     .help = "From the detection of an incident of the period to the start of the first remedy, by that remedy.",
     .looks = shape::quantiles,
     .label = "remedy",
     .slices = {{"rollback", {"decision_rollback"}}, {"hotfix", {"decision_hotfix"}}, {"flag", {"decision_flag"}}},
     .sparse = true},
    {.name = "incidents",
     .help = "Incidents that started in the period, by severity.",
     .looks = shape::count,
     .label = "severity",
     .slices = {{"1", {"severity_1"}},
                {"2", {"severity_2"}},
                {"3", {"severity_3"}},
                {"4", {"severity_4"}},
                {"5", {"severity_5"}},
                {"unknown", {"severity_unknown"}}},
     .sparse = true},
    {.name = "unattributed_incidents",
     .help = "Incidents that started in the period and are blamed on no change, by why not.",
     .looks = shape::count,
     .label = "reason",
     .slices = {{"no_deployment", {"no_deployment"}},
                {"outside_window", {"outside_window"}},
                {"culprit_unknown", {"culprit_unknown"}},
                {"no_service", {"no_service"}},
                {"not_a_change", {"not_a_change"}},
                {"failed_deployment", {"failed_deployment"}}},
     .sparse = true},
    {.name = "firefighting_seconds",
     .help = "Person-seconds of the period spent on incidents, by the evidence for them.",
     .looks = shape::seconds,
     .label = "method",
     .slices = {{"reported", {"fire_reported"}}, {"engaged", {"fire_engaged"}}, {"duration", {"fire_duration"}}},
     .sparse = true},
    {.name = "capacity_seconds",
     .help = "Working seconds of the period times the team's engineers.",
     .looks = shape::capacity,
     .label = {},
     .slices = {{"", {}}},
     .to = belongs::teams},
    {.name = "firefighting_ratio",
     .help = "Person-seconds spent on incidents among the team's capacity in the period.",
     .looks = shape::share,
     .label = {},
     .slices = {{"", {"fire_reported", "fire_engaged", "fire_duration"}}},
     .to = belongs::teams},
};

double value_of(std::string_view wanted, const measured& m) {
  const auto at = std::ranges::find(m.columns, wanted);
  if (at == m.columns.end()) throw std::logic_error("no population counts " + std::string(wanted));
  return m.values.at(static_cast<std::size_t>(at - m.columns.begin()));
}

double sum(const std::vector<std::string_view>& wanted, const measured& m) {
  double total = 0;
  for (const auto& w : wanted) total += value_of(w, m);
  return total;
}

std::optional<figure_value> ratio(double numerator, double denominator) {
  if (denominator <= 0) return {};
  return figure_value{numerator / denominator, numerator, denominator, {}};
}

std::optional<figure_value> read_quantile(const slice& s, const measured& m, const quantile& q) {
  const std::string base(s.columns.front());
  const auto value = value_of(base + std::string(q.suffix), m);
  if (std::isnan(value)) return {};
  return figure_value{value, {}, {}, value_of(base + "_n", m)};
}

}

std::span<const figure> figures() { return table; }

const figure* find_figure(std::string_view name) {
  const auto found = std::ranges::find(table, name, &figure::name);
  return found == std::end(table) ? nullptr : found;
}

std::optional<figure_value> evaluate(const figure& f, const slice& s, const measured& m, const quantile* q) {
  switch (f.looks) {
    case shape::count:
    case shape::seconds: return figure_value{sum(s.columns, m), {}, {}, {}};
    case shape::ratio: return ratio(sum(s.columns, m), sum(f.denominator, m));
    case shape::per_day: {
      const std::chrono::duration<double, std::ratio<86400>> days = m.over.end - m.over.begin;
      if (days.count() <= 0) return {};
      const auto total = sum(s.columns, m);
      return figure_value{total / days.count(), total, {}, {}};
    }
    case shape::quantiles: return read_quantile(s, m, q ? *q : quantiles[0]);
    case shape::capacity:
      return m.capacity_s > 0 ? std::optional(figure_value{m.capacity_s, {}, {}, {}}) : std::nullopt;
    case shape::share: return ratio(sum(s.columns, m), m.capacity_s);
  }
  return {};
}

}
