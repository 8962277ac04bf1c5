#pragma once
// The live stack (figures.md §3): what each succeeded deployment of one place did to what is live there.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/timeline/fold.hpp"
#include "daemon/timeline/kind.hpp"

namespace releasehealth {

/// Names a deployment within its place.
struct deployment_key {
  std::string source, subject;
  auto operator<=>(const deployment_key&) const = default;
};

/// What the stack says about one succeeded deployment.
struct verdict {
  decision kind;
  bool is_change = false;                        ///< it changed what is live: planned and hotfix
  std::optional<deployment_key> live;            ///< the change on top after it; none: an unmeasured base
  std::optional<deployment_key> below;           ///< of a change: the element it covered
  std::optional<deployment_key> rolled_back_by;  ///< of a change
};

struct stack_settings {
  rulebook rules;
  duration rollback_lookback = std::chrono::days{180};
};

/// Whether the two deployments are of one identity: the commit if both have one (a hex prefix of 7 or more is equal),
/// else the version. Unknown equals nothing.
bool same_identity(std::string_view commit_a, std::string_view version_a, std::string_view commit_b,
                   std::string_view version_b);

/// Orders succeeded deployments by (finished, source, subject), bytewise, as the stack runs over them.
void order_deployments(std::vector<deployment>&);

/// Runs the ordered, succeeded deployments of one place. One verdict each, in the same order.
std::vector<verdict> run_stack(const std::vector<deployment>& ordered, const stack_settings&);

}
