#pragma once
// The deployments, incidents or work intervals that a figure counts.
#include <string>
#include <vector>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// The members of one slice of a figure over one scope and period.
struct members {
  std::vector<json::object> counted;  ///< counted by the slice's columns; for quantiles, members that have the duration
  std::vector<json::object> whole;    ///< counted by the denominator
};

members find_members(ledger::reader&, const figure&, const slice&, const period&, const ledger::scope& targets,
                     const figure_settings&);

}
