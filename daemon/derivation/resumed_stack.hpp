#pragma once
// One run over a place's live stack, from a change on until nothing can differ any more.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/derivation/stack_rows.hpp"

namespace releasehealth::ledger {

/// What changed in a place, before and after.
struct touched_place {
  std::set<stack_position> at;
  std::set<std::string> ids;
  std::set<std::string> returned_to;            ///< by a rollback among them: it may answer to other identities now
  std::map<stack_position, std::string> fresh;  ///< ids of what this step writes
  bool has_only_new = true;                     ///< nothing that was in the stack before
};

/// What runs found, to be written for many places at once.
struct stack_changes {
  std::vector<std::string> fresh;                 ///< whose verdict is known now
  std::map<std::string, stack_verdict> verdicts;  ///< of stored ones
  std::map<std::string, std::string> poppers;     ///< of stored ones below a run
  std::map<std::string, stack_verdict>& before;   ///< what was stored of the last two
};

/// Runs until nothing can differ any more. Returns the run from the first touched one that it did not reach, or the
/// same once more if it needs more of the stack than it has; nothing if there is none.
std::optional<stack_run> resume_stack(derivation&, stack_run& from, const touched_place&, stack_changes& out);

}
