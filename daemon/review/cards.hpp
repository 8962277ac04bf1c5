#pragma once
// The cards at the top of a page: each has a headline figure of the month, its thresholds, its DORA band and a chart.
#include "daemon/review/months.hpp"

namespace releasehealth {

/// A card for each headline. Value, change and chart cover months. Thresholds are judged over their own periods, which
/// the card names. The chart has a threshold line only for a monthly threshold on the page of one service.
json::array cards(const reviewed&, std::span<const headline>, const figure_settings&,
                  const std::vector<threshold_of>& all);

/// The thresholds of a card's figure: {"text", "is_exceeded", "is_within"}. `is_within` only if all of them are judged;
/// `text` is empty without thresholds. `of_one`: the thresholds of a single service, which is then not named.
json::object threshold_text(std::string_view figure, const std::vector<threshold_of>& all, bool of_one);

}
