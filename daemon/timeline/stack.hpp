#pragma once
// The live stack (figures.md §3): what each succeeded deployment of one place did to what is live there.
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

/// What the stack says about one succeeded deployment.
struct verdict {
  decision kind;
  bool is_change = false;                 ///< it changed what is live: planned and hotfix
  std::optional<thing_id> live;           ///< who made the element on top after it; none: nothing is live
  std::optional<thing_id> below;          ///< of one that made an element: who made the one below
  std::optional<timestamp> covers_since;  ///< of one that made an element: since when the one below is covered
  std::vector<thing_id> rolled_back;      ///< the changes that it popped
};

struct stack_settings {
  rulebook rules;
  duration rollback_lookback = std::chrono::days{180};
};

/// As it is stored, else of the commit and the version alone.
identity identity_of(const deployment&);

/// One level of the stack: a change, or what a rollback returned to without anything below that was measured.
struct element {
  thing_id by;
  bool is_change = true;
  timestamp covers_since;            ///< when the change that covered the level below finished
  std::vector<identity> answers_to;  ///< its own, and those of rollbacks that returned to it without naming it
  bool is(const identity&) const;
};

/// Which levels of a stack answer to a name: a search of a deep stack for each of many deployments would take the
/// product.
class level_index {
 public:
  void add(std::size_t level, const identity&);
  /// Takes out the top level.
  void remove(std::size_t level, const std::vector<identity>& names);
  /// The highest of `levels` below `below` that answers to it.
  std::optional<std::size_t> nearest(const identity&, std::size_t below, const std::vector<element>& levels) const;

 private:
  std::unordered_map<std::string, std::vector<std::size_t>> by_name_;  // ascending; by identity::keys()
};

/// The stack at one point of the sequence, from which it goes on with the deployments after it.
class live_stack {
 public:
  /// `levels` from the bottom; those below the first one that can be no target any more may be left out.
  explicit live_stack(const stack_settings&, std::vector<element> levels = {});

  /// The next deployment in the order of order_deployments().
  verdict apply(const deployment&);

  const std::vector<element>& levels() const { return levels_; }
  /// Whether that level can still be returned to, or have another put in its place; if not, it never will again.
  bool in_reach(std::size_t level, timestamp now) const;
  /// A change of that version finished, as rules look at it.
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
  std::optional<level_index> index_;  // once there were several searches: of one it costs more than it saves
  std::size_t searches_ = 0;
  using numbers = std::pair<std::uint64_t, std::uint64_t>;
  std::map<numbers, std::map<numbers, timestamp>> lines_;  // when each version of a line was last released
};

/// Orders succeeded deployments by (finished, day_order(), source, subject), bytewise, as the stack runs over them.
void order_deployments(std::vector<deployment>&);

/// Runs the ordered, succeeded deployments of one place. One verdict each, in the same order.
std::vector<verdict> run_stack(const std::vector<deployment>& ordered, const stack_settings&);

}
