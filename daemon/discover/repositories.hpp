#pragma once
// Proposes repositories for services whose deployments name none.
#include "daemon/discover/proposal.hpp"
#include "daemon/timeline/reported_name.hpp"

namespace releasehealth::discover {

/// Adds a repository to each service with deployments for which neither the configuration nor a deployment names one:
/// the reported repository that belongs to no other service and matches by name and by tags of the service's versions.
/// Without a repository, versions cannot be resolved to commits (figures.md section 14). Every repository is a guess.
void propose_repositories(const std::vector<reported_tag>&, const std::vector<reported_name>&,
                          const std::vector<reported_thing>&, const configured_names&, proposals& all);

}
