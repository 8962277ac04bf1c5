#pragma once
// The figures of all targets and teams at one instant, for /metrics, reports and the API.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/discover/unmatched.hpp"
#include "daemon/figures/figure.hpp"
#include "daemon/figures/period.hpp"
#include "daemon/figures/threshold.hpp"
#include "daemon/telemetry/exposition.hpp"

namespace releasehealth {

/// The configuration that figures depend on.
struct figure_settings {
  std::vector<std::string> rolling = {"7d", "30d", "90d", "180d"};
  calendar zone;
  weekly_hours working_week = *parse_weekly_hours(office_hours);
  duration response_target = std::chrono::hours{2};
  duration merge_back_due = std::chrono::hours{24}, review_due = std::chrono::days{7};
  duration follow_up_horizon = std::chrono::days{90};
  /// Start of the tracking of reviews (figures.md section 16); empty: a team's first reported review.
  std::optional<timestamp> reviews_since = {};
  /// The value of `reviews_since` if reviews are never tracked; SQL compares with it, too.
  static constexpr timestamp never{std::chrono::sys_days(std::chrono::year(9999) / 1 / 1)};
  bool tracks_reviews() const { return reviews_since != never; }
  std::set<std::string, std::less<>> incident_sources = {};  ///< sources that report incidents, and their kinds
  struct configured_source {
    std::string kind;
    bool only_incidents = false;
  };
  std::map<std::string, configured_source, std::less<>> sources = {};
  std::map<std::string, std::string, std::less<>> kinds_of_sources() const;
  /// Sources that may be called silent: those that only report incidents can be quiet for long without a fault.
  std::vector<std::string> watched_sources() const;
  naming names;
  std::map<std::string, double, std::less<>> engineers;      ///< by team
  std::vector<threshold> thresholds = default_thresholds();  ///< the result of effective_thresholds()
  std::vector<std::string> causes = default_causes();
  std::vector<slice> cause_slices = slices_by_cause(causes);

  /// The configured team of a service, else the team that its deployments report.
  std::string team_of(const std::string& service, const std::string& told) const;
  /// A figure's slices: from the table of figures, for `by_cause` as configured.
  const std::vector<slice>& slices_of(const figure& f) const { return f.name == by_cause ? cause_slices : f.slices; }
};

/// The settings of follow-ups as parameters of the statements.
inline ledger::follow_up_terms terms_of(const figure_settings& settings) {
  return {in_seconds(settings.follow_up_horizon), in_seconds(settings.review_due), in_seconds(settings.merge_back_due)};
}

/// Figures of a target or of a team.
struct scope_figures {
  std::string team;                                                ///< the target's team, or the team itself
  std::map<std::string, std::vector<double>, std::less<>> values;  ///< by period label, in the order of columns
  std::vector<double> now;                                         ///< in the order of columns_now
  std::optional<timestamp> since = {};  ///< when the first deployment finished; set by find_since()
};

struct snapshot {
  timestamp at;
  std::vector<period> periods;
  std::vector<std::string> columns, columns_now;
  std::map<place, scope_figures> places;
  std::map<std::string, scope_figures> teams;
  scope_figures together;  ///< set by answer_together(), with its since
  /// Whether any incident was reported; if not, fail ratios rest on remediations alone (figures.md §2). Set by
  /// answer_*().
  bool has_incidents = true;
};

/// The names with the production environments and groups of the current derivation. Reports may declare environments as
/// production, and changed groups apply only after a rebuild.
naming names_as_derived(ledger::reader&, const naming&);
/// The settings with the names of names_as_derived().
figure_settings as_derived(ledger::reader&, figure_settings);

/// Names of the last 90 days that match no service, ordered by name (figures.md section 15).
std::vector<discover::unmatched_name> unmatched_names(ledger::reader&, const figure_settings&, timestamp now);

/// Every target and its team: those in the ledger and the configured ones.
std::map<place, std::string> places_and_teams(const std::map<place, ledger::place_state>&, const figure_settings&);

/// The group of people that works on a service: its team, or the service alone.
std::string crew_of(const std::string& service, const std::string& team);

/// Start of the tracking of follow-ups according to their reports (figures.md section 16): reviews by crew, merge-backs
/// by service.
struct tracked_follow_ups {
  std::map<std::string, timestamp, std::less<>> reviews, merges;
  std::map<std::string, std::string, std::less<>> crews;  ///< by service

