#pragma once
// The figures of some periods as text for a terminal, or as CSV for other programs (interface.md §1).
#include <string>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// One table a period: a line for each production place, limits that are broken marked with `!`.
std::string text_report(const snapshot&, const figure_settings&);

/// period,begin,end,service,team,environment,figure,label,value: one row a figure; an empty value is no value.
std::string csv_report(const snapshot&, const figure_settings&);

}
