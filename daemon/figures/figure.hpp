#pragma once
// The table of all figures (figures.md §11): columns, denominator, name and help of each.
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/queries/reads.hpp"

namespace releasehealth {

enum class shape {
  count,      ///< a sum of columns
  seconds,    ///< a sum of columns that hold seconds
  ratio,      ///< a sum over a sum; no value if the denominator is 0
  per_day,    ///< a sum over the days of the period; no value for an empty period
  quantiles,  ///< of durations in seconds: columns NAME_p50, NAME_p90 and NAME_n (the number of observations)
  capacity,   ///< a team's engineers times the working seconds of the period; no value without engineers
  share,      ///< a sum of columns over the capacity
  instant     ///< a column of seconds since the epoch
};

/// One series of a figure: its label value and the columns that it sums.
struct slice {
  std::string value;  ///< empty: the figure has no label
  std::vector<std::string> columns;
  std::vector<std::string> denominator = {};  ///< empty: the figure's denominator
};

/// Where a figure is defined.
enum class belongs {
  everywhere,  ///< for every environment of a service, and for teams
  production,  ///< for production environments, and for teams
  teams        ///< for teams only
};

struct figure {
  std::string_view name;  ///< the metric without the prefix releasehealth_
  std::string_view help;
  shape looks;
  std::string_view label;  ///< name of the label that distinguishes the slices; empty: one slice
  std::vector<slice> slices;
  std::vector<std::string> denominator = {};
  belongs owners = belongs::production;
  bool sparse = false;                          ///< a breakdown: empty slices have no series
  bool is_now = false;                          ///< describes the current instant and has no period
  bool without_service = false;                 ///< also counts incidents that name no service
  std::vector<std::string_view> rests_on = {};  ///< evidence (figures/coverage.hpp), the most important first
};

/// The denominator columns of a slice.
inline const std::vector<std::string>& divided_by(const figure& f, const slice& part) {
  return part.denominator.empty() ? f.denominator : part.denominator;
}

/// The figures over the populations of schema/figures.
std::span<const figure> figures();
const figure* find_figure(std::string_view name);
/// The names of all labels that distinguish slices.
std::set<std::string_view> slice_labels();

/// A root cause of hotfixes and how to prevent it (figures.md §9).
struct cause {
  std::string_view name, prevention;
};
/// The causes that apply when none are configured.
std::vector<std::string> default_causes();
/// Empty for a configured cause, `unknown` and `other`.
std::string_view prevention_of(std::string_view name);
/// The slices of the figure `by_cause`: one for each cause, `unknown` and `other`.
std::vector<slice> slices_by_cause(const std::vector<std::string>& causes);
inline constexpr std::string_view by_cause = "hotfixes_by_cause";

struct figure_value {
  double value = 0;
  std::optional<double> numerator, denominator;
  std::optional<double> observations;
};

/// The quantiles computed for durations.
struct quantile {
  std::string_view label, suffix;
};
inline constexpr quantile quantiles[] = {{"0.5", "_p50"}, {"0.9", "_p90"}};

/// Values measured over one scope and period, by column; NaN means no value. Trailing columns are missing if their
/// population does not count this scope.
struct measured {
  const std::vector<std::string>& columns;
  const std::vector<double>& values;
  const ledger::period& span;
  double capacity_s = 0;  ///< seconds; 0 except for a team with engineers
};

/// The positions of a slice's columns, looked up once for many values. The measured values must have these columns.
class located_slice {
 public:
  located_slice(const figure&, const slice&, const std::vector<std::string>& columns);

  const slice& in() const { return *slice_; }
  /// The slice's value, for quantiles the requested one. Empty without data (figures.md §1). Throws std::logic_error if
  /// a column is missing.
  std::optional<figure_value> value(const measured&, const quantile& = quantiles[0]) const;

 private:
  std::string missing_;  ///< a column of the slice that no population counts
  const figure* figure_;
  const slice* slice_;
  std::vector<std::size_t> counted_, divided_;  ///< for quantiles, counted_: one position each, then NAME_n
  std::optional<std::size_t> tracked_;          ///< the figure is not tracked if this column is 0
};

/// The value of a single slice.
std::optional<figure_value> evaluate(const figure&, const slice&, const measured&, const quantile* = nullptr);

}
