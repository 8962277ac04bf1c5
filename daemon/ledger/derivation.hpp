#pragma once
// One transaction's derivation, stage by stage: each looks at what the stages before it changed, before and after, and
// derives again only what that may touch. Statements return supersets; the timeline's pure functions decide.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/ledger/database.hpp"
#include "daemon/ledger/derive.hpp"
#include "daemon/timeline/remedy.hpp"

namespace releasehealth::ledger {

/// A thing by (source, subject).
using thing_key = std::pair<std::string, std::string>;
using things = std::set<thing_key>;

/// An incident in one of its services, as it is stored.
struct incident_row {
  std::string id;
  place where;
  bool production = false;
  blaming told;
};

/// A row before and after; either may be missing.
template <class Row>
struct changed {
  std::optional<Row> before, now;
};

struct derivation {
  pqxx::transaction_base& work;
  const derive_settings& settings;
  const things& touched_incidents;
  std::map<std::string, changed<settled>> deployments;     ///< by id
  std::map<std::string, changed<incident_row>> incidents;  ///< by id
  std::map<thing_key, incident> folded;                    ///< by fold_incidents()
  std::vector<remedy> remedies;                            ///< written and deleted ones
  std::set<std::string> hotfixes;                          ///< ids: what they answer may have changed
  std::set<place> places;                                  ///< where figures may have changed

  /// The changes that changed incidents blame now, or blamed before.
  std::set<std::string> blamed_changes() const;
  /// The things of changed incidents.
  things changed_incidents() const;
};

/// Registers the names that events about the touched things use (null: all events, as a rebuild begins). Returns those
/// that are `other`; if that changed for a name that was known, everything is touched again.
other_names know_names(pqxx::transaction_base&, const derive_settings&, const std::map<std::string, things>* touched);
/// Deployments and what their commits add.
void derive_deployments(derivation&, const things& touched);
/// The live stack of the places that changed: from the first change on, for as long as verdicts may differ.
void derive_stacks(derivation&);
/// Incidents and whom they blame.
void derive_incidents(derivation&);
/// What rollbacks, flags and hotfixes remedied.
void derive_remedies(derivation&, const things& touched_flags);
/// What failed and when it recovered, and hotfixes' responses.
void derive_failures(derivation&);
/// What hotfixes leave to be done, and what is concluded about the incidents that they answer: decisions, and whether
/// these are what the policy says.
void derive_follow_ups(derivation&, const std::set<std::string>& touched_commits);
/// Who was at work: on incidents that changed or were told something that no row shows, as when they were mitigated.
void derive_engagements(derivation&, const things& touched_work);

/// Takes up to deriver::max_things entries from the queue and derives what they touch, by all stages: into the real
/// tables, or into shadows of the same names. Returns how many it took.
std::size_t derive_step(pqxx::transaction_base&, const derive_settings&, step_size);
/// Makes shadows of the derived tables and derives all events again into them, at the transaction's instant.
void derive_everything(pqxx::transaction_base&, const derive_settings&);

// what the stages share

/// Two parallel text[].
std::pair<std::string, std::string> thing_arrays(const things&);
std::string id_array(const std::set<std::string>&);
/// The reports of things of one type.
std::map<thing_key, std::vector<report>> load_reports(pqxx::transaction_base&, const std::string& type, const things&);
/// Folds the given incidents into `folded`, unless they are there; retracted ones are not.
void fold_incidents(derivation&, const things&);
/// A row of the columns of deployments_by_id.sql.
settled read_settled(const pqxx::row&);
std::vector<settled> load_deployments(pqxx::transaction_base&, const std::set<std::string>& ids);
/// Every name that somebody may use for a deployment, in small letters, and its commit, of which a name may be longer.
void add_names(const settled&, std::set<std::string>& names, std::set<std::string>& commits);
/// A row of the columns of incidents_by_id.sql.
incident_row read_incident(const pqxx::row&);
std::vector<incident_row> load_incidents(pqxx::transaction_base&, const std::set<std::string>& ids);
report read_report(const pqxx::row&);
remedy read_remedy(const pqxx::row&);
/// Those of the given changes, and those that name one of the given incidents.
std::vector<remedy> load_remedies(pqxx::transaction_base&, const std::set<std::string>& changes, const things& named);

/// As the statements' JSON parameters want it.
json::value time_or_null(const std::optional<timestamp>&);
json::value text_or_null(const std::string&);  ///< empty is null

/// 20 hexadecimal digits of what a row names: rows with names as keys would not fit an index.
std::string row_id(std::initializer_list<std::string_view> names);

}
