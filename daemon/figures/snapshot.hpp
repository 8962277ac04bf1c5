#pragma once
// The figures of all places and teams at one instant: what /metrics shows, reports print and the API answers.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/figures/figure.hpp"
#include "daemon/figures/period.hpp"
#include "daemon/figures/threshold.hpp"
#include "daemon/telemetry/exposition.hpp"

namespace releasehealth {

/// What the figures are computed by, apart from events.
struct figure_settings {
  std::vector<std::string> rolling = {"7d", "30d", "90d", "180d"};
  calendar zone;
  weekly_hours working_week = *parse_weekly_hours(office_hours);
  duration response_target = std::chrono::hours{2};
  duration merge_back_due = std::chrono::hours{24}, review_due = std::chrono::days{7};
  duration follow_up_horizon = std::chrono::days{90};
  /// Start of the tracking of reviews (figures.md section 16); none: a team's first reported review.
  std::optional<timestamp> reviews_since = {};
  /// `reviews_since` of reviews that are never tracked, as SQL compares it, too.
  static constexpr timestamp never{std::chrono::sys_days(std::chrono::year(9999) / 1 / 1)};
  bool tracks_reviews() const { return reviews_since != never; }
  std::set<std::string, std::less<>> incident_sources = {};  ///< sources, and kinds of these, that report incidents
  struct configured_source {
    std::string kind;
    bool only_incidents = false;
  };
  std::map<std::string, configured_source, std::less<>> sources = {};
  std::map<std::string, std::string, std::less<>> kinds_of_sources() const;
  naming names;
  std::map<std::string, double, std::less<>> engineers;      ///< of teams
  std::vector<threshold> thresholds = default_thresholds();  ///< effective ones
  std::vector<std::string> causes = default_causes();
  std::vector<slice> cause_slices = slices_by_cause(causes);

  /// The configured team of a service, else the one that its deployments name.
  std::string team_of(const std::string& service, const std::string& told) const;
  /// A figure's slices: those of the table, or the configured ones.
  const std::vector<slice>& slices_of(const figure& f) const { return f.name == by_cause ? cause_slices : f.slices; }
};

/// How follow-ups are counted.
inline ledger::follow_up_terms terms_of(const figure_settings& by) {
  return {in_seconds(by.follow_up_horizon), in_seconds(by.review_due), in_seconds(by.merge_back_due)};
}

/// Figures of a place, or of a team.
struct scope_figures {
  std::string team;                                                ///< a place's; of a team its name
  std::map<std::string, std::vector<double>, std::less<>> values;  ///< by period label, in the order of columns
  std::vector<double> now;                                         ///< in the order of columns_now
  std::optional<timestamp> since = {};  ///< when the first deployment finished; of answers that find_since() was asked
};

struct snapshot {
  timestamp at;
  std::vector<period> periods;
  std::vector<std::string> columns, columns_now;
  std::map<place, scope_figures> places;
  std::map<std::string, scope_figures> teams;
  scope_figures together;  ///< of answer_together(), with its since
  /// Of answers: whether any incident was reported; without, fail ratios rest on remedies alone (figures.md §2).
  bool has_incidents = true;
};

/// The names with the environments that are production, and with their groups, as everything was derived: reports may
/// call some so, and other groups apply by a rebuild.
naming names_as_derived(ledger::reader&, const naming&);
/// The settings with such names.
figure_settings as_derived(ledger::reader&, figure_settings);

/// Every place there is and its team: those known to the ledger and those configured.
std::map<place, std::string> places_and_teams(const std::map<place, ledger::place_state>&, const figure_settings&);

/// Whose people work on a service: its team, or it stands alone.
std::string crew_of(const std::string& service, const std::string& team);

/// Start of the tracking of follow-ups, by their reports (figures.md section 16): reviews by crew, merge-backs
/// by service.
struct tracked_follow_ups {
  std::map<std::string, timestamp, std::less<>> reviews, merges;
  std::map<std::string, std::string, std::less<>> crews;  ///< by service

