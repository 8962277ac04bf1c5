// The tables of populations and figures. A new figure needs a row here and, if no population counts its column, a line
// of SQL. A new population needs a statement in schema/figures and a row here.
#include <algorithm>
#include <array>

#include "collectors/words.hpp"
#include "daemon/figures/coverage.hpp"
#include "daemon/figures/populations.hpp"
#include "daemon/timeline/follow_up.hpp"
#include "sql/figures.hpp"

namespace releasehealth {
namespace {

const population_over_periods every_population[] = {
    {sql::figures::deployments},
    {sql::figures::changes},
    {sql::figures::incidents, count_by_period, counts::incidents_or_work},
    {sql::figures::hotfixes, count_with_target},
    {sql::figures::hotfix_breakdowns, count_by_key},
    {sql::figures::work, count_work, counts::incidents_or_work}};

const population_now every_population_now[] = {
    {sql::figures::last_deployments},
    {sql::figures::open_incidents, count_at_instant, counts::incidents_or_work},
    {sql::figures::follow_ups, count_tracked},
    {sql::figures::incident_reviews, count_tracked, counts::incidents_or_work},
    {sql::figures::coverage, count_tracked},
    {sql::figures::incident_coverage, count_tracked, counts::incidents_or_work},
    {{}, count_rising_months},  // the reader has the statement, because pages use it, too
};

// One slice for each fact that a hotfix can have.
std::vector<slice> slices_by_fact() {
  std::vector<slice> all;
  for (const auto name : hotfix_facts()) all.push_back({std::string(name), {"with:" + std::string(name)}});
  return all;
}

// One slice for each word; its column is `named` with the word in place of '*'.
std::vector<slice> slices_by(std::span<const std::string_view> words, std::string_view named) {
  std::vector<slice> all;
  for (const auto w : words) {
    std::string column(named);
    all.push_back({std::string(w), {column.replace(column.find('*'), 1, w)}});
  }
  return all;
}
std::vector<slice> slices_by_way_or_none(std::string_view named) {
  auto all = slices_by(words_through<way::flag>(), named);
  all.push_back(slices_by(std::array<std::string_view, 1>{"none"}, named).front());
  return all;
}

// The kinds that change the live version.
constexpr auto kinds_of_changes = words_through<deployment_kind::hotfix>();

const figure every_figure[] = {
    {.name = "deployments",
     .help = "Succeeded deployments finished in the period, by kind.",
     .looks = shape::count,
     .label = "kind",
     .slices = slices_by(words_of<deployment_kind>(), "*"),
     .owners = belongs::everywhere,
     .rests_on = {"commit"}},
    {.name = "failed_deployments",
     .help = "Deployment attempts that failed in the period.",
     .looks = shape::count,
     .label = {},
     .slices = {{"", {"failed"}}},
     .owners = belongs::everywhere},
    {.name = "deployments_per_day",
     .help = "Deployment frequency (DORA): planned, hotfix and rollback deployments per day of the period.",
     .looks = shape::per_day,
     .label = {},
     .slices = {{"", {"planned", "hotfix", "rollback"}}}},
    {.name = "changes",
     .help = "Deployments of the period that changed the live version, by kind.",
     .looks = shape::count,
     .label = "kind",
     .slices = slices_by(kinds_of_changes, "*_changes")},
    {.name = "failed_changes",
     .help =
         "Changes of the period that failed at any time since: an incident is attributed to them, or they were rolled "
         "back or fixed by a hotfix.",
     .looks = shape::count,
     .label = "kind",
     .slices = slices_by(kinds_of_changes, "failed_*"),
     .rests_on = {"incident"}},
    {.name = "rolled_back_changes",
     .help = "Changes of the period that were rolled back, at any time since.",
     .looks = shape::count,
     .label = {},
     .slices = {{"", {"rolled_back"}}}},
    {.name = "hotfixes_per_planned_deployment",
     .help = "Hotfixes per planned deployment of the period.",
     .looks = shape::ratio,
     .label = {},
     .slices = {{"", {"hotfix"}}},
     .denominator = {"planned"},
     .rests_on = {"commit"}},
    {.name = "rework_ratio",
     .help = "Deployment rework rate (DORA): hotfixes among planned, hotfix and rollback deployments.",
     .looks = shape::ratio,
     .label = {},
     .slices = {{"", {"hotfix"}}},
     .denominator = {"planned", "hotfix", "rollback"},
     .rests_on = {"commit"}},
    {.name = "change_fail_ratio",
     .help = "Change fail rate (DORA): failed changes among the changes of the period.",
     .looks = shape::ratio,
     .label = {},
     .slices = {{"", {"failed_planned", "failed_hotfix"}}},
     .denominator = {"planned_changes", "hotfix_changes"},
     .rests_on = {"incident"}},
    {.name = "planned_fail_ratio",
     .help = "Failed planned changes among the planned changes of the period.",
     .looks = shape::ratio,
     .label = {},
     .slices = {{"", {"failed_planned"}}},
     .denominator = {"planned_changes"},
     .rests_on = {"incident"}},
    {.name = "hotfix_fail_ratio",
     .help = "Failed hotfixes among the hotfixes of the period that changed the live version.",
     .looks = shape::ratio,
     .label = {},
     .slices = {{"", {"failed_hotfix"}}},
     .denominator = {"hotfix_changes"},
     .rests_on = {"incident", "commit"}},
    {.name = "rollback_ratio",
     .help = "Changes of the period that were rolled back, among all its changes.",
     .looks = shape::ratio,
     .label = {},
     .slices = {{"", {"rolled_back"}}},
     .denominator = {"planned_changes", "hotfix_changes"}},
    {.name = "time_to_issue_seconds",
     .help = "From the finish of a failed change of the period to its first issue: an incident detected or a "
             "remediation started.",
     .looks = shape::quantiles,
     .label = {},
     .slices = {{"", {"issue"}}},
     .rests_on = {"incident"}},
    {.name = "changes_with_issue",
     .help = "Failed changes of the period, by the time from their finish to their first issue; cumulative.",
     .looks = shape::count,
     .label = "within",
     .slices = {{"1h", {"issue_within_1h"}},
                {"24h", {"issue_within_24h"}},
                {"48h", {"issue_within_48h"}},
                {"7d", {"issue_within_7d"}}},
     .rests_on = {"incident"}},
    {.name = "recovery_seconds",
     .help =
         "Failed deployment recovery time (DORA): from the finish of a failed change of the period to its recovery.",
     .looks = shape::quantiles,
     .label = {},
     .slices = {{"", {"recovery"}}},
     .rests_on = {"incident"}},
    {.name = "recovery_by_remedy_seconds",
     .help = "Failed deployment recovery time (DORA) by the first remediation of the change.",
     .looks = shape::quantiles,
     .label = "remedy",
     .slices = slices_by_way_or_none("recovery_*"),
     .sparse = true,
     .rests_on = {"incident"}},
    {.name = "restore_seconds",
     .help = "From the start of an incident of the period to its mitigation or resolution.",
     .looks = shape::quantiles,
     .label = {},
     .slices = {{"", {"restore"}}},
     .rests_on = {"incident"}},
    {.name = "lead_time_seconds",
     .help = "Change lead time (DORA): from the first commit of a change of the period to its finish.",
     .looks = shape::quantiles,
     .label = {},
     .slices = {{"", {"lead"}}},
     .rests_on = {"commit"}},
    {.name = "hotfix_response_seconds",
     .help = "From the detection of an incident to the finish of the hotfix for the attributed change.",
     .looks = shape::quantiles,
     .label = {},
     .slices = {{"", {"response"}}},
     .rests_on = {"incident"}},
    {.name = "hotfix_response_within_target_ratio",
     .help = "Hotfixes of the period whose response time is within the target, among those with a response time.",
     .looks = shape::ratio,
     .label = {},
     .slices = {{"", {"response_in_target"}}},
     .denominator = {"response_n"},
     .rests_on = {"incident"}},
    {.name = "decision_seconds",
     .help = "From the detection of an incident of the period to the start of the first remediation.",
     .looks = shape::quantiles,
     .label = {},
     .slices = {{"", {"decision"}}},
     .rests_on = {"incident"}},
    {.name = "decision_by_remedy_seconds",
     .help = "From the detection of an incident of the period to the start of the first remediation, by remediation.",
     .looks = shape::quantiles,
     .label = "remedy",
     .slices = slices_by(words_through<way::flag>(), "decision_*"),
     .sparse = true,
     .rests_on = {"incident"}},
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
     .sparse = true,
     .without_service = true},
    {.name = "unattributed_incidents",
     .help = "Incidents that started in the period and are attributed to no change, by reason.",
     .looks = shape::count,
     .label = "reason",
     .slices = slices_by(words_of<unattributed>(), "*"),
     .sparse = true,
     .without_service = true},
    {.name = "incidents_by_recommendation",
     .help = "Incidents that started in the period, by the first remediation that the policy recommends.",
     .looks = shape::count,
     .label = "remedy",
     .slices = slices_by(words_of<way>(), "recommended_*"),
     .sparse = true},
    {.name = "incidents_by_remedy",
     .help = "Incidents that started in the period, by the first remediation started before the service was restored.",
     .looks = shape::count,
     .label = "remedy",
     .slices = slices_by_way_or_none("taken_*"),
     .sparse = true},
    {.name = "incidents_against_policy",
     .help = "Incidents that started in the period and whose first remediation differs from the policy.",
     .looks = shape::count,
     .label = {},
     .slices = {{"", {"against_policy"}}}},
    {.name = "closed_too_early",
     .help =
         "Incidents that started in the period and were resolved before their hotfix was merged back or, of severity "
         "1 and 2, without a review.",
     .looks = shape::count,
     .label = {},
     .slices = {{"", {"closed_too_early"}}}},
    {.name = "unjustified_hotfixes",
     .help = "Hotfixes of the period without a justification and without an incident of severity 1 or 2.",
     .looks = shape::count,
     .label = {},
     .slices = {{"", {"unjustified"}}}},
    {.name = "unattributed_hotfixes",
     .help = "Hotfixes of the period that fix no known change.",
     .looks = shape::count,
     .label = {},
     .slices = {{"", {"unattributed"}}}},
    {.name = by_cause,
     .help = "Hotfixes of the period by root cause: their own, else the cause of their incident.",
     .looks = shape::count,
     .label = "cause",
     .slices = {},  // as configured
     .sparse = true,
     .rests_on = {"cause"}},
    {.name = "hotfixes_by_justification",
     .help = "Hotfixes of the period by justification.",
     .looks = shape::count,
     .label = "justification",
     .slices = {{"revenue", {"justification:revenue"}},
                {"data", {"justification:data"}},
                {"security", {"justification:security"}},
                {"core_workflow", {"justification:core_workflow"}},
                {"none", {"justification:none"}}},
     .sparse = true},
    {.name = "hotfixes_with",
     .help = "Hotfixes of the period for which the fact (such as reviewed or tested) is reported.",
     .looks = shape::count,
     .label = "fact",
     .slices = slices_by_fact(),
     .sparse = true},
    {.name = "hotfix_size_lines",
     .help = "Lines changed by the hotfixes of the period.",
     .looks = shape::quantiles,
     .label = {},
     .slices = {{"", {"size"}}},
     .rests_on = {"commit"}},
    {.name = "firefighting_seconds",
     .help = "Person-seconds of the period spent on incidents, by evidence.",
     .looks = shape::seconds,
     .label = "method",
     .slices = slices_by(words_of<method>(), "fire_*"),
     .sparse = true,
     .rests_on = {"incident", "people"}},
    {.name = "capacity_seconds",
     .help = "Working seconds of the period times the team's engineers.",
     .looks = shape::capacity,
     .label = {},
     .slices = {{"", {}}},
     .owners = belongs::teams},
    {.name = "firefighting_ratio",
     .help = "Person-seconds spent on incidents, as a share of the team's capacity in the period.",
     .looks = shape::share,
     .label = {},
     .slices = {{"", {"fire_reported", "fire_engaged", "fire_duration"}}},
     .owners = belongs::teams,
     .rests_on = {"incident", "people"}},
    {.name = "last_deployment_timestamp_seconds",
     .help = "When the last succeeded deployment of the kind finished.",
     .looks = shape::instant,
     .label = "kind",
     .slices = slices_by(words_of<deployment_kind>(), "last_*"),
     .owners = belongs::everywhere,
     .sparse = true,
     .is_now = true},
    {.name = "open_incidents",
     .help = "Incidents that are open now.",
     .looks = shape::count,
     .label = {},
     .slices = {{"", {"open"}}},
     .is_now = true,
     .without_service = true},
    {.name = "oldest_open_incident_timestamp_seconds",
     .help = "When the oldest open incident started.",
     .looks = shape::instant,
     .label = {},
     .slices = {{"", {"open_since"}}},
     .is_now = true,
     .without_service = true},
    {.name = "unmerged_hotfixes",
     .help = "Hotfixes within the follow-up horizon that are neither merged back nor rolled back.",
     .looks = shape::count,
     .label = {},
     .slices = {{"", {"unmerged"}}},
     .is_now = true,
     .rests_on = {"merge"}},
    {.name = "oldest_unmerged_hotfix_timestamp_seconds",
     .help = "When the oldest hotfix that is not merged back finished.",
     .looks = shape::instant,
     .label = {},
     .slices = {{"", {"unmerged_since"}}},
     .is_now = true,
     .rests_on = {"merge"}},
    {.name = "overdue_reviews",
     .help = "Hotfixes, and incidents of severity 1 and 2, within the follow-up horizon whose post-incident review is "
             "overdue.",
     .looks = shape::count,
     .label = {},
     .slices = {{"", {"overdue_hotfix_reviews", "overdue_incident_reviews"}}},
     .is_now = true,
     .rests_on = {"review"}},
    {.name = "hotfix_rising_months",
     .help = "Consecutive complete months, up to the previous one, with more hotfixes than the month before.",
     .looks = shape::count,
     .label = {},
     .slices = {{"", {"rising_months"}}},
     .is_now = true,
     .rests_on = {"commit"}},
    {.name = coverage_ratio,
     .help = "Share of the last 90 days' deployments, hotfixes, incidents or services with the evidence that figures "
             "need.",
     .looks = shape::ratio,
     .label = "evidence",
     .slices = slices_by_evidence(),
     .is_now = true},
};

constexpr cause causes[] = {
    {"regression_testing", "run the regression tests on each deployment before it receives traffic"},
    {"missing_coverage", "add tests for the critical paths first, then for the code that changes most"},
    {"environment_configuration", "keep environments alike: configuration as code, validated before it is applied"},
    {"edge_case", "explore and fuzz external input; add each case found to the tests"},
    {"dependency", "pin versions, update one dependency at a time, and run the same tests on updates"},
    {"security", "scan dependencies and images on each build; have a second person review security-relevant code"},
    {"data", "test migrations on a copy of production data; keep them compatible with the previous release"},
    {"infrastructure", "roll out gradually with limits and automatic rollback; practise failures"},
    {"process", "deploy only through the pipeline, at times when the people who can fix it are available"}};

}

std::span<const population_over_periods> populations() { return every_population; }
std::span<const population_now> populations_now() { return every_population_now; }

std::span<const figure> figures() { return every_figure; }

std::set<std::string_view> slice_labels() {
  std::set<std::string_view> all;
  for (const auto& f : every_figure)
    if (!f.label.empty()) all.insert(f.label);
  return all;
}

std::vector<std::string> default_causes() {
  std::vector<std::string> names;
  for (const auto& c : causes) names.emplace_back(c.name);
  return names;
}

std::string_view prevention_of(std::string_view name) {
  const auto known = std::ranges::find(causes, name, &cause::name);
  return known == std::end(causes) ? std::string_view() : known->prevention;
}

}
