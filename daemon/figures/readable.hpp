#pragma once
// Values as people read them, in reports and on pages.
#include <string>

#include "daemon/figures/figure.hpp"

namespace releasehealth {

/// "2d 3h", "5m 12s", "2h": the two largest units, the second if there is something in it.
std::string readable_duration(double seconds);

/// With a capital letter.
std::string sentence_case(std::string);

/// A figure's name without underscores: "planned fail ratio".
std::string figure_in_words(std::string_view name);

/// A period after what holds in it: " over 30 days", " in the month"; empty for what holds at an instant.
std::string period_in_words(std::string_view label);

/// A value of that figure with its unit: "6", "4.2 %", "0.25", "2d 3h".
std::string readable(const figure&, double value);

}