  /// Whether the review of what finished at `finished` in a service is tracked.
  bool tracks_review(std::string_view service, timestamp finished, timestamp now, const figure_settings&) const;
  /// The same for the merge-back of a deployment whose repository reports pushes or merges since `reported`, if ever.
  bool tracks_merge(std::string_view service, std::optional<timestamp> reported, timestamp finished, timestamp now,
                    const figure_settings&) const;
};
tracked_follow_ups find_tracked(ledger::reader&, const std::map<place, std::string>& all, const figure_settings&);

/// The scope of a place, with the members of a group, or, if it has no environment, of a team: its targets. Empty if
/// there is none such.
ledger::scope scope_of(const place&, const std::string& team, const std::map<place, std::string>& all,
                       const figure_settings&, const tracked_follow_ups&);

/// Where a scope's deployments are counted: without the members of groups.
ledger::scope deployed_in(const ledger::scope&);

/// The figures of the given ones among all places (`before`: all places as they were), and of the teams that they
/// belong to or belonged to.
snapshot compute(ledger::reader&, const std::vector<period>&, const std::map<place, std::string>& all,
                 const std::map<place, std::string>& before, const std::set<place>& changed, const figure_settings&,
                 timestamp now);

/// Puts what compute() found in the place of what was known; places and teams that are no longer there go.
void merge(snapshot& into, snapshot changed, const std::map<place, std::string>& all, const naming&);

/// Figures that somebody asks for; an empty name asks for all.
struct figure_question {
  std::vector<period> periods;
  std::string service, environment, team;
};
/// How much there is to answer: places times periods.
std::size_t size_of(ledger::reader&, const figure_question&, const figure_settings&);
/// Teams are in it if the question is about teams, or about everything.
snapshot answer_question(ledger::reader&, const figure_question&, const figure_settings&, timestamp now);

/// The production places that are asked for, as one scope: nothing but `together` is in it. Its team is the one asked
/// for.
snapshot answer_together(ledger::reader&, const figure_question&, const figure_settings&, timestamp now);

/// One value, with all that names it: of a place, or of a team, whose place is empty.
struct figure_row {
  const place& where;
  const std::string& team;
  const period& over;
  const figure& of;
  const slice& in;
  std::string_view quantile;  ///< empty: none
  std::size_t nth;            ///< of all that its figure has in one place: the same slice, quantile and period in each
  std::optional<figure_value> value;
  std::string_view group = {};  ///< of an environment that is shown beside its group; empty: it is in none

  bool is_team() const { return where.environment.empty(); }
  /// What the names of its metrics begin with.
  std::string_view family() const {
    return is_team() ? "releasehealth_team_" : group.empty() ? "releasehealth_" : "releasehealth_region_";
  }
  /// "kind=hotfix", "remedy=none;quantile=0.5": as CSV writes them.
  std::vector<label> labels() const;
};

/// Calls `each(figure_row)` for every figure, place, team and period that is defined (figures.md §1: only production
/// has all), by figure first, places before members of groups, these before teams. Rows without a value included, empty
/// slices of breakdowns left out. What holds at an instant comes once, over a period of no length and without a name.
template <class Each>
void for_each_figure(const snapshot&, const figure_settings&, Each each);

/// Whether it is an environment of a group that is in the snapshot, too: where each thing is to be told once, it is
/// left out.
bool is_beside_its_group(const snapshot&, const place&, const naming&);

/// Whether a figure is one of that place: in production all but those of teams, elsewhere counts; where no service is
/// named only what is about incidents.
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
  std::string_view group;  // of the rows that come
  const auto each_slice = [&](const figure& f, const place& where, const scope_figures& known, const measured& m,
                              std::size_t nth) {
    const bool has_quantiles = f.looks == shape::quantiles;
    for (const auto& one : slices)
      for (const auto& q : quantiles_of(f)) {
        const auto at = nth++;
        const auto value = one.value(m, q);
        if (f.sparse && (!value || (!has_quantiles && value->value == 0))) continue;
        const auto which = has_quantiles ? q.label : std::string_view();
        each(figure_row{where, known.team, m.over, f, one.in(), which, at, value, group});
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
    for (const auto& in : settings.slices_of(f)) slices.emplace_back(f, in, f.is_now ? s.columns_now : s.columns);
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
