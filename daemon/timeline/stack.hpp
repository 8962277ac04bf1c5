#pragma once
// The live stack (figures.md §3): the effect of each succeeded deployment of one target on what is live there.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/timeline/fold.hpp"
#include "daemon/timeline/identity.hpp"
#include "daemon/timeline/kind.hpp"

namespace releasehealth {

/// The stack's result for one succeeded deployment.
struct verdict {
  decision kind;
  bool is_change = false;                 ///< a planned release or hotfix, which changes what is live
  std::optional<thing_id> live;           ///< the deployment of the top element afterwards; none: nothing is live
  std::optional<thing_id> below;          ///< if it pushed an element: the deployment of the one below
  std::optional<timestamp> covers_since;  ///< if it pushed an element: since when the one below is covered
  std::vector<thing_id> rolled_back;      ///< the changes that it removed from the stack
};

struct stack_settings {
  rulebook rules;
  duration rollback_lookback = std::chrono::days{180};
};

/// The stored identity, else one of the commit and version alone.
identity identity_of(const deployment&);

/// A level of the stack: a change, or the unmeasured base that a rollback returned to.
struct element {
  thing_id actor;
  bool is_change = true;
  timestamp covers_since;            ///< when the change covering the level below finished
  std::vector<identity> answers_to;  ///< its own identity, and those of rollbacks that returned to it without naming it
  bool is(const identity&) const;
};

/// Index of a stack's levels by identity: it avoids a full search of a deep stack for each of many deployments.
class level_index {
 public:
  void add(std::size_t level, const identity&);
  /// Removes the top level.
  void remove(std::size_t level, const std::vector<identity>& names);
  /// The highest of `levels` below `below` that has this identity.
  std::optional<std::size_t> nearest(const identity&, std::size_t below, const std::vector<element>& levels) const;

 private:
  std::unordered_map<std::string, std::vector<std::size_t>> by_name_;  // levels in ascending order, by identity::keys()
};

/// The stack at one point of the sequence; later deployments are applied to it.
class live_stack {
 public:
  /// `levels` from the bottom up; those below the lowest possible rollback target may be omitted.
  explicit live_stack(const stack_settings&, std::vector<element> levels = {});

  /// Applies the next deployment in the order of order_deployments().
  verdict apply(const deployment&);

  const std::vector<element>& levels() const { return levels_; }
  /// Whether that level can still be returned to or replaced; once false, it stays false.
  bool in_reach(std::size_t level, timestamp now) const;
  /// Records a finished change of that version for `within` of rules.
  void know_release(const version_numbers& v, timestamp finished) { lines_[v.line()][v.within_line()] = finished; }

 private:
  std::optional<std::size_t> nearest(const identity&, std::size_t below, timestamp now);
  void push(element);
  element pop();
  decision decide(const deployment&);
  std::optional<timestamp> line_released_at(const deployment&) const;
  void roll_back(const deployment&, verdict&);

  const stack_settings& settings_;
  std::vector<element> levels_;
  std::optional<level_index> index_;  // built after several searches: for a single one it costs more than it saves
  std::size_t searches_ = 0;
  using numbers = std::pair<std::uint64_t, std::uint64_t>;
  std::map<numbers, std::map<numbers, timestamp>> lines_;  // last release time of each version, by line
};

/// Sorts succeeded deployments by (finished, day_order(), source, subject), bytewise: the order in which the stack
/// applies them.
void order_deployments(std::vector<deployment>&);

/// Runs the ordered, succeeded deployments of one target. Returns one verdict each, in the same order.
std::vector<verdict> run_stack(const std::vector<deployment>& ordered, const stack_settings&);

}
