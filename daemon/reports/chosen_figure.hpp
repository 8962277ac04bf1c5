#pragma once
// A figure selected by one of its names, for a report about it alone.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/figures/snapshot.hpp"
#include "daemon/reports/service_columns.hpp"

namespace releasehealth {

struct chosen_figure {
  const figure* wanted = nullptr;
  std::string_view slice = {};  ///< a value of its label or a quantile; empty: all

  bool has(const figure_row& row) const {
    return &row.shown == wanted && (slice.empty() || row.part.value == slice || row.quantile == slice);
  }
};

/// The figure of a name as in metrics, with or without `releasehealth_`, or as in [[threshold]] (`hotfixes`): the same
/// in reports, explanations and the API. Empty for any other name.
std::optional<chosen_figure> choose_figure(std::string_view name);
/// Every name that choose_figure() accepts, without the prefix.
std::vector<std::string> figure_names();
/// The columns of a table about a figure: one for each slice, that of service_columns() if there is one.
std::vector<service_column> columns_of(const chosen_figure&, const figure_settings&);

}
