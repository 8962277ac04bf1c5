#pragma once
// What runs over live stacks read: the rows as they are stored, of many places in one statement each, with what this
// step is about to write in their place.
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "daemon/derivation/rows.hpp"

namespace releasehealth::ledger {

/// Where a deployment stands in the order of its place's stack.
struct stack_position {
  timestamp finished_at;
  std::string day_order;
  thing_id thing;
  auto operator<=>(const stack_position&) const = default;

  static constexpr auto columns = std::tuple_cat(
      std::tuple(column("finished_at", &stack_position::finished_at), column("day_order", &stack_position::day_order)),
      within(&stack_position::thing, columns_of<thing_id>));
};

/// A position in the stack of a place, as the statements take it.
struct position_row {
  place where;
  stack_position at;

  static constexpr auto columns = std::tuple_cat(within(&position_row::where, columns_of<place>),
                                                 within(&position_row::at, columns_of<stack_position>));
};

/// A succeeded deployment in the stack: one that is stored and stays what it is, or one that this step writes.
struct stacked {
  fresh_deployment* fresh = nullptr;
  deployment kept;  ///< unless it is fresh
  std::string id;
  std::string day_order;  ///< kept here: the facts that tell it are dropped once the verdict is known
  stack_verdict was;      ///< as it is stored

  const deployment& told() const { return fresh ? fresh->told : kept; }
  deployment& told() { return fresh ? fresh->told : kept; }
  stack_position at() const { return {*told().finished_at, day_order, told().thing}; }
};
inline bool is_before(const stacked& a, const stacked& b) {
  if (a.told().finished_at != b.told().finished_at) return a.told().finished_at < b.told().finished_at;
  return a.at() < b.at();
}

/// One run over a place's stack, from a position on.
struct stack_run {
  place where;
  stack_position from;
  bool needs_all = false;                                         ///< more of the stack than its top
  std::vector<stacked> levels = {};                               ///< the stack before it, from the top down
  std::map<std::string, std::vector<identity>> returned_to = {};  ///< by the id of a level
  std::vector<std::pair<std::string, timestamp>> changes = {};  ///< versions that rules may look back at, oldest first
  stack_position next = {};                                     ///< where the next page begins
  std::vector<stacked> page = {};                               ///< stored ones from there on
  bool has_more = false;                                        ///< behind the page
};

/// Reads where the runs begin: of the stack what each needs.
void load_starts(derivation&, std::vector<stack_run>&);
/// Has those runs need all whose new deployments (`fresh`: their ids, run by run) may be known in their place.
void look_for_known(derivation&, std::vector<stack_run>&, const std::vector<std::vector<std::string>>& fresh);
/// Reads each run's page, from `next` on: at most `page_size` stored deployments, without those that this step writes.
void load_pages(derivation&, std::span<stack_run>);

}
