#pragma once
// Attributes incidents to changes (figures.md §5). Pure: the caller supplies all deployments and incidents that may
// matter; additional ones do not change the result.
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collectors/words.hpp"
#include "daemon/timeline/incident.hpp"
#include "daemon/timeline/stack.hpp"

namespace releasehealth {

/// A deployment with its result from the live stack.
struct settled {
  std::string id;  ///< unique among all deployments
  std::string day_order;
  thing_id thing;
  place where;
  bool production = false;
  std::optional<deployment_state> state;
  std::string version, commit;
  std::optional<deployment_kind> kind;  ///< none unless succeeded
  bool is_change = false;
  std::optional<timestamp> started_at, finished_at;
  std::string live, below, rolled_back_by;  ///< ids; empty: none
  std::string fixes, incident;              ///< as reported
  std::string release;                      ///< id of its group's row (release.hpp); empty if it is in no group
  std::optional<bool> failed_by_hand;       ///< set if an override decides whether it failed (figures.md section 22)
  bool operator==(const settled&) const = default;

  bool succeeded() const { return state == deployment_state::succeeded; }
  /// An override says that it did not fail, so nothing is attributed to it.
  bool is_acquitted() const { return failed_by_hand == false; }
};

/// A deployment that a name refers to.
struct named_deployment {
  const settled* change;
  bool only_in_its_service = false;  ///< matched by version, which identifies a deployment only within its service
};
/// Resolves a name: the deployment of that id, or the members of that release; else the deployments with that subject
/// in the own source; else those in another source, if only one has any; else those of that commit or version. For a
/// name like `backend@1.8.3`, deployments of the service with that name or alias come first.
std::vector<named_deployment> named(std::string_view name, std::string_view own_source, std::span<const settled>,
                                    const naming&);

/// The change that a deployment stands for: itself, or the change that a redeployment put live again; null if none.
const settled* change_of(const settled&, std::span<const settled> known);

/// The last match that finished at or before t, else the first one after t (figures.md §5.1). All matches must have
/// finished.
const settled* nearest(std::span<const settled* const> matches, timestamp t);

struct blame {
  const settled* change = nullptr;     ///< none: unattributed
  std::optional<unattributed> reason;  ///< none for an incident outside production
  std::string environment;             ///< the incident's own, else derived by figures.md §5
  bool production = true;
};

struct blame_settings {
  naming names;
  duration attribution_window = std::chrono::days{7};
  std::map<std::string, duration, std::less<>> windows;  ///< by service, where it differs from the default
  duration window(std::string_view service) const;
};

/// Attributes one incident for one of its services (empty if it names none). `known` must hold at least the deployments
/// that the culprit names; for the service, the attempts in progress at the incident's start and, for each production
/// environment, the last succeeded deployment finished at or before it; and the element live after each of these.
blame find_blame(const incident&, std::string_view service, std::span<const settled> known, const blame_settings&);

/// The environment in which the service last changed at or before that time; `production` if there was no change.
std::string changed_last(std::string_view service, timestamp, std::span<const settled> known);

}
