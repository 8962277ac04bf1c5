#pragma once
// Proposals as TOML that the configuration takes unchanged.
#include <string>

#include "daemon/discover/proposal.hpp"

namespace releasehealth::discover {

/// [[team]] and [[service]] tables of what is new, each line with its reason; guesses are marked. Empty: nothing is.
std::string new_tables(const proposals&);

/// What configured services lack: for each, where it is defined and the lines to write there. Empty: nothing.
std::vector<std::string> missing_lines(const proposals&, const configured_names&);

}
