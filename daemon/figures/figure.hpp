#pragma once
// Every figure there is, as one table (figures.md §11): what it counts, what it divides by, what it is called.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ledger/reads.hpp"

namespace releasehealth {

enum class shape {
  count,   ///< a sum of columns
  ratio,   ///< a sum over a sum; no value if the denominator is 0
  per_day  ///< a sum over the days of the period; no value for an empty period
};

/// One series of a figure: the value of its label and the columns that it sums.
struct slice {
  std::string_view value;  ///< empty: the figure has no label
  std::vector<std::string_view> columns;
};

struct figure {
  std::string_view name;  ///< the metric without the prefix releasehealth_
  std::string_view help;
  shape looks;
  std::string_view label;  ///< the name of the label that tells the slices apart
  std::vector<slice> slices;
  std::vector<std::string_view> denominator;
  bool everywhere = false;  ///< also for environments that are not production
};

/// The figures of schema/figures/deployments.sql.
std::span<const figure> figures();
const figure* find_figure(std::string_view name);

struct figure_value {
  double value = 0;
  std::optional<std::int64_t> numerator, denominator;
};

/// A slice's value over one row of counts. Nothing where there is nothing to measure (figures.md §1).
std::optional<figure_value> evaluate(const figure&, const slice&, const std::vector<std::string>& columns,
                                     const std::vector<std::int64_t>& counts, const ledger::period&);

}
