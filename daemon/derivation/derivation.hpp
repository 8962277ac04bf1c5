#pragma once
// One transaction's derivation, stage by stage: each looks at what the stages before it changed, before and after, and
// derives again only what that may touch. Statements return supersets; the timeline's pure functions decide.
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "daemon/database/connection.hpp"
#include "daemon/derivation/derive.hpp"
#include "daemon/timeline/remedy.hpp"

namespace releasehealth::ledger {

using things = std::set<thing_id>;
using reports_of_things = std::map<thing_id, std::vector<report>>;

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

/// An entry of the queue.
struct touched_thing {
  thing_type type = thing_type::deployment;
  thing_id thing;
  std::string service;
  auto operator<=>(const touched_thing&) const = default;
};

/// Which entries of the queue need a long walk over a stack: they are derived in steps of their own, by turns with
/// steps of all others, so that one service's long history does not hold up the figures of the rest.
struct long_walks {
  std::set<touched_thing> entries;
  bool is_their_turn = false;
};

/// Thrown by a step that was about to walk over a stack of very many deployments: its transaction is to be given up,
/// and the next steps follow `long_walks`.
struct long_walk : std::exception {
  const char* what() const noexcept override { return "a stack of very many deployments"; }
};

/// What the live stack says about a deployment; ids of others, empty: none.
struct stack_verdict {
  std::optional<deployment_kind> kind = {};
  std::string reason = {}, evidence = {}, live = {}, below = {}, rolled_back_by = {};
  bool is_change = false;
  std::optional<timestamp> covers_since = {};
  bool operator==(const stack_verdict&) const = default;
};

/// A deployment that this step writes, once, when the stack has given it a verdict.
struct fresh_deployment {
  deployment told;
  stack_verdict verdict = {};
};

/// The lookup_key() of whatever deployments that changed are called by, and their commits, which may also be shortened.
struct names_of_changed {
  std::vector<std::string> names, commits;
  void add(const settled&);
};

struct derivation {
  transaction& work;
  const derive_settings& settings;
  std::map<thing_type, reports_of_things> told;            ///< of the touched things, by type, until a stage takes them
  std::map<std::string, fresh_deployment> fresh;           ///< by id: told otherwise than they are stored
  things touched_incidents = {};                           ///< by derive_joins(): incidents, before and now
  things members_of_changed = {};                          ///< what those are or were reported as
  std::map<std::string, changed<settled>> deployments;     ///< by id
  names_of_changed names;                                  ///< of those in production, once the stacks are derived
  std::map<std::string, changed<incident_row>> incidents;  ///< by id
  std::map<thing_id, incident> folded;                     ///< by fold_incidents()
  std::vector<remedy> remedies;                            ///< written and deleted ones
  std::set<std::string> hotfixes;                          ///< ids: what they answer may have changed
  std::set<place> places;                                  ///< where figures may have changed
  std::set<std::string> written = {};         ///< ids of deployments of groups that may be told otherwise now
  std::set<std::string> stale_releases = {};  ///< ids of rows of groups that have other members now
  bool may_walk_far = true;                   ///< else long_walk is thrown instead
  std::set<thing_id> walks_far = {};          ///< the deployments because of which it was thrown

  /// A deployment there may be told otherwise than before.
  void note(const std::string& id, const place& where);
  /// The changes that changed incidents blame now, or blamed before.
  std::set<std::string> blamed_changes() const;
  /// The things of changed incidents.
  things changed_incidents() const;
};

/// The names that are `other`, and the environments that reports call production. Whether a name that was known before
/// changed sides: then what it may concern is touched again.
struct known_names {
  other_names others;
  std::set<std::string, std::less<>> productions = {};
  bool have_moved = false;
  std::size_t folded = 0;  ///< new names that are `other`
};
/// Registers the names that the given reports use (null: those of all events, as a rebuild begins).
known_names know_names(transaction&, const derive_settings&, const std::map<thing_type, reports_of_things>*);
/// What the touched tags may resolve: deployments, into `touched`; and the commits that they make known.
void touch_by_tags(transaction&, const naming&, const reports_of_things& told, things& touched,
                   std::set<std::string>& commits);
/// Where a deployment's code lies, by keys (figures.md section 14): the repositories that are configured for its
/// service, else the one that it is matched by, then the one that it reports.
std::vector<std::string> source_repositories(const naming&, const deployment&);
/// The commits of deployments that name none of their service's repositories (timeline/resolution.hpp).
void resolve_commits(transaction&, const naming&, std::vector<deployment>&);
/// Deployments and what their commits add: into `fresh`, as the stack is to see them before they are written.
void derive_deployments(derivation&, const things& touched);
/// The live stack of the places that changed: from the first change on, for as long as verdicts may differ. Writes the
/// fresh deployments.
void derive_stacks(derivation&);
/// Which release over the environments of a group each of its deployments belongs to (timeline/release.hpp).
void assign_releases(derivation&);
/// The rows of groups whose members changed, or are told otherwise by any stage before.
void write_releases(derivation&);
/// Writes fresh deployments as they are now.
void write_deployments(derivation&, const std::vector<std::string>& ids);
/// Which touched incidents are one with which others, before and now.
void derive_joins(derivation&, const things& touched);
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

/// Takes a step of entries from the queue and derives what they touch, by all stages: into the real
/// tables, or into shadows of the same names. With `long_walks` it throws long_walk once it has noted whose that is.
derived derive_step(transaction&, const derive_settings&, step_size, count_pace&, long_walks* = nullptr);
/// Makes shadows of the derived tables and derives all events again into them, at the transaction's instant.
void derive_everything(transaction&, const derive_settings&);
/// What waits in the queue, step by step in this transaction.
void derive_all(transaction&, const derive_settings&);

// what the stages share

/// The reports of things of one type.
reports_of_things load_reports(transaction&, thing_type, const things&);
/// The same, those that `told` holds out of it.
reports_of_things take_reports(derivation&, thing_type, const things&);
/// What the changed incidents are or were called by their senders.
std::set<std::string> subjects_of_changed(derivation&);
/// Folds the given joined incidents into `folded`, unless they are there; retracted ones are not.
void fold_incidents(derivation&, const things&);
std::vector<settled> load_deployments(transaction&, const std::set<std::string>& ids);
/// The same, once the stacks are derived, of any ids; what this step knows is not read again.
void for_deployments(const derivation&, const std::set<std::string>& ids, const std::function<void(const settled&)>&);
std::vector<incident_row> load_incidents(transaction&, const std::set<std::string>& ids);
/// Those of the given changes, and those that name one of the given incidents.
std::vector<remedy> load_remedies(transaction&, const std::set<std::string>& changes, const things& named);

/// What `of` gives for each row, in their order.
template <class Rows, class Of>
auto each_of(const Rows& rows, const Of& of) {
  std::vector<std::decay_t<decltype(of(*rows.begin()))>> all;
  all.reserve(rows.size());
  for (const auto& row : rows) all.push_back(of(row));
  return all;
}

/// 20 hexadecimal digits of what a row names: rows with names as keys would not fit an index.
std::string row_id(std::initializer_list<std::string_view> names);

}
