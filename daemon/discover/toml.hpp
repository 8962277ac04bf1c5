#pragma once
// Proposals as TOML that can be copied to the configuration unchanged.
#include <string>

#include "daemon/discover/proposal.hpp"

namespace releasehealth::discover {

/// [[team]] and [[service]] tables for new teams and services. Each line has its reason, and guesses are marked. Empty:
/// there are none.
std::string new_tables(const proposals&);

/// For each configured service that lacks settings: where it is defined, and the lines to add there. Empty: none lacks
/// any.
std::vector<std::string> missing_lines(const proposals&, const configured_names&);

}
