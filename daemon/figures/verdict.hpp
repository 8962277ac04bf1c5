#pragma once
// The one judgement of thresholds (figures.md section 12): /metrics, pages, badge, gate and reports use it, alerts and
// dashboards by way of /metrics.
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
  not_judged,  ///< no data, fewer observations than the threshold's minimum, or no evidence that none is exceeded
};

struct judgement {
  standing state = standing::not_judged;
  std::optional<double> value =
      {};  ///< in the figure's unit, an age in seconds; empty: no data, or nothing has that age
  std::optional<double> limit = {};  ///< empty: the figure that is the threshold has no value
  std::optional<double> counted =
      {};  ///< of a threshold with a minimum: what there is of the denominator or observations
  const evidence_rule* missing = nullptr;  ///< without any of it nothing is within (figures.md section 16)
};
struct judged_threshold : judgement {
  threshold of;
};

/// Judges the thresholds of the places and teams of a snapshot, which has the periods of the thresholds. It looks for
/// columns and for whose a threshold is once. It refers to the snapshot and the settings.
class judge {
 public:
  judge(const snapshot&, const figure_settings&);

  const std::vector<threshold>& thresholds_of(const std::string& service) const;
  const std::vector<threshold>& thresholds_of_team(const std::string& team) const;

  /// `over`: instead of the threshold's own period, one of the same kind: the past month for a month.
  judgement decide(const threshold&, const scope_figures&, bool is_team, const period* over = nullptr) const;

  /// Each threshold of a place's service; none outside production.
  std::vector<judged_threshold> all_of(const place&) const;
  std::vector<judged_threshold> all_of_team(const std::string& team) const;

 private:
  /// Where the columns of a figure with thresholds are.
  /// Evidence that a figure rests on, by columns of now: there is some if one of `found` is positive. It is needed if
  /// one of `counted` is, or always if there are none.
  struct needed_evidence {
    const evidence_rule* of;
    std::vector<std::size_t> found, counted;
  };
  struct located {
    const limited_figure* of;
    const figure* measured_by;
    const quantile* which;
    std::vector<located_slice> value, minimum;
    std::vector<needed_evidence> evidence;
  };
  const located& find(std::string_view figure) const;
  std::optional<measured> measure(const figure&, const std::string& named, const scope_figures&, bool is_team,
                                  const period* over) const;
  static const evidence_rule* missing_evidence(const located&, const scope_figures&);
  bool is_known(const scope_figures&) const;
  std::optional<double> resolved_limit(const threshold&, const scope_figures&, const period* over) const;

  const snapshot& from_;
  const figure_settings& settings_;
  std::vector<located> figures_;
  std::vector<bool> is_evidence_;                  ///< by column of now: it counts evidence, nothing that happened
  std::vector<threshold> of_services_, of_teams_;  ///< of those without thresholds of their own
  std::map<std::string, std::vector<threshold>> own_of_service_, own_of_team_;
};

/// What thresholds come to together: exceeded if one is. Within only if one that rests on observations is: counts are
/// within from the first day on, when nothing is known yet.
standing overall(std::span<const judged_threshold>);

std::vector<judged_threshold> exceeded_among(std::vector<judged_threshold>);
/// How many are judged.
std::size_t count_judged(std::span<const judged_threshold>);

/// " a month", " over 30 days"; empty for what holds at an instant.
std::string period_in_words(const threshold&);
/// "5 a month", "15.0 % over 30 days", "not below 2d over 30 days"; of a threshold that is a figure its value, or the
/// figure's name where it has none.
std::string threshold_in_words(const threshold&, const std::optional<double>& limit);
/// "15.0 % over 30 days, from 10 changes on"
std::string default_in_words(const threshold&);
/// "hotfixes: 6 (threshold 5 a month)".
std::string in_words(const judged_threshold&);
/// The value alone: "6"; "none" where nothing has that age; "–" without data.
std::string value_in_words(const judged_threshold&);
/// Why it is not judged: "12 of 20 changes needed", "no data".
std::string gap_in_words(const judged_threshold&);

}
