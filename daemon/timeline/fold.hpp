#pragma once
// Folds the reports of one thing into one state (figures.md §2), independent of the order of their receipt.
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collectors/event.hpp"
#include "collectors/words.hpp"
#include "daemon/timeline/content.hpp"
#include "daemon/timeline/identity.hpp"
#include "daemon/timeline/naming.hpp"
#include "daemon/timeline/thing.hpp"

namespace releasehealth {

/// One stored event about a thing.
struct report {
  std::string id;
  timestamp time;
  bool retraction = false;
  bool is_override = false;
  json::object fields;
  timestamp received_at = {};  ///< orders new names and joins
};

/// A deployment as folded from its reports, before the live stack is applied.
struct deployment {
  thing_id thing;
  place where;
  std::optional<deployment_state> state;                         ///< none if no report states it
  std::optional<timestamp> created_at, started_at, finished_at;  ///< finished_at: terminal states only
  std::string version, commit;
  identity what = {};             ///< empty until timeline/artifacts.hpp fills it
  json::object facts;             ///< each field from the last report that carries it
  json::object commit_facts;      ///< facts of its commit (interface.md §3)
  bool during_incident = false;   ///< set by the caller: an incident of its service was open when it started
  json::object overrides;         ///< fields set by overrides, with the metadata of the last override
  bool brings_no_commit = false;  ///< a report says `first_commit_at: null`
  /// Keys for resolving the commit, if no report names a commit of the service's repositories
  /// (timeline/resolution.hpp): version_key(), and the first seven digits of each of commit_tokens().
  std::string tag_version = {};
  std::vector<std::string> commit_digits = {};
  std::optional<change_content> content = {};        ///< set by tell_content(); none: its commit reports no parents
  std::vector<std::string_view> content_facts = {};  ///< the facts that follow from it

  bool succeeded() const { return state == deployment_state::succeeded; }
  /// Time of the first commit (figures.md §7, lead time): the reported one, else the first that the change brings, else
  /// the author time of the deployment's commit, unless a report states that there is none.
  std::optional<timestamp> first_commit_at() const;
  /// Sort key among deployments that finished at the same instant, compared bytewise, if the source knows only the day
  /// (§23.11): the version's numbers, a prerelease before its release. Otherwise empty.
  std::string day_order() const;
};

/// Sets what a change brings. The facts that follow from it (`new_commits`, `lines_changed`, and of a hotfix
/// `branched_from_production`) never replace a reported one.
void tell_content(deployment&, std::optional<change_content>, bool is_hotfix);

/// Whether a field describes the override itself (who, why, previous values) rather than the thing.
bool is_about_override(std::string_view field);

/// Sorts by (time, rank of the state, id bytewise), as defined in figures.md §2.
void order_reports(std::vector<report>&);

/// Merges fields of ordered reports: the last report that carries a field wins, null clears it, arrays are replaced as
/// a whole. Overrides take precedence over reports; null in an override withdraws the earlier override.
json::object merge_reports(const std::vector<report>& ordered);

/// Whether the latest retraction removes the thing from all figures.
bool is_retracted(const std::vector<report>& ordered);

/// The deployments that the reports of one thing describe, one for each target that they name. Empty if it was
/// retracted.
std::vector<deployment> fold_deployment(const thing_id&, std::vector<report>, const naming&);

/// Selects the reports about a commit, by source and by the commit's name there, that name one of these repositories
/// (by key) or no repository: a commit takes facts from no other repository (figures.md section 14). Without
/// repositories, all reports.
std::vector<report> reports_of_commit(std::map<thing_id, std::vector<report>>,
                                      std::span<const std::string> repositories, const repository_names&);

/// The merged facts of a commit from all reports about it; empty if it was retracted. A push reports the commit's title
/// and branch, a pull request its own: `titles` and `refs` hold all of them in byte order, for rules to match.
json::object fold_commit(std::vector<report>);

}
