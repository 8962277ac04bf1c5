#pragma once
// An incident as its reports tell it together (figures.md §2): when it was open, how often, and who was there.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collectors/words.hpp"
#include "daemon/timeline/fold.hpp"

namespace releasehealth {

/// From an opening to the resolution that follows it.
struct stretch {
  timestamp from;
  std::optional<timestamp> until;      ///< resolved; none: still open
  std::optional<timestamp> mitigated;  ///< within this stretch
  /// When the service was well again: mitigated, else resolved.
  std::optional<timestamp> restored() const { return mitigated ? mitigated : until; }
};

bool open_at(std::span<const stretch>, timestamp);

struct responder {
  std::string person;
  std::optional<timestamp> from, to;
};

struct incident {
  thing_id thing;
  std::vector<std::string> services;              ///< mapped, in bytewise order, each once; none: nobody said
  std::vector<std::string> called_services = {};  ///< of a joined one, those of the member that it is called by
  std::string environment;                        ///< mapped; empty: nobody said
  int severity = 0;                               ///< 1 to 5; 0: unknown
  incident_state state = incident_state::open;
  timestamp started_at;   ///< t of figures.md §5: started_at, else detected_at, else the first report
  timestamp detected_at;  ///< detected_at, else t
  std::optional<timestamp> acknowledged_at;
  std::vector<stretch> stretches;  ///< in order of time; at least one
  std::string culprit;             ///< a deployment, version or commit; "none"
  std::string culprit_source;      ///< the source that names it
  std::vector<responder> responders;
  json::object facts, overrides;

  bool open_at(timestamp t) const { return releasehealth::open_at(stretches, t); }
  bool is_open() const { return !stretches.back().until; }
  /// figures.md §7: of its last stretch; none while it is neither mitigated nor resolved.
  std::optional<timestamp> restored_at() const { return stretches.back().restored(); }
};

/// Nothing if it was retracted, or if nobody but a retraction spoke of it.
std::optional<incident> fold_incident(const thing_id&, std::vector<report>, const naming&);

/// Work on an incident, or on a service, as somebody reported it (figures.md §8).
struct work {
  thing_id thing;
  std::string person;
  std::string incident, service;  ///< either may be empty; the service is mapped
  std::optional<timestamp> begin, end;
  std::optional<std::int64_t> seconds;
  timestamp at;  ///< its begin, else its first report: where seconds without an interval count
};
std::optional<work> fold_work(const thing_id&, std::vector<report>, const naming&);

/// A flag that was switched.
struct flag_change {
  thing_id thing;
  std::string service, environment, flag, incident;
  bool on = false;
  timestamp at;
};
std::optional<flag_change> fold_flag(const thing_id&, std::vector<report>, const naming&);

}
