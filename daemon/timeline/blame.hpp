#pragma once
// Which change an incident is blamed on (figures.md §5), and what remedied it (§6, §7). Pure: whoever calls brings the
// deployments and incidents that may matter; bringing more changes nothing.
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collectors/words.hpp"
#include "daemon/timeline/incident.hpp"
#include "daemon/timeline/stack.hpp"

namespace releasehealth {

/// A deployment with what the live stack made of it.
struct settled {
  std::string id;  ///< names it among all
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
  std::string fixes, incident;              ///< as a report names them
  std::string release;                      ///< id of the row of its group (release.hpp); empty: it is in none
  std::optional<bool> failed_by_hand;       ///< an override says whether it failed (figures.md section 22)
  bool operator==(const settled&) const = default;

  bool succeeded() const { return state == deployment_state::succeeded; }
  /// Nothing is attributed to it, whatever is known of it.
  bool is_acquitted() const { return failed_by_hand == false; }
};

/// A deployment that a name means.
struct named_deployment {
  const settled* of;
  bool only_in_its_service = false;  ///< by its version, which means something within a service only
};
/// The one of that id, or the members of that release; else those with it as subject in the own source; else in the
/// only other source that has one; else those of that commit or version, of `backend@1.8.3` those of the service of
/// that name or alias if it has any.
std::vector<named_deployment> named(std::string_view name, std::string_view own_source, std::span<const settled>,
                                    const naming&);

/// The change that a deployment stands for: itself, or of a redeploy the one that it put there again; else null.
const settled* change_of(const settled&, std::span<const settled> known);

/// Of several matches the last that finished at or before t, else the first after (figures.md §5.1). All have finished.
const settled* nearest(std::span<const settled* const> matches, timestamp t);

struct blame {
  const settled* change = nullptr;     ///< none: unattributed
  std::optional<unattributed> reason;  ///< none for an incident outside production
  std::string environment;             ///< the incident's own, or the one that figures.md §5 gives it
  bool production = true;
};

struct blame_settings {
  naming names;
  duration attribution_window = std::chrono::days{7};
  std::map<std::string, duration, std::less<>> windows;  ///< of services that have their own
  duration window(std::string_view service) const;
};

/// The blame of one incident for one of its services (empty: it names none). `known` holds at least what its culprit
/// names and, of the service, the attempts in progress at its start and, for each production environment, the last
/// succeeded deployment finished at or before it; and what is live after all of these.
blame find_blame(const incident&, std::string_view service, std::span<const settled> known, const blame_settings&);

/// The environment in which a service was changed last at that time; `production` if in none.
std::string changed_last(std::string_view service, timestamp, std::span<const settled> known);

}
