#pragma once
// What a hotfix leaves to be done (figures.md §9): whether its code came back, what is known about it, and what its
// incidents add. Pure: bringing more commits than matter changes nothing.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/json.hpp"

namespace releasehealth {

/// Where the code of a commit went, as the sources tell it together.
struct commit_seen {
  std::string sha, repository;
  std::string ref, title, pull_request;  ///< of a pull request's merge: the branch that it merged
  std::string picked_from;
  timestamp merged_at;                  ///< else the first report's time
  std::optional<timestamp> reached_at;  ///< the default branch
  std::string told_in;                  ///< the repository without its host
  std::optional<timestamp> told_at;     ///< the first report of a push or merge (figures.md section 16)
  bool operator==(const commit_seen&) const = default;
};

/// When the code of that commit reached the default branch: by itself, by a commit that was picked from it or that it
/// was picked from, or by its pull request's twin: another one of the same branch, or of the same title, merged no
/// earlier.
std::optional<timestamp> merged_back(std::string_view commit, std::span<const commit_seen> known);

/// An incident that a hotfix answers: one that it names, or that blames what it remedies and was open at its start.
struct answered_incident {
  bool is_named = false;
  int severity = 0;  ///< 0: unknown
  std::string cause;
  timestamp detected_at;
};

struct follow_ups {
  std::string
      cause;  ///< its own, else that of the incident that it names, else of the one detected last; empty: unknown
  bool is_justified = false;  ///< a justification, or an incident of severity 1 or 2
  bool owes_merge = false;    ///< it was not deployed from the default branch
  std::optional<timestamp> merged_back_at;
  std::optional<std::int64_t> lines_changed;
  std::vector<std::string> done;  ///< of hotfix_facts()
};
follow_ups follow_up(const json::object& facts, const json::object& commit_facts, std::span<const answered_incident>,
                     std::optional<timestamp> merged_back_by_evidence);

/// The facts of figures.md §9.
std::span<const std::string_view> hotfix_facts();

/// A hotfix as the incident that it answers looks at it.
struct merge_debt {
  bool owes = false;  ///< not rolled back, not deployed from the default branch
  std::optional<timestamp> merged_back_at;
};
/// Whether an incident was resolved before its hotfixes were merged back or, of severity 1 and 2, without a review
/// ever.
bool is_closed_too_early(std::optional<timestamp> resolved_at, int severity, bool review_held,
                         std::span<const merge_debt> hotfixes);

}
