#pragma once
// Judges thresholds (figures.md section 12) for /metrics, pages, the badge, the gate and reports; alerts and dashboards
// use the result in /metrics.
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/figures/coverage.hpp"
#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

enum class standing {
  within,
  exceeded,
  not_judged,  ///< no data, fewer observations than the threshold's minimum, or evidence is missing
};

struct judgement {
  standing state = standing::not_judged;
  /// In the figure's unit, an age in seconds. Empty: no data, or nothing to have an age.
  std::optional<double> value = {};
  std::optional<double> threshold_value = {};  ///< empty: the figure to compare with has no value
  /// The denominator or the number of observations, if the threshold has a minimum.
  std::optional<double> counted = {};
  const evidence_rule* missing = nullptr;  ///< missing evidence, without which no state is within (section 16)
};
struct judged_threshold : judgement {
  threshold rule;
};

/// Judges the thresholds of the targets and teams of a snapshot, which must have the periods of the thresholds. Columns
/// and the owners of thresholds are looked up once. The snapshot and the settings must outlive it.
class judge {
 public:
  judge(const snapshot&, const figure_settings&);

  const std::vector<threshold>& thresholds_of(const std::string& service) const;
  const std::vector<threshold>& thresholds_of_team(const std::string& team) const;

  /// `span`: replaces the threshold's own period by one of the same kind, such as a past month for `month`.
  judgement decide(const threshold&, const scope_figures&, bool is_team, const period* span = nullptr) const;

  /// Each threshold of a target's service; none outside production.
  std::vector<judged_threshold> all_of(const place&) const;
  std::vector<judged_threshold> all_of_team(const std::string& team) const;

 private:
  /// Evidence that a figure needs, by positions in columns_now: present if a value of `found` is positive, needed if a
  /// value of `counted` is positive or `counted` is empty.
  struct needed_evidence {
    const evidence_rule* rule;
    std::vector<std::size_t> found, counted;
  };
  /// The positions of the columns of a figure with thresholds.
  struct located {
    const threshold_figure* definition;
    const figure* measured_by;
    const quantile* which;
    std::vector<located_slice> value, minimum;
    std::vector<needed_evidence> evidence;
  };
  const located& find(std::string_view figure) const;
  std::optional<measured> measure(const figure&, const std::string& named, const scope_figures&, bool is_team,
                                  const period* span) const;
  static const evidence_rule* missing_evidence(const located&, const scope_figures&);
  bool is_known(const scope_figures&) const;
  std::optional<double> resolved_value(const threshold&, const scope_figures&, const period* span) const;

  const snapshot& data_;
  const figure_settings& settings_;
  std::vector<located> figures_;
  std::vector<bool> is_evidence_;                  ///< by column of columns_now: it counts evidence, not activity
  std::vector<threshold> of_services_, of_teams_;  ///< for services and teams without thresholds of their own
  std::map<std::string, std::vector<threshold>> own_of_service_, own_of_team_;
};

/// The combined state of thresholds: exceeded if one is exceeded, within only if one that rests on observations is
/// within. Counts alone do not suffice: they are within on the first day, before there is data.
standing overall(std::span<const judged_threshold>);

std::vector<judged_threshold> exceeded_among(std::vector<judged_threshold>);
/// The number of judged thresholds.
std::size_t count_judged(std::span<const judged_threshold>);

/// " a month", " over 30 days"; empty without a period.
std::string period_in_words(const threshold&);
/// "5 a month", "15.0 % over 30 days", "not below 2d over 30 days". With a figure to compare with: its value, or its
/// name if it has no value.
std::string threshold_in_words(const threshold&, const std::optional<double>& value);
/// "15.0 % over 30 days, minimum 10 changes"
std::string default_in_words(const threshold&);
/// "hotfixes: 6 (threshold 5 a month)".
std::string in_words(const judged_threshold&);
/// The value alone: "6"; "none" if nothing has that age; "–" without data.
std::string value_in_words(const judged_threshold&);
/// The reason for not_judged: "12 of 20 changes needed", "no data".
std::string gap_in_words(const judged_threshold&);

}
