#pragma once
// Which reports of several tools are one incident (figures.md section 18). Pure.
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "daemon/timeline/incident.hpp"

namespace releasehealth {

/// Which incidents of a source count by themselves; the others only add to those that they are joined with.
struct incident_filter {
  std::set<int> severities = {};  ///< empty: any; an unknown one is none of them
  /// By field: the values of which one is enough. As long as no report has the field, it filters nothing.
  std::map<std::string, std::vector<std::string>> words = {};
  /// By field: the values of which one in one field is enough: labels and types of issues. Empty: there are no such
  /// fields. As long as no report has one of them, they filter nothing.
  std::map<std::string, std::vector<std::string>> any_of = {};
  std::string follows = {};  ///< a source or kind: none counts by itself; empty: no

  /// Whether an incident with these reports, in any order, is let in. Once it fits, it stays, unless a report of
  /// changed labels or types (`reclassified`) no longer fits.
  bool lets_in(std::vector<report>) const;
  /// Whether these fields have one of `any_of`, or none of its fields.
  bool fits_any(const json::object& fields) const;
};

/// How incidents of several sources are joined.
struct join_settings {
  std::map<std::string, int, std::less<>> ranks;  ///< by source; the lowest leads; what is not in it comes last
  std::set<std::string, std::less<>> monitors =
      {};  ///< sources of alerts, which show one page for all that a rule fires
  std::set<std::string, std::less<>> trackers = {};  ///< sources of issues, where one issue may name several incidents
  std::map<std::string, incident_filter, std::less<>> filters = {};  ///< by source
  bool all_services = false;  ///< a joined incident has the services of all its members

  int rank(std::string_view source) const;
  /// The sources of which no incident counts by itself.
  std::vector<std::string> followers() const;
  bool lets_in(const thing_id&, const std::vector<report>&) const;
  /// Whether the names in a report of an incident count among those that are known: not those of the many issues that
  /// are none.
  bool knows_names_of(std::string_view source, const json::object& fields) const;
};

/// What decides with which other incidents one is joined.
struct nameable {
  thing_id thing;
  std::vector<std::string> ids = {};  ///< of its rows, were it alone
  std::string url = {};
  timestamp started_at;
  timestamp received_at;             ///< the first report about it
  std::vector<stretch> stretches;    ///< of its own reports, those that took time
  bool is_production = false;        ///< or in no environment that a report names
  bool is_let_in = true;             ///< by the filters of its source, and no duplicate
  std::vector<std::string> names;    ///< its id, its URL and whatever else its source calls it alone
  std::vector<std::string> keys;     ///< identifiers that its tool uses again for later incidents
  std::vector<std::string> links;    ///< names and keys of others, in fields for this purpose and in its description
  std::vector<std::string> same_as;  ///< the same as a person or the tool itself says it; "none": it stands alone

  bool stands_alone() const;
};
nameable names_of(const incident&, timestamp received_at, const naming&, const join_settings&);

/// How far apart an incident and one of several that a name fits may be.
inline constexpr duration join_window = std::chrono::hours{24};

/// A member of a joined incident.
struct member {
  thing_id thing;
  std::string evidence;          ///< "SHOP-7 names acme.pagerduty.com/incidents/p1"; empty for the lead
  bool only_adds_facts = false;  ///< an issue about several incidents, none of its own
  auto operator<=>(const member&) const = default;
};

/// At least one member; the lead first, then by rank, those that only add facts last.
struct joined_incident {
  thing_id thing;  ///< the member received first: the incident is called by it
  std::vector<member> members;
};

/// Which of them are linked with which, both ways. What the names of one of them fit has to be among them.
std::vector<std::pair<thing_id, thing_id>> linked_incidents(std::span<const nameable>, const join_settings&);

/// The incidents that these reports tell of; what no filter lets in is none by itself. All of a joined incident's
/// members have to be among them.
std::vector<joined_incident> join_incidents(std::span<const nameable>, const join_settings&);

/// After so long without a report a lead that nobody resolved counts as resolved as soon as its members are. The daemon
/// reports the silence itself (schema/derivation/report_silence.sql): nothing else here knows a clock.
inline constexpr duration silence = std::chrono::days{30};
/// The field of such a report: the time of the last one before.
inline constexpr std::string_view silent_since = "silent_since";

/// One tool's reports of a joined incident.
struct told_member {
  thing_id thing;
  std::vector<report> reports;
  bool only_adds_facts = false;
};
/// The incident as its members tell it together, the lead first. Nothing: the lead was retracted.
std::optional<incident> fold_joined(const thing_id&, std::vector<told_member> members, const naming&,
                                    const join_settings&);

}
