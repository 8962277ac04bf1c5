#pragma once
// Reports of figures as text, Markdown or HTML.
#include <string>

#include "daemon/figures/snapshot.hpp"
#include "daemon/reports/text_table.hpp"

namespace releasehealth {

/// A line for each production target: all figures of one period, or one table per figure with several periods side by
/// side. A value of a calendar month is marked with `!` if it exceeds a monthly threshold, with `?` if that is not
/// judged. `only`: a name that choose_figure() accepts; empty: all figures.
/// For one period, the DORA metrics with their bands and the states of the thresholds follow. `at_end`: the periods of
/// the thresholds up to the end of that period; null: the report omits thresholds.
std::string text_report(const snapshot&, const figure_settings&, std::string_view only = {}, const text_style& = {},
                        const snapshot* at_end = nullptr);

}
