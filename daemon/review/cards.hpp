#pragma once
// The cards at the head of a page: a headline figure with its month, its thresholds, DORA's band and a chart.
#include "daemon/review/months.hpp"

namespace releasehealth {

/// A card for each headline. Value, change and chart are of months; thresholds are judged over their own periods, and
/// the card says over which. A line is drawn in the chart only for a threshold of one service and of months.
json::array cards(const reviewed&, std::span<const headline>, const figure_settings&,
                  const std::vector<threshold_of>& all);

/// What a card says of the thresholds of its figure: {"text", "is_exceeded", "is_within"}, the latter only if all of
/// them are judged; an empty text without thresholds. `of_one`: they are those of one service.
json::object threshold_text(std::string_view limited, const std::vector<threshold_of>& all, bool of_one);

}
