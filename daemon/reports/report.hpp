#pragma once
// Machine-readable reports of figures: CSV and JSON (interface.md §1, §2).
#include <string>
#include <vector>

#include "daemon/reports/chosen_figure.hpp"

namespace releasehealth {

/// Columns period,begin,end,service,team,environment,figure,label,value; one row per figure, without a value the cell
/// is empty. `only`: rows of that figure.
std::string csv_report(const snapshot&, const figure_settings&, const std::optional<chosen_figure>& only = {});

/// A whole number as an integer, because Boost writes every double with an exponent.
json::value json_number(double);

/// The text of one object for each period: figures with their labels, values, numerators and denominators; null without
/// data. `without_incidents` is true if no incident was ever reported, as fail ratios then rest on remedies alone.
/// `spooled`: number of acknowledged deliveries that are not in the figures yet; omitted if 0. `only`: as above.
std::vector<std::string> figures_json(const snapshot&, const figure_settings&, std::size_t spooled = 0,
                                      const std::optional<chosen_figure>& only = {});
/// The objects as one JSON array.
std::string json_array(std::vector<std::string> objects);

}
