#pragma once
// The repository of a service whose deployments name none.
#include "daemon/discover/proposal.hpp"
#include "daemon/timeline/reported_name.hpp"

namespace releasehealth::discover {

/// Adds a repository to each service with deployments of which neither the configuration nor a deployment names one:
/// the reported repository that is like it and no other service's, by name and by tags of the service's versions.
/// Without it no version is resolved to a commit (figures.md section 14). Every repository is a guess.
void propose_repositories(const std::vector<reported_tag>&, const std::vector<reported_name>&,
                          const std::vector<reported_thing>&, const configured_names&, proposals& into);

}
