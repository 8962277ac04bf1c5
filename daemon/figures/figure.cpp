#include "daemon/figures/figure.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace releasehealth {
namespace {

double value_of(std::string_view wanted, const measured& m) {
  const auto at = std::ranges::find(m.columns, wanted);
  if (at == m.columns.end()) throw std::logic_error("no population counts " + std::string(wanted));
  return m.values.at(static_cast<std::size_t>(at - m.columns.begin()));
}

double sum(const std::vector<std::string>& wanted, const measured& m) {
  double total = 0;
  for (const auto& w : wanted) total += value_of(w, m);
  return total;
}

std::optional<figure_value> ratio(double numerator, double denominator) {
  if (denominator <= 0) return {};
  return figure_value{numerator / denominator, numerator, denominator, {}};
}

std::optional<figure_value> read_quantile(const slice& s, const measured& m, const quantile& q) {
  const auto& base = s.columns.front();
  const auto value = value_of(base + std::string(q.suffix), m);
  if (std::isnan(value)) return {};
  return figure_value{value, {}, {}, value_of(base + "_n", m)};
}

}

std::vector<slice> slices_by_cause(const std::vector<std::string>& known) {
  std::vector<slice> all;
  for (const auto& cause : known) all.push_back({cause, {"cause:" + cause}});
  for (const auto* rest : {"unknown", "other"}) all.push_back({rest, {"cause:" + std::string(rest)}});
  return all;
}

const figure* find_figure(std::string_view name) {
  const auto found = std::ranges::find(figures(), name, &figure::name);
  return found == figures().end() ? nullptr : &*found;
}

std::optional<figure_value> evaluate(const figure& f, const slice& s, const measured& m, const quantile* q) {
  switch (f.looks) {
    case shape::count:
    case shape::seconds: return figure_value{sum(s.columns, m), {}, {}, {}};
    case shape::ratio: return ratio(sum(s.columns, m), sum(f.denominator, m));
    case shape::per_day: {
      const std::chrono::duration<double, std::ratio<86400>> days = m.over.end - m.over.begin;
      if (days.count() <= 0) return {};
      const auto total = sum(s.columns, m);
      return figure_value{total / days.count(), total, {}, {}};
    }
    case shape::quantiles: return read_quantile(s, m, q ? *q : quantiles[0]);
    case shape::capacity:
      return m.capacity_s > 0 ? std::optional(figure_value{m.capacity_s, {}, {}, {}}) : std::nullopt;
    case shape::share: return ratio(sum(s.columns, m), m.capacity_s);
    case shape::instant: {
      const auto at = value_of(s.columns.front(), m);
      return std::isnan(at) ? std::nullopt : std::optional(figure_value{at, {}, {}, {}});
    }
  }
  return {};
}

}
