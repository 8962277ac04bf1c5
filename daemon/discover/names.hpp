#pragma once
// Proposes the probable service of each unmatched name in the ledger.
#include "daemon/discover/proposal.hpp"
#include "daemon/timeline/reported_name.hpp"

namespace releasehealth::discover {

/// Adds an alias for each name that is similar to exactly one service, and a service for each name with deployments
/// that is similar to none. Existing proposals count as configured. Every alias is a guess. Names with incidents only
/// that match no service, or several equally well, become remarks. At most 1,000 names are compared, those with the
/// most events.
void propose_from_names(const std::vector<reported_name>&, const std::vector<reported_thing>&, const configured_names&,
                        proposals& all);

}
