#pragma once
// What is counted: one row for each population of schema/figures, in the order of the columns that figures are made of.
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

using asker = ledger::population (*)(ledger::reader&, const std::vector<period>&, const std::vector<ledger::scope>&,
                                     const figure_settings&,
                                     const std::map<std::string, std::set<std::string>>& services_of);

using asker_now = ledger::population (*)(ledger::reader&, const std::vector<ledger::scope>&, const figure_settings&,
                                         timestamp now);

/// What is measured over periods. Only the first has something to say outside production.
std::span<const asker> populations();
/// What holds at an instant. Only the first has something to say outside production.
std::span<const asker_now> populations_now();

}
