#pragma once
// The rows that runs over live stacks read: one statement reads the stored rows of many targets, and the rows that this
// step is about to write replace them.
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "daemon/derivation/rows.hpp"

namespace releasehealth::ledger {

/// The position of a deployment in the stack of its target.
struct stack_position {
  timestamp finished_at;
  std::string day_order;
  thing_id thing;
  auto operator<=>(const stack_position&) const = default;

  static constexpr auto columns = std::tuple_cat(
      std::tuple(column("finished_at", &stack_position::finished_at), column("day_order", &stack_position::day_order)),
      within(&stack_position::thing, columns_of<thing_id>));
};

/// A position in the stack of a target, as a parameter of statements.
struct position_row {
  place where;
  stack_position position;

  static constexpr auto columns = std::tuple_cat(within(&position_row::where, columns_of<place>),
                                                 within(&position_row::position, columns_of<stack_position>));
};

/// A succeeded deployment in the stack: a stored one whose reports did not change, or one that this step writes.
struct stacked {
  fresh_deployment* fresh = nullptr;
  deployment kept;  ///< unless it is fresh
  std::string id;
  std::string day_order;
  stack_verdict was;  ///< as stored

  const deployment& told() const { return fresh ? fresh->told : kept; }
  deployment& told() { return fresh ? fresh->told : kept; }
  stack_position at() const { return {*told().finished_at, day_order, told().thing}; }
};
inline bool is_before(const stacked& a, const stacked& b) {
  if (a.told().finished_at != b.told().finished_at) return a.told().finished_at < b.told().finished_at;
  return a.at() < b.at();
}

/// One run over the stack of a target, from a position on.
struct stack_run {
  place where;
  stack_position begin;
  bool needs_all = false;                                         ///< the whole stack, not only its top
  std::vector<stacked> levels = {};                               ///< the stack before `begin`, from the top down
  std::map<std::string, std::vector<identity>> returned_to = {};  ///< by the id of a level
  std::vector<std::pair<std::string, timestamp>> changes = {};  ///< versions that rules may look back at, oldest first
  stack_position next = {};                                     ///< where the next page begins
  std::vector<stacked> page = {};                               ///< stored deployments from there on
  bool has_more = false;                                        ///< after the page
};

/// Reads the start of each run: its first page, and the part of the stack that it needs.
void load_starts(derivation&, std::vector<stack_run>&);
/// Sets `needs_all` for the runs with a new deployment (`fresh`: ids per run) whose identity their target may know.
void look_for_known(derivation&, std::vector<stack_run>&, const std::vector<std::vector<std::string>>& fresh);
/// Reads each run's page from `next` on: at most `page_size` stored deployments, without those that this step writes.
void load_pages(derivation&, std::span<stack_run>);

}
