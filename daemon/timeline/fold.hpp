#pragma once
// Reports of one thing become what they say together (figures.md §2), whatever the order in which they came.
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "collectors/event.hpp"
#include "collectors/words.hpp"
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
  timestamp received_at = {};  ///< names are known in this order
};

/// A deployment as its reports tell it together, before it takes its place in the live stack.
struct deployment {
  thing_id thing;
  place where;
  std::optional<deployment_state> state;                         ///< none if no report said
  std::optional<timestamp> created_at, started_at, finished_at;  ///< finished_at: terminal states only
  std::string version, commit;
  identity what = {};             ///< timeline/artifacts.hpp; unknown until then
  json::object facts;             ///< every field as the last report that carries it left it
  json::object commit_facts;      ///< those of its commit (interface.md §3)
  bool during_incident = false;   ///< told by whoever knows the incidents: one of its service was open when it started
  json::object overrides;         ///< fields set by overrides, with what the last one says of itself
  bool brings_no_commit = false;  ///< a report says `first_commit_at: null`
  /// What resolves it, where no report names a commit of its service's repositories (timeline/resolution.hpp): the
  /// version_key(), and the first seven digits of each of commit_tokens().
  std::string tag_version = {};
  std::vector<std::string> commit_digits = {};

  bool succeeded() const { return state == deployment_state::succeeded; }
  /// The first commit's time (figures.md §7, lead time): the deployment's own, else the author's time of its commit,
  /// unless a report says that there is none.
  std::optional<timestamp> first_commit_at() const;
  /// Its place among those that finished at the same instant, bytewise, if its source knows only the day (§23.11): its
  /// version's numbers, a prerelease before its release. Else empty.
  std::string day_order() const;
};

/// What an override says of itself, not of the thing: who, why, and what its fields were before.
bool is_about_override(std::string_view field);

/// Reports in the order of figures.md §2: (time, rank of the state, id bytewise).
void order_reports(std::vector<report>&);

/// Merges fields in that order: the last report that carries a field wins, null clears, arrays are replaced whole.
/// An override beats reports; its null withdraws what an earlier override said.
json::object merge_reports(const std::vector<report>& ordered);

/// Whether the latest retraction among them takes the thing out of all figures.
bool is_retracted(const std::vector<report>& ordered);

/// The deployments that reports of one thing tell of: one for each place that its reports name. None if it was
/// retracted.
std::vector<deployment> fold_deployment(const thing_id&, std::vector<report>, const naming&);

/// The reports about a commit (by source and the name that each uses) that are about one of these repositories, by
/// their keys, or that name none: of no others does a commit have its facts (figures.md section 14). All, if there are
/// none.
std::vector<report> reports_of_commit(std::map<thing_id, std::vector<report>>,
                                      std::span<const std::string> repositories, const repository_names&);

/// The merged facts of a commit, from all reports about it; empty if it was retracted. A push tells the commit's title
/// and branch, a pull request its own: `titles` and `refs` hold all of them, in order of their bytes, for rules to look
/// at.
json::object fold_commit(std::vector<report>);

}
