#pragma once
// Roll back, hotfix, flag off or watch: what should be done first about an incident (figures.md §9).
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/base/json.hpp"
#include "collectors/words.hpp"

namespace releasehealth {

/// What an incident carries for the policy (interface.md §3).
struct policy_facts {
  std::set<std::string> touches;                 ///< money data identity access security core_workflow
  std::string blast_radius, trajectory;          ///< small, large; rising, stable, falling; empty: nobody said
  bool cause_known = false, fix_tested = false;  ///< an unknown cause is one that nobody said to be known
  bool told = false;                             ///< somebody said any of it: what nobody describes is not judged
};
policy_facts read_policy_facts(const json::object& incident_facts);

/// The keys that those facts have.
std::span<const std::string_view> policy_keys();

/// A [[policy]]: all of its conditions must hold; of several words one.
struct policy_rule {
  std::string name;
  way then = way::rollback;
  std::set<std::string> touches, blast_radius, trajectory;
  std::optional<bool> cause_known, fix_tested;
  std::optional<duration> at_most;  ///< no longer after the detection than that
};

struct policy {
  std::vector<policy_rule> rules;
  bool default_rules = true;  ///< those of default_policy() follow
};

/// figures.md §9's own.
std::span<const policy_rule> default_policy();

struct recommendation {
  way then = way::rollback;
  std::string rule;
};
/// What the first rule says that holds `since_detection`. Nothing if none does, or if nobody told any of the facts.
std::optional<recommendation> recommend(const policy&, const policy_facts&, duration since_detection);

}
