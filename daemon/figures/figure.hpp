#pragma once
// Every figure there is, as one table (figures.md §11): what it counts, what it divides by, what it is called.
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
  quantiles,  ///< of durations in seconds: columns NAME_p50, NAME_p90 and NAME_n, their number
  capacity,   ///< of a team: engineers times working seconds of the period; no value without engineers
  share,      ///< a sum of columns over the capacity
  instant     ///< a column of seconds since the epoch
};

/// One series of a figure: the value of its label and the columns that it sums.
struct slice {
  std::string value;  ///< empty: the figure has no label
  std::vector<std::string> columns;
  std::vector<std::string> denominator = {};  ///< its own; empty: the figure's
};

/// Whose figure it is.
enum class belongs {
  everywhere,  ///< to every environment of a service, and to teams
  production,  ///< to production environments, and to teams
  teams        ///< to teams only
};

struct figure {
  std::string_view name;  ///< the metric without the prefix releasehealth_
  std::string_view help;
  shape looks;
  std::string_view label;  ///< the name of the label that tells the slices apart
  std::vector<slice> slices;
  std::vector<std::string> denominator = {};
  belongs to = belongs::production;
  bool sparse = false;                          ///< a breakdown: a slice without anything in it has no series
  bool is_now = false;                          ///< what holds at an instant: it has no period
  bool without_service = false;                 ///< also of what names no service
  std::vector<std::string_view> rests_on = {};  ///< evidence (figures/coverage.hpp), the most important first
};

/// The columns by which a slice is divided.
inline const std::vector<std::string>& divided_by(const figure& f, const slice& in) {
  return in.denominator.empty() ? f.denominator : in.denominator;
}

/// The figures over the populations of schema/figures.
std::span<const figure> figures();
const figure* find_figure(std::string_view name);
/// What tells the series of figures apart: the labels of slices.
std::set<std::string_view> slice_labels();

/// A cause of hotfixes and what keeps it from coming back (figures.md §9).
struct cause {
  std::string_view name, prevention;
};
/// The causes unless configured.
std::vector<std::string> default_causes();
/// Empty for a cause that is configured, and for `unknown` and `other`.
std::string_view prevention_of(std::string_view of);
/// The slices of the figure by cause: those, `unknown` and `other`.
std::vector<slice> slices_by_cause(const std::vector<std::string>& causes);
inline constexpr std::string_view by_cause = "hotfixes_by_cause";

struct figure_value {
  double value = 0;
  std::optional<double> numerator, denominator;
  std::optional<double> observations;
};

/// Quantiles that durations have.
struct quantile {
  std::string_view label, suffix;
};
inline constexpr quantile quantiles[] = {{"0.5", "_p50"}, {"0.9", "_p90"}};

/// What is measured over one scope and period, by column; NaN is no value. What a population of other scopes counts may
/// be missing at the end.
struct measured {
  const std::vector<std::string>& columns;
  const std::vector<double>& values;
  const ledger::period& over;
  double capacity_s = 0;  ///< of a team with engineers
};

/// Where the columns of a slice are: of a page each is looked for once. What is measured has to have these columns.
class located_slice {
 public:
  located_slice(const figure&, const slice&, const std::vector<std::string>& columns);

  const slice& in() const { return *in_; }
  /// Its value; of quantiles that of the given one. Nothing where there is nothing to measure (figures.md §1).
  std::optional<figure_value> value(const measured&, const quantile& = quantiles[0]) const;

 private:
  std::string missing_;  ///< a column that nobody counts, where a value is asked for nevertheless
  const figure* of_;
  const slice* in_;
  std::vector<std::size_t> counted_, divided_;  ///< of quantiles: theirs, and the number of observations
  std::optional<std::size_t> tracked_;          ///< without anything in it the figure is not tracked
};

/// The value of one slice, looked for by itself.
std::optional<figure_value> evaluate(const figure&, const slice&, const measured&, const quantile* = nullptr);

}
