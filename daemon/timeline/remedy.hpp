#pragma once
// Which remediation belongs to which change (figures.md §6), and whether a change failed (§7). Pure.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/timeline/blame.hpp"

namespace releasehealth {

struct remedy {
  way by_way = way::rollback;
  std::string actor;   ///< id of the deployment or flag change
  std::string change;  ///< id of the remediated change; empty: it only names an incident
  thing_id incident;   ///< the incident that it names; without a subject: none
  timestamp started_at, finished_at;
  auto operator<=>(const remedy&) const = default;
};

/// An incident as remediations and failures see it: one for each of its services.
struct blaming {
  thing_id thing;
  std::string change;  ///< id of the attributed change; empty: unattributed
  timestamp started_at, detected_at;
  std::optional<timestamp> restored_at;
  std::vector<stretch> stretches;
  bool open_at(timestamp instant) const { return releasehealth::open_at(stretches, instant); }
};

/// An incident known in a source: that source's name refers to one of its members.
struct named_incident_row {
  std::string source;
  blaming is;
};
/// The rows of the incident that a name refers to: in the own source, else in the only other source that has one.
std::vector<blaming> named_incident(std::string_view own_source, std::span<const named_incident_row> of_that_name);

/// The change that a hotfix remediates; nothing if none. `in_place`: at least the deployments of its target that
/// `fixes` refers to; `named`: the incidents that `incident` refers to; `open`: at least those open at its start that
/// are attributed to a change of its target; `chain`: the live stack at its start, from the top down, as far as the
/// attribution window reaches.
std::optional<std::string> remedied_by(const settled& hotfix, std::span<const settled> in_place,
                                       std::span<const blaming> named, std::span<const blaming> open,
                                       std::span<const settled> chain, duration attribution_window);

/// The remediation that started first; ties: rollback, flag, hotfix.
const remedy* first_remedy(std::span<const remedy>);

struct failure {
  bool failed = false;
  std::optional<timestamp> issue_at, recovered_at;
  std::optional<way> first;
  bool operator==(const failure&) const = default;
};
/// `incidents`: all those attributed to the change; `remedies`: all its remediations; `by_hand`: an override, which
/// takes precedence: false is no failure; true without an incident or remediation is a failure without times
/// (figures.md section 22).
failure judge_change(std::span<const blaming> incidents, std::span<const remedy> remedies,
                     std::optional<bool> by_hand = {});

/// The start of a hotfix's response: the earliest detection among the incidents attributed to the change that it
/// remediates and open at its start.
std::optional<timestamp> response_from(const settled& hotfix, std::span<const blaming> of_remedied_change);

/// The first remediation between detection and restoration, of the attributed change or naming the incident.
const remedy* deciding_remedy(const blaming&, std::span<const remedy> of_change_or_naming);

}
