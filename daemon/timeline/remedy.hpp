#pragma once
// What remedied which change (figures.md §6), and what that and its incidents make of the change (§7). Pure.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/timeline/blame.hpp"

namespace releasehealth {

struct remedy {
  way by_way = way::rollback;
  std::string by;      ///< id of the deployment, or of the flag change
  std::string change;  ///< id of the change remedied; empty: it only names an incident
  thing_id incident;   ///< that it names; without a subject: none
  timestamp started_at, finished_at;
  auto operator<=>(const remedy&) const = default;
};

/// An incident as remedies and failures look at it: one for each of its services.
struct blaming {
  thing_id thing;
  std::string change;  ///< id of the change blamed; empty: unattributed
  timestamp started_at, detected_at;
  std::optional<timestamp> restored_at;
  std::vector<stretch> stretches;
  bool open_at(timestamp at) const { return releasehealth::open_at(stretches, at); }
};

/// An incident that has a name in a source: one of its members is called so there.
struct named_incident_row {
  std::string source;
  blaming is;
};
/// The rows of the incident that a name means: of the own source, else of the only other source that has one.
std::vector<blaming> named_incident(std::string_view own_source, std::span<const named_incident_row> of_that_name);

/// The change that a hotfix remedies; null: none. `in_place`: at least the deployments of its place that `fixes` means;
/// `named`: the incidents that `incident` means; `blaming`: at least those open at its start that blame a change of its
/// place; `chain`: the live stack at its start from the top down, as far as the attribution window reaches.
std::optional<std::string> remedied_by(const settled& hotfix, std::span<const settled> in_place,
                                       std::span<const blaming> named, std::span<const blaming> open,
                                       std::span<const settled> chain, duration attribution_window);

/// The earliest start; ties: rollback, flag, hotfix.
const remedy* first_remedy(std::span<const remedy>);

struct failure {
  bool failed = false;
  std::optional<timestamp> issue_at, recovered_at;
  std::optional<way> first;
  bool operator==(const failure&) const = default;
};
/// `incidents`: all that blame the change; `remedies`: all of it; `by_hand`: what an override says, which decides:
/// false is no failure, true without an incident or remediation one without times (figures.md section 22).
failure judge_change(std::span<const blaming> incidents, std::span<const remedy> remedies,
                     std::optional<bool> by_hand = {});

/// From when a hotfix's response counts: the earliest detection among the incidents that were open at its start and
/// blame the change that it remedies.
std::optional<timestamp> response_from(const settled& hotfix, std::span<const blaming> of_remedied_change);

/// The first remedy, of the blamed change or naming the incident, that starts between detection and restoration.
const remedy* deciding_remedy(const blaming&, std::span<const remedy> of_change_or_naming);

}
