#pragma once
// The figures of some periods for people, as text or Markdown.
#include <string>

#include "daemon/figures/snapshot.hpp"
#include "daemon/reports/text_table.hpp"

namespace releasehealth {

/// A line for each production place: all figures of one period, or each figure of several periods side by side. A value
/// of a calendar month with a threshold of months is marked with `!` where it exceeds that, with `?` where it is not
/// judged. `only`: a name that choose_figure() takes, empty for all.
/// Of one period, DORA's five follow with their bands, and what the thresholds come to. `at_end`: the periods of the
/// thresholds up to the end of that one; without, the report has no thresholds.
std::string text_report(const snapshot&, const figure_settings&, std::string_view only = {}, const text_style& = {},
                        const snapshot* at_end = nullptr);

}