  /// Whether the review of a hotfix or incident that finished at `finished` is tracked.
  bool tracks_review(std::string_view service, timestamp finished, timestamp now, const figure_settings&) const;
  /// Whether the merge-back of a deployment is tracked. `reported`: the first report of a push or merge in its
  /// repository, if any.
  bool tracks_merge(std::string_view service, std::optional<timestamp> reported, timestamp finished, timestamp now,
                    const figure_settings&) const;
};
/// `only_crews`: no others are looked at, because their figures are not asked for.
tracked_follow_ups find_tracked(ledger::reader&, const std::map<place, std::string>& all, const figure_settings&,
                                const std::set<std::string>* only_crews = nullptr);

/// The scope of a target, with the members if its environment is a group. For a place without environment: the scope of
/// the team, which is all its production targets. Empty if the target or team is unknown.
ledger::scope scope_of(const place&, const std::string& team, const std::map<place, std::string>& all,
                       const figure_settings&, const tracked_follow_ups&);

/// The part of a scope in which deployments are counted: without the members of groups.
ledger::scope deployed_in(const ledger::scope&);

/// The figures of the changed targets, and of the teams that they belong to or belonged to. `previous`: all targets at
/// the previous computation.
snapshot compute(ledger::reader&, const std::vector<period>&, const std::map<place, std::string>& all,
                 const std::map<place, std::string>& previous, const std::set<place>& changed, const figure_settings&,
                 timestamp now);

/// Replaces figures by those that compute() returned, and removes targets and teams that no longer exist.
void merge(snapshot& merged, snapshot changed, const std::map<place, std::string>& all, const naming&);

/// A request for figures; an empty name selects all.
struct figure_question {
  std::vector<period> periods;
  std::string service, environment, team;
};
/// The size of the answer: targets times periods.
std::size_t size_of(ledger::reader&, const figure_question&, const figure_settings&);
/// Includes teams unless the question names a service or an environment.
snapshot answer_question(ledger::reader&, const figure_question&, const figure_settings&, timestamp now);

/// The figures of the selected production targets as one scope, in `together`; its team is the requested one.
snapshot answer_together(ledger::reader&, const figure_question&, const figure_settings&, timestamp now);

/// One value of a target or a team, with its labels. The place of a team is empty.
struct figure_row {
  const place& where;
  const std::string& team;
  const period& span;
  const figure& shown;
  const slice& part;
  std::string_view quantile;  ///< empty: none
  std::size_t nth;            ///< index of slice, quantile and period within the figure; equal for all targets
  std::optional<figure_value> value;
  std::string_view group = {};  ///< the group that the environment belongs to; empty: none

  bool is_team() const { return where.environment.empty(); }
  /// The prefix of its metric name.
  std::string_view family() const {
    return is_team() ? "releasehealth_team_" : group.empty() ? "releasehealth_" : "releasehealth_region_";
  }
  /// The labels of slice and quantile: "kind=hotfix", "remedy=none;quantile=0.5" in CSV.
  std::vector<label> labels() const;
};

/// Calls `each(figure_row)` for every defined figure, target, team and period (figures.md §1: only production has all
/// figures), ordered by figure, with targets before members of groups and these before teams. Includes rows without a
/// value, omits empty slices of breakdowns. A figure of the current instant appears once, with an empty period.
template <class Each>
void for_each_figure(const snapshot&, const figure_settings&, Each each);

/// Whether the environment belongs to a group that is in the snapshot, too. Outputs that list each thing once omit it.
bool is_beside_its_group(const snapshot&, const place&, const naming&);

/// Whether a figure is defined for a target: in production all figures but those of teams only, elsewhere counts, and
/// without a service only figures of incidents.
bool is_defined(const figure&, const place&, const naming&);
/// A team's working seconds; 0 without engineers.
double capacity(const figure_settings&, std::string_view team, const period&);

template <class Each>
void for_each_figure(const snapshot& s, const figure_settings& settings, Each each) {
  static const place no_place;
  const period now{{}, s.at, s.at, false};
  std::vector<located_slice> slices;
  const auto quantiles_of = [](const figure& f) {
    return std::span(quantiles).first(f.looks == shape::quantiles ? std::size(quantiles) : 1);
  };
  std::string_view group;  // of the following rows
  const auto each_slice = [&](const figure& f, const place& where, const scope_figures& known, const measured& m,
                              std::size_t nth) {
    const bool has_quantiles = f.looks == shape::quantiles;
    for (const auto& one : slices)
      for (const auto& q : quantiles_of(f)) {
        const auto position = nth++;
        const auto value = one.value(m, q);
        if (f.sparse && (!value || (!has_quantiles && value->value == 0))) continue;
        const auto which = has_quantiles ? q.label : std::string_view();
        each(figure_row{where, known.team, m.span, f, one.in(), which, position, value, group});
      }
  };
  const auto each_period = [&](const figure& f, const place& where, const scope_figures& known, bool is_team) {
    if (f.is_now) return each_slice(f, where, known, {s.columns_now, known.now, now}, 0);
    std::size_t nth = 0;
    for (const auto& p : s.periods) {
      if (const auto values = known.values.find(p.label); values != known.values.end())
        each_slice(f, where, known, {s.columns, values->second, p, is_team ? capacity(settings, known.team, p) : 0},
                   nth);
      nth += slices.size() * quantiles_of(f).size();
    }
  };
  for (const auto& f : figures()) {
    slices.clear();
    for (const auto& part : settings.slices_of(f)) slices.emplace_back(f, part, f.is_now ? s.columns_now : s.columns);
    for (const bool of_groups : {false, true})
      for (const auto& [where, known] : s.places) {
        group = settings.names.group_of(where.environment);
        if (group.empty() != of_groups && is_defined(f, where, settings.names)) each_period(f, where, known, false);
      }
    group = {};
    for (const auto& [name, known] : s.teams) each_period(f, no_place, known, true);
  }
}

}
