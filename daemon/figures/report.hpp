#pragma once
// The figures of some periods for people, as text or Markdown, and for programs, as CSV or JSON (interface.md §1, §2).
#include <string>

#include "daemon/figures/snapshot.hpp"

namespace releasehealth {

enum class report_format { text, markdown };

/// A line for each production place: all figures of one period, or each figure of several periods side by side. What is
/// over the limit for a month is marked with `!`.
/// Of one period, DORA's five follow with their bands. `only`: one of text_report_columns(), empty for all.
std::string text_report(const snapshot&, const figure_settings&, std::string_view only = {},
                        report_format = report_format::text);
std::vector<std::string> text_report_columns();

/// period,begin,end,service,team,environment,figure,label,value: one row a figure; an empty value is no value.
std::string csv_report(const snapshot&, const figure_settings&);

/// A count as a whole number: Boost writes every double with an exponent.
json::value json_number(double);

/// One object for each period: figures with their labels, numerators and denominators; nothing to measure is null.
json::array figures_json(const snapshot&, const figure_settings&);

}
