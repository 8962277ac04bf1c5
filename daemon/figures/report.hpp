#pragma once
// The figures of some periods for programs, as CSV or JSON (interface.md §1, §2).
#include <string>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// period,begin,end,service,team,environment,figure,label,value: one row a figure; an empty value is no value.
std::string csv_report(const snapshot&, const figure_settings&);

/// A count as a whole number: Boost writes every double with an exponent.
json::value json_number(double);

/// One object for each period: figures with their labels, numerators and denominators; nothing to measure is null.
/// Where no incident was ever reported it says `without_incidents`: fail ratios rest on remedies alone then.
json::array figures_json(const snapshot&, const figure_settings&);

}
