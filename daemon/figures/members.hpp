#pragma once
// What a figure is made of: the deployments, incidents or stretches of work behind its number.
#include <string>
#include <vector>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// What is behind one slice of a figure over one scope and period.
struct members {
  std::vector<json::object> counted;  ///< what its columns count; of quantiles those that have the duration
  std::vector<json::object> of;       ///< what its denominator counts
};

members find_members(ledger::reader&, const figure&, const slice&, const period&, const ledger::scope& of,
                     const figure_settings&);

}
