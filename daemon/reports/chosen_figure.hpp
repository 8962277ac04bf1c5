#pragma once
// A figure as people name it, for a report about it alone.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/figures/snapshot.hpp"
#include "daemon/reports/service_columns.hpp"

namespace releasehealth {

struct chosen_figure {
  const figure* of = nullptr;
  std::string_view slice = {};  ///< the value of its label, or of its quantile; empty: every one

  bool has(const figure_row& row) const {
    return &row.of == of && (slice.empty() || row.in.value == slice || row.quantile == slice);
  }
};

/// By a metric's name, with or without `releasehealth_`; by what thresholds call it (`hotfixes`); by the title of a
/// column
/// ("rolled back"). Nothing for any other name.
std::optional<chosen_figure> choose_figure(std::string_view name);
/// Every name that it takes, without the prefix.
std::vector<std::string> figure_names();
/// The columns of a table about it: those of service_columns(), else one for each of its slices.
std::vector<service_column> columns_of(const chosen_figure&, const figure_settings&);

}
