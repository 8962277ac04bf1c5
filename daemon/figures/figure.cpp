#include "daemon/figures/figure.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "daemon/figures/coverage.hpp"

namespace releasehealth {
namespace {

double sum(const std::vector<std::size_t>& positions, const std::vector<double>& values) {
  double total = 0;
  for (const auto p : positions) total += values.at(p);
  return total;
}

std::optional<figure_value> ratio(double numerator, double denominator) {
  if (denominator <= 0) return {};
  return figure_value{numerator / denominator, numerator, denominator, {}};
}

std::optional<figure_value> per_day(double total, const ledger::period& span) {
  const std::chrono::duration<double, std::ratio<86400>> days = span.end - span.begin;
  if (days.count() <= 0) return {};
  return figure_value{total / days.count(), total, {}, {}};
}

std::optional<figure_value> if_number(double value, std::optional<double> observations = {}) {
  if (std::isnan(value)) return {};
  return figure_value{value, {}, {}, observations};
}

}

std::vector<slice> slices_by_cause(const std::vector<std::string>& causes) {
  std::vector<slice> all;
  all.reserve(causes.size() + 2);
  for (const auto& cause : causes) all.push_back({cause, {"cause:" + cause}});
  for (const auto* rest : {"unknown", "other"}) all.push_back({rest, {"cause:" + std::string(rest)}});
  return all;
}

const figure* find_figure(std::string_view name) {
  const auto found = std::ranges::find(figures(), name, &figure::name);
  return found == figures().end() ? nullptr : &*found;
}

located_slice::located_slice(const figure& f, const slice& s, const std::vector<std::string>& columns)
    : figure_(&f), slice_(&s) {
  const auto locate = [&](const std::string& wanted, std::vector<std::size_t>& positions) {
    const auto found = std::ranges::find(columns, wanted);
    if (found == columns.end()) missing_ = wanted;
    positions.push_back(static_cast<std::size_t>(found - columns.begin()));
  };
  if (f.looks == shape::quantiles) {
    for (const auto& q : quantiles) locate(s.columns.front() + std::string(q.suffix), counted_);
    locate(s.columns.front() + "_n", counted_);
  } else {
    for (const auto& c : s.columns) locate(c, counted_);
    for (const auto& c : divided_by(f, s)) locate(c, divided_);
  }
  if (const auto tracked = tracked_by(f); !tracked.empty()) {
    std::vector<std::size_t> positions;
    locate(std::string(tracked), positions);
    tracked_ = positions.front();
  }
}

std::optional<figure_value> located_slice::value(const measured& m, const quantile& q) const {
  if (!missing_.empty()) throw std::logic_error("no population counts " + missing_);
  if (!m.span.has_data || (tracked_ && !(m.values.at(*tracked_) > 0))) return {};
  switch (figure_->looks) {
    case shape::count:
    case shape::seconds: return figure_value{sum(counted_, m.values), {}, {}, {}};
    case shape::ratio: return ratio(sum(counted_, m.values), sum(divided_, m.values));
    case shape::per_day: return per_day(sum(counted_, m.values), m.span);
    case shape::quantiles:
      return if_number(m.values.at(counted_[static_cast<std::size_t>(&q - quantiles)]), m.values.at(counted_.back()));
    case shape::capacity: return m.capacity_s > 0 ? if_number(m.capacity_s) : std::nullopt;
    case shape::share: return ratio(sum(counted_, m.values), m.capacity_s);
    case shape::instant: return if_number(m.values.at(counted_.front()));
  }
  return {};
}

std::optional<figure_value> evaluate(const figure& f, const slice& s, const measured& m, const quantile* q) {
  return located_slice(f, s, m.columns).value(m, q ? *q : quantiles[0]);
}

}
