#pragma once
// Follow-up work of a hotfix (figures.md §9): merge-back, recorded facts, and facts from its incidents. Pure:
// additional commits do not change the result.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/json.hpp"

namespace releasehealth {

/// A commit's path to the default branch, merged from all sources.
struct commit_seen {
  std::string sha, repository;
  std::string ref, title, pull_request;  ///< of a merged pull request: `ref` is its source branch
  std::string picked_from;
  timestamp merged_at;                  ///< the reported time, else the time of the first report
  std::optional<timestamp> reached_at;  ///< when it reached the default branch
  std::string told_in;                  ///< the repository without its host
  std::optional<timestamp> told_at;     ///< time of the first push or merge report (figures.md section 16)
  bool operator==(const commit_seen&) const = default;
};

/// When the code of that commit reached the default branch: as itself, as a commit picked from it or that it was picked
/// from, or as its pull request's twin (another pull request of the same branch or title, merged no earlier).
std::optional<timestamp> merged_back(std::string_view commit, std::span<const commit_seen> known);

/// An incident that a hotfix fixes: one that it names, or an open one attributed to the change that the hotfix
/// remediates.
struct answered_incident {
  bool is_named = false;
  int severity = 0;  ///< 0: unknown
  std::string cause;
  timestamp detected_at;
};

struct follow_ups {
  std::string cause;          ///< its own, else of the incident it names, else of the one detected last; empty: unknown
  bool is_justified = false;  ///< it has a justification, or an incident of severity 1 or 2
  bool owes_merge = false;    ///< it was not deployed from the default branch
  std::optional<timestamp> merged_back_at;
  std::optional<std::int64_t> lines_changed;
  std::vector<std::string> done;  ///< of hotfix_facts()
};
follow_ups follow_up(const json::object& facts, const json::object& commit_facts, std::span<const answered_incident>,
                     std::optional<timestamp> merged_back_by_evidence);

/// The hotfix facts of figures.md §9.
std::span<const std::string_view> hotfix_facts();

/// The merge-back state of an incident's hotfix.
struct merge_debt {
  bool owes = false;  ///< not rolled back, not deployed from the default branch
  std::optional<timestamp> merged_back_at;
};
/// Whether an incident was resolved before its hotfixes were merged back, or, for severity 1 and 2, whether it was
/// resolved and never reviewed.
bool is_closed_too_early(std::optional<timestamp> resolved_at, int severity, bool review_held,
                         std::span<const merge_debt> hotfixes);

}
