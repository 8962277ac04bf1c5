#pragma once
// The figures of some periods as text for a terminal, or as CSV for other programs (interface.md §1).
#include <string>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

/// A line for each production place: all figures of one period, or each figure of several periods side by side. What is
/// over the limit for a month is marked with `!`.
/// `only`: one of text_report_columns(), empty for all.
std::string text_report(const snapshot&, const figure_settings&, std::string_view only = {});
std::vector<std::string> text_report_columns();

/// period,begin,end,service,team,environment,figure,label,value: one row a figure; an empty value is no value.
std::string csv_report(const snapshot&, const figure_settings&);

}
