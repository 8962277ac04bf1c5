#pragma once
// An incident as folded from its reports (figures.md §2): when it was open, how often, and who responded.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collectors/words.hpp"
#include "daemon/timeline/fold.hpp"

namespace releasehealth {

/// The interval from an opening to the resolution that follows it.
struct stretch {
  timestamp from;
  std::optional<timestamp> until;      ///< resolved; none: still open
  std::optional<timestamp> mitigated;  ///< within this stretch
  /// When the service was restored: the mitigation, else the resolution.
  std::optional<timestamp> restored() const { return mitigated ? mitigated : until; }
};

bool open_at(std::span<const stretch>, timestamp);

struct responder {
  std::string person;
  std::optional<timestamp> from, to;
};

struct incident {
  thing_id thing;
  std::vector<std::string> services;              ///< mapped, in byte order, without duplicates; may be empty
  std::vector<std::string> called_services = {};  ///< of a joined incident: services of the member whose id it has
  std::string environment;                        ///< mapped; empty if not reported
  int severity = 0;                               ///< 1 to 5; 0: unknown
  incident_state state = incident_state::open;
  timestamp started_at;   ///< t of figures.md §5: started_at, else detected_at, else the first report
  timestamp detected_at;  ///< detected_at, else t
  std::optional<timestamp> acknowledged_at;
  std::vector<stretch> stretches;  ///< in order of time; never empty
  std::string culprit;             ///< a deployment, version or commit; "none"
  std::string culprit_source;      ///< the source that reported the culprit
  std::vector<responder> responders;
  json::object facts, overrides;

  bool open_at(timestamp t) const { return releasehealth::open_at(stretches, t); }
  bool is_open() const { return !stretches.back().until; }
  /// Restoration time of the last stretch (figures.md §7); none while it is neither mitigated nor resolved.
  std::optional<timestamp> restored_at() const { return stretches.back().restored(); }
};

/// Nothing if the incident was retracted or has only retractions.
std::optional<incident> fold_incident(const thing_id&, std::vector<report>, const naming&);

/// Reported work on an incident or a service (figures.md §8).
struct work {
  thing_id thing;
  std::string person;
  std::string incident, service;  ///< either may be empty; the service is mapped
  std::optional<timestamp> begin, end;
  std::optional<std::int64_t> seconds;
  timestamp at;  ///< its begin, else the time of its first report; where `seconds` without an interval count
};
std::optional<work> fold_work(const thing_id&, std::vector<report>, const naming&);

/// A switched feature flag.
struct flag_change {
  thing_id thing;
  std::string service, environment, flag, incident;
  bool is_on = false;
  timestamp at;
};
std::optional<flag_change> fold_flag(const thing_id&, std::vector<report>, const naming&);

}
