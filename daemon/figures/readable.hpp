#pragma once
// Formats values for reports and pages.
#include <string>

#include "daemon/figures/figure.hpp"

namespace releasehealth {

/// "2d 3h", "5m 12s", "2h": the two largest units; the second is omitted if it is 0.
std::string readable_duration(double seconds);

/// The text with a capital first letter.
std::string sentence_case(std::string);

/// A figure's name without underscores: "planned fail ratio".
std::string figure_in_words(std::string_view name);

/// A period as a suffix: " over 30 days", " in the month"; empty for an empty label.
std::string period_in_words(std::string_view label);

/// A value of the figure with its unit: "6", "4.2 %", "0.25", "2d 3h".
std::string readable(const figure&, double value);

}
