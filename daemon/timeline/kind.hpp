#pragma once
// Decides the kind of a deployment by configured and default rules (figures.md §4, steps 5 and 6).
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/words.hpp"
#include "daemon/timeline/calendar.hpp"
#include "daemon/timeline/fold.hpp"

namespace releasehealth {

/// A pattern for one of the texts that rules may match.
struct text_condition {
  std::string key;  ///< one of rule_keys()
  pattern matches;
};

/// The keys of patterns: ref tag title label workflow task environment service.
std::span<const std::string_view> rule_keys();

/// A [[rule]]: all of its conditions must hold.
struct kind_rule {
  std::string name;
  deployment_kind kind = deployment_kind::planned;
  std::vector<text_condition> when, unless;
  bool patch_release = false;       ///< the version's third number is above 0
  std::optional<duration> at_most;  ///< time since the line's preceding release
  bool outside_calendar = false;    ///< finished outside the configured release hours
  bool during_incident = false;     ///< an incident of its service was open when it started
};

struct rulebook {
  std::vector<kind_rule> rules;
  bool default_rules = true;
  calendar zone;
  std::vector<weekly_hours> release_hours;

  /// How far back rules may look for the line's preceding release; 0 if none does.
  duration longest_within() const;
  bool looks_at_incidents() const;
};

/// For example "1.8.3" in "v1.8.3": the line is (1, 8), the patch 3; the fourth number is the last one of 1.8.3.1.
struct version_numbers {
  std::uint64_t major = 0, minor = 0, patch = 0, fourth = 0;
  std::pair<std::uint64_t, std::uint64_t> line() const { return {major, minor}; }
  std::pair<std::uint64_t, std::uint64_t> within_line() const { return {patch, fourth}; }
};
std::optional<version_numbers> parse_version(std::string_view);

/// The step of figures.md §4 that decided the kind of a deployment.
enum class kind_reason { override_by, same_as_live, explicit_kind, same_as_before, rule, default_rule, no_rule };
template <>
struct vocabulary<kind_reason> {
  static constexpr std::array<std::string_view, 7> words = {
      "override by",  "identity of what is live", "explicit kind", "identity of what was live before", "rule",
      "default rule", "no rule matched"};
};

struct decision {
  deployment_kind kind = deployment_kind::planned;
  std::string reason;         ///< spell() of a kind_reason, as stored in the column kind_reason
  std::string evidence = {};  ///< the text that a rule matched: "ref hotfix/1.8.3"
};

/// Appends the name of the rule, or who overrode the kind and why.
std::string spell(kind_reason, std::string_view name = {});

/// Steps 5 and 6. `line_released_at` is when the line's preceding release finished, if there is one: the release of the
/// next lower version (figures.md §23.3). A release that finished later than the deployment is never within.
decision decide_by_rules(const rulebook&, const deployment&, std::optional<timestamp> line_released_at);

/// The default rules of figures.md §4, rollback first.
const std::vector<kind_rule>& default_rules();

}
