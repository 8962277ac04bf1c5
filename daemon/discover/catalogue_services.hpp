#pragma once
// Proposes services and teams from a catalogue.
#include "daemon/discover/proposal.hpp"
#include "daemon/discover/tree.hpp"

namespace releasehealth::discover {

/// Adds a service for each deployed Component, with its team, repositories and aliases, or the settings that its
/// configured [[service]] lacks. Components that share a repository get no alias for it; other names shared by several
/// components become shared aliases (figures.md section 15).
void propose_from_catalogue(const tree&, const configured_names&, proposals& all);

/// Adds a [[team]] for each team of a proposed service that the configuration lacks.
void propose_teams(const catalogue&, const configured_names&, proposals& all);

}
