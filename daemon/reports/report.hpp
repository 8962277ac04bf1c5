#pragma once
// The figures of some periods for programs, as CSV or JSON (interface.md §1, §2).
#include <string>
#include <vector>

#include "daemon/reports/chosen_figure.hpp"

namespace releasehealth {

/// period,begin,end,service,team,environment,figure,label,value: one row a figure; an empty value is no value.
/// `only`: rows of that figure.
std::string csv_report(const snapshot&, const figure_settings&, const std::optional<chosen_figure>& only = {});

/// A count as a whole number: Boost writes every double with an exponent.
json::value json_number(double);

/// The text of one object for each period: figures with their labels, numerators and denominators; nothing to measure
/// is null. Where no incident was ever reported it says `without_incidents`: fail ratios rest on remedies alone then.
/// `spooled`: deliveries that were acknowledged and are not in these figures; said if there are any. `only`: as above.
std::vector<std::string> figures_json(const snapshot&, const figure_settings&, std::size_t spooled = 0,
                                      const std::optional<chosen_figure>& only = {});
/// Objects as one array.
std::string json_array(std::vector<std::string> objects);

}
