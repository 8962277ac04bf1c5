#pragma once
// Services and teams that a catalogue describes.
#include "daemon/discover/proposal.hpp"
#include "daemon/discover/tree.hpp"

namespace releasehealth::discover {

/// Adds a service for each Component that is deployed, with its team, repositories and aliases, or what its configured
/// [[service]] lacks. Components that share a repository get no alias of it; another name that several share becomes a
/// shared one (figures.md section 15).
void propose_from_catalogue(const tree&, const configured_names&, proposals& into);

/// Adds a [[team]] for each team that a proposed service has and the configuration lacks.
void propose_teams(const catalogue&, const configured_names&, proposals& into);

}
