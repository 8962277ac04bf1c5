#pragma once
// The derivation of one transaction, in stages. Each stage reads what the earlier stages changed, before and after, and
// derives again only what those changes may affect. Statements return supersets; the timeline's pure functions decide.
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

/// An incident in one of its services, as stored.
struct incident_row {
  std::string id;
  place where;
  bool production = false;
  blaming told;
};

/// A row before and after this step; either may be missing.
template <class Row>
struct changed {
  std::optional<Row> previous, now;
};

/// An entry of the queue.
struct touched_thing {
  thing_type type = thing_type::deployment;
  thing_id thing;
  std::string service;
  auto operator<=>(const touched_thing&) const = default;
};

/// The queue entries that need a long walk over a stack. They are derived in steps of their own, alternating with steps
/// for all other entries, so that the long history of one service does not delay the figures of the others.
struct long_walks {
  std::set<touched_thing> entries;
  bool is_their_turn = false;
};

/// Thrown by a step before it walks over a stack of very many deployments. The caller rolls back the transaction, and
/// the next steps follow `long_walks`.
struct long_walk : std::exception {
  const char* what() const noexcept override { return "a stack of very many deployments"; }
};

/// The verdict of the live stack on a deployment. `live`, `below` and `rolled_back_by` are deployment ids; empty: none.
struct stack_verdict {
  std::optional<deployment_kind> kind = {};
  std::string reason = {}, evidence = {}, live = {}, below = {}, rolled_back_by = {};
  bool is_change = false;
  std::optional<timestamp> covers_since = {};
  bool operator==(const stack_verdict&) const = default;
};

/// A deployment that this step writes once, after the stack has given its verdict.
struct fresh_deployment {
  deployment told;
  stack_verdict verdict = {};
};

/// The columns by which a commit may be referenced.
struct named_commit {
  std::string sha, repository, ref, title, pull_request, picked_from;
  bool has_parents = false;  ///< their names are reported
};

/// The names (as lookup_key()) of changed deployments, and their commits, which references may abbreviate.
struct names_of_changed {
  std::vector<std::string> names, commits;
  void add(const settled&);
};

struct derivation {
  transaction& work;
  const derive_settings& settings;
  std::map<thing_type, reports_of_things> told;            ///< reports of touched things, until a stage moves them out
  std::vector<named_commit> commits;                       ///< those that changed, before and now
  std::map<std::string, fresh_deployment> fresh;           ///< by id: their reports differ from the stored row
  things touched_incidents = {};                           ///< set by derive_joins(): incidents, before and now
  things members_of_changed = {};                          ///< the members of those incidents, before and now
  std::map<std::string, changed<settled>> deployments;     ///< by id
  names_of_changed names;                                  ///< in production only; set by derive_stacks()
  std::map<std::string, changed<incident_row>> incidents;  ///< by id
  std::map<thing_id, incident> folded;                     ///< set by fold_incidents()
  std::vector<remedy> remedies;                            ///< written and deleted ones
  std::set<std::string> hotfixes;                          ///< ids; the incidents that they fix may have changed
  std::set<place> places;                                  ///< targets whose figures may have changed
  std::set<std::string> written = {};                      ///< ids of deployments in groups that may have changed
  std::set<std::string> stale_releases = {};               ///< ids of group rows whose members changed
  bool may_walk_far = true;                                ///< if false, long_walk is thrown instead
  std::set<thing_id> walks_far = {};                       ///< the deployments that caused long_walk
  bool has_touched = false;                                ///< deployments for a later step

  /// Records that a deployment in that target may have changed.
  void note(const std::string& id, const place& where);
  /// The changes that changed incidents are attributed to, before and now.
  std::set<std::string> blamed_changes() const;
  /// The things of changed incidents.
  things changed_incidents() const;
};

/// The names that are aggregated as `other`, and the environments that reports call production. `have_moved`: a name
/// that was known before crossed the cardinality limit, or reports started or stopped calling it production; the things
/// that it may concern are queued again.
struct known_names {
  other_names others;
  std::set<std::string, std::less<>> productions = {};
  bool have_moved = false;
  std::size_t folded = 0;  ///< new names that are aggregated as `other`
};
/// Registers the names in the given reports (null: in all events, at the start of a rebuild).
known_names know_names(transaction&, const derive_settings&, const std::map<thing_type, reports_of_things>*);
/// Adds to `touched` the deployments that the touched tags may resolve, and to `commits` the commits that tags name.
void touch_by_tags(transaction&, const naming&, const reports_of_things& told, things& touched,
                   std::set<std::string>& commits);
