#pragma once
// Names in the ledger that no [[service]] maps: the service that each probably means.
#include "daemon/discover/proposal.hpp"
#include "daemon/timeline/reported_name.hpp"

namespace releasehealth::discover {

/// Adds an alias for each name that is like one service and no other, and a service for each name with deployments that
/// is like none. What is proposed already counts as configured. Every alias is a guess. Names with incidents that fit
/// no service, or several alike, become remarks. At most 1,000 names are looked at, those with the most events.
void propose_from_names(const std::vector<reported_name>&, const std::vector<reported_thing>&, const configured_names&,
                        proposals& into);

}
