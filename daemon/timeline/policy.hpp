#pragma once
// Recommends the first response to an incident: rollback, hotfix, flag off or watch (figures.md §9).
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/json.hpp"
#include "collectors/words.hpp"

namespace releasehealth {

/// The facts of an incident that policies match (interface.md §3).
struct policy_facts {
  std::set<std::string> touches;                 ///< money data identity access security core_workflow
  std::string blast_radius, trajectory;          ///< small, large; rising, stable, falling; empty: not reported
  bool cause_known = false, fix_tested = false;  ///< false if not reported
  bool told = false;  ///< at least one fact was reported; otherwise there is no recommendation
};
policy_facts read_policy_facts(const json::object& incident_facts);

/// The names of those facts.
std::span<const std::string_view> policy_keys();

/// A [[policy]]: all conditions must hold. A condition with several words holds if one of them matches.
struct policy_rule {
  std::string name;
  way then = way::rollback;
  std::set<std::string> touches, blast_radius, trajectory;
  std::optional<bool> cause_known, fix_tested;
  std::optional<duration> at_most;  ///< at most this long after detection
};

struct policy {
  std::vector<policy_rule> rules;
  bool default_rules = true;  ///< append default_policy()
};

/// The default policy of figures.md §9.
std::span<const policy_rule> default_policy();

struct recommendation {
  way then = way::rollback;
  std::string rule;
};
/// The recommendation of the first rule that holds `since_detection`. Nothing if none holds, or if no fact was
/// reported.
std::optional<recommendation> recommend(const policy&, const policy_facts&, duration since_detection);

}
