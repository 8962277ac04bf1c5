#include "daemon/timeline/follow_up.hpp"

#include <algorithm>
#include <array>

#include "daemon/timeline/stack.hpp"

namespace releasehealth {
namespace {

constexpr std::array<std::string_view, 16> facts_of_hotfixes = {"approved",       "branched_from_production",
                                                                "cherry_picked",  "reviewed",
                                                                "tested",         "regression_test",
                                                                "rollback_path",  "verified",
                                                                "communicated",   "lines_changed",
                                                                "action_items",   "merged_back_at",
                                                                "review_held_at", "justification",
                                                                "decision",       "cause"};

bool is_severe(int severity) { return severity == 1 || severity == 2; }

// Whether the fact is reported as true or as any non-empty value.
bool is_told(const json::value& v) {
  if (v.is_bool()) return v.get_bool();
  if (v.is_array()) return !v.get_array().empty();
  if (v.is_object()) return !v.get_object().empty();
  return !v.is_null() && !(v.is_string() && v.get_string().empty());
}

const json::value* told_by(const json::object& facts, const json::object& commit_facts, std::string_view name) {
  const auto* own = facts.if_contains(name);
  return own ? own : commit_facts.if_contains(name);
}

// Whether `c` is this commit, was picked from it, is the commit it was picked from, or is its pull request's twin.
bool brings(const commit_seen& c, std::string_view commit, std::span<const commit_seen> known) {
  if (same_commit(c.sha, commit) || (!c.picked_from.empty() && same_commit(c.picked_from, commit))) return true;
  return std::ranges::any_of(known, [&](const commit_seen& own) {
    if (!same_commit(own.sha, commit)) return false;
    if (!own.picked_from.empty() && same_commit(own.picked_from, c.sha)) return true;
    const bool is_twin = !own.pull_request.empty() && !c.pull_request.empty() && own.repository == c.repository &&
                         own.pull_request != c.pull_request && c.merged_at >= own.merged_at;
    return is_twin && ((!own.ref.empty() && own.ref == c.ref) || (!own.title.empty() && own.title == c.title));
  });
}

}

std::span<const std::string_view> hotfix_facts() { return facts_of_hotfixes; }

std::optional<timestamp> merged_back(std::string_view commit, std::span<const commit_seen> known) {
  std::optional<timestamp> first;
  if (commit.empty()) return first;
  for (const auto& c : known)
    if (c.reached_at && (!first || *c.reached_at < *first) && brings(c, commit, known)) first = c.reached_at;
  return first;
}

follow_ups follow_up(const json::object& facts, const json::object& commit_facts,
                     std::span<const answered_incident> incidents, std::optional<timestamp> merged_back_by_evidence) {
  follow_ups f;
  f.cause = text_at(facts, "/cause");
  const answered_incident* tells = nullptr;
  for (const auto& i : incidents) {
    if (i.cause.empty()) continue;
    if (!tells || std::pair(i.is_named, i.detected_at) > std::pair(tells->is_named, tells->detected_at)) tells = &i;
  }
  if (f.cause.empty() && tells) f.cause = tells->cause;
  f.is_justified = facts.contains("justification") ||
                   std::ranges::any_of(incidents, [](const auto& i) { return is_severe(i.severity); });
  f.owes_merge = !flag_at(facts, "/default_branch");
  f.merged_back_at = time_at(facts, "/merged_back_at");
  if (!f.merged_back_at) f.merged_back_at = merged_back_by_evidence;
  f.lines_changed = number_at(facts, "/lines_changed");
  if (!f.lines_changed) f.lines_changed = number_at(commit_facts, "/lines_changed");
  for (const auto name : facts_of_hotfixes) {
    const auto* told = told_by(facts, commit_facts, name);
    const bool shown = name == "merged_back_at"           ? f.merged_back_at.has_value()
                       : name == "cause"                  ? !f.cause.empty()
                       : name == "cherry_picked" && !told ? commit_facts.contains("picked_from")
                                                          : told && is_told(*told);
    if (shown) f.done.emplace_back(name);
  }
  return f;
}

bool is_closed_too_early(std::optional<timestamp> resolved_at, int severity, bool review_held,
                         std::span<const merge_debt> hotfixes) {
  if (!resolved_at) return false;
  if (is_severe(severity) && !review_held) return true;
  return std::ranges::any_of(
      hotfixes, [&](const merge_debt& h) { return h.owes && (!h.merged_back_at || *h.merged_back_at > *resolved_at); });
}

}
