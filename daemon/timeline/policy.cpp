#include "daemon/timeline/policy.hpp"

#include <algorithm>
#include <array>

namespace releasehealth {
namespace {

constexpr std::array<std::string_view, 5> all_policy_keys = {"touches", "blast_radius", "trajectory", "cause_known",
                                                             "fix_tested"};

bool holds(const policy_rule& r, const policy_facts& f, duration since_detection) {
  const auto one_of = [](const std::set<std::string>& words, const std::string& told) {
    return words.empty() || words.contains(told);
  };
  const bool touches =
      r.touches.empty() || std::ranges::any_of(f.touches, [&](const auto& what) { return r.touches.contains(what); });
  return touches && one_of(r.blast_radius, f.blast_radius) && one_of(r.trajectory, f.trajectory) &&
         r.cause_known.value_or(f.cause_known) == f.cause_known &&
         r.fix_tested.value_or(f.fix_tested) == f.fix_tested && (!r.at_most || since_detection <= *r.at_most);
}

}

std::span<const std::string_view> policy_keys() { return all_policy_keys; }

policy_facts read_policy_facts(const json::object& facts) {
  policy_facts f;
  if (const auto* all = facts.if_contains("touches"); all && all->is_array())
    for (const auto& what : all->get_array())
      if (what.is_string()) f.touches.emplace(what.get_string());
  f.blast_radius = text_at(facts, "/blast_radius");
  f.trajectory = text_at(facts, "/trajectory");
  f.cause_known = flag_at(facts, "/cause_known");
  f.fix_tested = flag_at(facts, "/fix_tested");
  f.told = std::ranges::any_of(all_policy_keys, [&](auto key) { return facts.contains(key); });
  return f;
}

std::span<const policy_rule> default_policy() {
  static const std::vector<policy_rule> rules = {
      {.name = "money, data, identity, access, security",
       .then = way::rollback,
       .touches = {"money", "data", "identity", "access", "security"},
       .blast_radius = {},
       .trajectory = {},
       .cause_known = {},
       .fix_tested = {},
       .at_most = {}},
      {.name = "rising with an unknown cause",
       .then = way::rollback,
       .touches = {},
       .blast_radius = {},
       .trajectory = {"rising"},
       .cause_known = false,
       .fix_tested = {},
       .at_most = {}},
      {.name = "large with an unknown cause",
       .then = way::rollback,
       .touches = {},
       .blast_radius = {"large"},
       .trajectory = {},
       .cause_known = false,
       .fix_tested = {},
       .at_most = {}},
      {.name = "known cause and tested fix",
       .then = way::hotfix,
       .touches = {},
       .blast_radius = {},
       .trajectory = {},
       .cause_known = true,
       .fix_tested = true,
       .at_most = {}},
      {.name = "small and not rising",
       .then = way::watch,
       .touches = {},
       .blast_radius = {"small"},
       .trajectory = {"stable", "falling"},
       .cause_known = {},
       .fix_tested = {},
       .at_most = std::chrono::hours{1}},
      {.name = "anything else",
       .then = way::rollback,
       .touches = {},
       .blast_radius = {},
       .trajectory = {},
       .cause_known = {},
       .fix_tested = {},
       .at_most = {}},
  };
  return rules;
}

std::optional<recommendation> recommend(const policy& p, const policy_facts& f, duration since_detection) {
  if (!f.told) return {};
  for (const auto& r : p.rules)
    if (holds(r, f, since_detection)) return recommendation{r.then, r.name};
  if (p.default_rules)
    for (const auto& r : default_policy())
      if (holds(r, f, since_detection)) return recommendation{r.then, "default: " + r.name};
  return {};
}

}
