#pragma once
// Joins the reports of one incident from several tools (figures.md section 18). Pure.
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "daemon/timeline/incident.hpp"

namespace releasehealth {

/// Which incidents of a source count on their own; the others only add facts to incidents they are joined with.
struct incident_filter {
  std::set<int> severities = {};  ///< empty: any; an unknown severity matches none of them
  /// By field, the accepted values: one match is enough. A field filters nothing while no report carries it.
  std::map<std::string, std::vector<std::string>> words = {};
  /// By field, accepted values such as labels and types of issues: one match in one of the fields is enough. Empty: no
  /// such filter. They filter nothing while no report carries any of the fields.
  std::map<std::string, std::vector<std::string>> any_of = {};
  std::string follows = {};  ///< a source or kind: no incident counts on its own; empty: no such rule

  /// Whether the filter accepts an incident with these reports, in any order. An accepted incident stays accepted,
  /// unless a report of changed labels or types (`reclassified`) no longer fits.
  bool lets_in(std::vector<report>) const;
  /// Whether these fields match `any_of`, or contain none of its fields.
  bool fits_any(const json::object& fields) const;
};

/// Settings for joining incidents of several sources.
struct join_settings {
  std::map<std::string, int, std::less<>> ranks;     ///< by source; the lowest leads, unlisted sources rank last
  std::set<std::string, std::less<>> monitors = {};  ///< alert sources, which show one page for all alerts of a rule
  std::set<std::string, std::less<>> trackers = {};  ///< issue sources, where one issue may name several incidents
  std::map<std::string, incident_filter, std::less<>> filters = {};  ///< by source
  bool all_services = false;  ///< a joined incident has the services of all members

  int rank(std::string_view source) const;
  /// The sources none of whose incidents count on their own.
  std::vector<std::string> followers() const;
  bool lets_in(const thing_id&, const std::vector<report>&) const;
  /// Whether the names in a report of an incident count as known names; those of issues that are not incidents do not.
  bool knows_names_of(std::string_view source, const json::object& fields) const;
};

/// The facts of an incident that decide which others it is joined with.
struct nameable {
  thing_id thing;
  std::vector<std::string> ids = {};  ///< ids of the rows it would have unjoined
  std::string url = {};
  timestamp started_at;
  timestamp received_at;             ///< of the first report about it
  std::vector<stretch> stretches;    ///< from its own reports, without empty ones
  bool is_production = false;        ///< also true if no report names an environment
  bool is_let_in = true;             ///< accepted by its source's filters, and not a duplicate
  std::vector<std::string> names;    ///< its id, its URL and other names unique within its source
  std::vector<std::string> keys;     ///< identifiers that its tool reuses for later incidents
  std::vector<std::string> links;    ///< names and keys of others, from link fields and the description
  std::vector<std::string> same_as;  ///< `same_as` of an override or the tool itself; "none": never joined

  bool stands_alone() const;
};
nameable names_of(const incident&, timestamp received_at, const naming&, const join_settings&);

/// The largest distance in time between an incident and a match among several that a name fits.
inline constexpr duration join_window = std::chrono::hours{24};

/// A member of a joined incident.
struct member {
  thing_id thing;
  std::string evidence;          ///< "SHOP-7 names acme.pagerduty.com/incidents/p1"; empty for the lead
  bool only_adds_facts = false;  ///< an issue about several incidents, not an incident of its own
  auto operator<=>(const member&) const = default;
};

/// Has at least one member: the lead, then the others by rank, then those that only add facts.
struct joined_incident {
  thing_id thing;  ///< the member received first, whose id the incident has
  std::vector<member> members;
};

/// All links, in both directions. `nameable`s that the names of any of them fit must be included.
std::vector<std::pair<thing_id, thing_id>> linked_incidents(std::span<const nameable>, const join_settings&);

/// The incidents that these reports describe; filtered-out ones are joined but do not stand alone. All members of a
/// joined incident must be included.
std::vector<joined_incident> join_incidents(std::span<const nameable>, const join_settings&);

/// A lead without a resolution and without reports for this long counts as resolved once its members are. The daemon
/// itself reports the silence (schema/derivation/report_silence.sql), as derivation uses no clock.
inline constexpr duration silence = std::chrono::days{30};
/// The field of such a report: the time of the preceding report.
inline constexpr std::string_view silent_since = "silent_since";

/// The reports of one member of a joined incident.
struct told_member {
  thing_id thing;
  std::vector<report> reports;
  bool only_adds_facts = false;
};
/// Folds the members into one incident; the lead comes first. Nothing if the lead was retracted.
std::optional<incident> fold_joined(const thing_id&, std::vector<told_member> members, const naming&,
                                    const join_settings&);

}
