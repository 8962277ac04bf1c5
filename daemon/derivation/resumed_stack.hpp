#pragma once
// One run over the live stack of a target, from a change on until nothing can differ any more.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/derivation/stack_rows.hpp"

namespace releasehealth::ledger {

/// The changes in a target, before and after.
struct touched_place {
  std::set<stack_position> positions;
  std::set<std::string> ids;
  std::set<std::string> returned_to;            ///< elements, by rollbacks; their identities may differ now
  std::map<stack_position, std::string> fresh;  ///< ids of the deployments that this step writes
  bool has_only_new = true;                     ///< none of them was in the stack before
};

/// The results of runs, to be written for many targets at once.
struct stack_changes {
  std::vector<std::string> fresh;                          ///< ids; their verdicts are known now
  std::map<std::string, stack_verdict> verdicts;           ///< of stored ones
  std::map<std::string, std::string> poppers;              ///< of stored ones below a run
  std::map<std::string, stack_verdict>& earlier_verdicts;  ///< the stored verdicts of the last two
};

/// Runs until nothing can differ any more. Returns the next run, if any: from the first touched position that this run
/// did not reach, or from the same position again if it needs more of the stack than was loaded.
std::optional<stack_run> resume_stack(derivation&, stack_run& start, const touched_place&, stack_changes& out);

}