/// The keys of a deployment's source repositories (figures.md section 14): those configured for its service; otherwise
/// the one that its service is matched by, then the one that the deployment reports.
std::vector<std::string> source_repositories(const naming&, const deployment&);
/// Resolves the commits of deployments that report no commit of their service's repositories
/// (timeline/resolution.hpp).
void resolve_commits(transaction&, const naming&, std::vector<deployment>&);
/// Writes what the reports of all sources say about the touched commits.
void write_commits(derivation&, const std::set<std::string>& touched);
/// A change, with the verdict on it. Its content is derived if its commit reports its parents.
struct content_wish {
  deployment* change;
  bool is_change, is_hotfix;
  std::string below;  ///< an id; empty: none
};
/// Derives what changes bring (timeline/content.hpp).
void derive_contents(derivation&, const std::vector<content_wish>&);
/// Queues the changes whose content may differ because of what this step changed: `changes`, and those right above a
/// changed deployment.
void touch_contents(derivation&, const std::vector<std::string>& changes);
/// Folds deployments with the facts of their commits into `fresh`, where the stack reads them before they are written.
void derive_deployments(derivation&, const things& touched);
/// Runs the live stacks of the changed targets from the first change on, for as long as verdicts may differ. Writes the
/// fresh deployments.
void derive_stacks(derivation&);
/// Assigns each deployment in the environments of a group to a release (timeline/release.hpp).
void assign_releases(derivation&);
/// Rewrites the group rows whose membership changed, or whose members changed in an earlier stage.
void write_releases(derivation&);
/// Writes fresh deployments with their current verdicts.
void write_deployments(derivation&, const std::vector<std::string>& ids);
/// Determines which incidents the touched ones are joined with, before and now.
void derive_joins(derivation&, const things& touched);
/// Derives incidents and their attributed changes.
void derive_incidents(derivation&);
/// Derives the remediations by rollbacks, flags and hotfixes.
void derive_remedies(derivation&, const things& touched_flags);
/// Derives which changes failed and when they recovered, and the responses of hotfixes.
void derive_failures(derivation&);
/// Derives the follow-ups of hotfixes that changed or whose merge-back the changed commits may show. Returns these.
std::set<std::string> derive_follow_ups(derivation&);
/// Derives the conclusions about incidents that changed, that a changed remediation is about, or that one of the
/// hotfixes fixes: decisions, whether they match the policy, and whether the incident was closed too early.
void derive_conclusions(derivation&, const std::set<std::string>& hotfixes);
/// Derives who worked on incidents that changed or have new reports that no row shows, such as of their mitigation.
void derive_engagements(derivation&, const things& touched_work);

/// Takes one step of entries from the queue and derives what they touch in all stages, into the real tables or into
/// shadows of the same names. With `long_walks`, throws long_walk after it has noted the entries that cause it.
derived derive_step(transaction&, const derive_settings&, step_size, count_pace&, long_walks* = nullptr);
/// Creates shadows of the derived tables and derives all events into them, as of the snapshot of the transaction.
void derive_everything(transaction&, const derive_settings&);
/// Derives the whole queue, step by step, in this transaction.
void derive_all(transaction&, const derive_settings&);

// shared by the stages

/// Loads the reports of things of one type.
reports_of_things load_reports(transaction&, thing_type, const things&);
/// Loads the reports of things of one type; those in `told` are moved out of it.
reports_of_things take_reports(derivation&, thing_type, const things&);
/// The subjects that senders use, or used before, for the changed incidents.
std::set<std::string> subjects_of_changed(derivation&);
/// Folds the given joined incidents into `folded` unless it contains them. Retracted incidents are not added.
void fold_incidents(derivation&, const things&);
std::vector<settled> load_deployments(transaction&, const std::set<std::string>& ids);
/// Calls the function with each of these deployments, after the stacks are derived. Those that this step changed are
/// not read again.
void for_deployments(const derivation&, const std::set<std::string>& ids, const std::function<void(const settled&)>&);
std::vector<incident_row> load_incidents(transaction&, const std::set<std::string>& ids);
/// The remediations of the given changes, and those that name one of the given incidents.
std::vector<remedy> load_remedies(transaction&, const std::set<std::string>& changes, const things& named);

/// The results of `projection` for each row, in the order of the rows.
template <class Rows, class Projection>
auto each_of(const Rows& rows, const Projection& projection) {
  std::vector<std::decay_t<decltype(projection(*rows.begin()))>> all;
  all.reserve(rows.size());
  for (const auto& row : rows) all.push_back(projection(row));
  return all;
}

/// 20 hexadecimal digits of a hash of the names. The names themselves may be too long for an index key.
std::string row_id(std::initializer_list<std::string_view> names);

}
