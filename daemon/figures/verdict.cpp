#include "daemon/figures/verdict.hpp"

#include <algorithm>

namespace releasehealth {
namespace {

/// What is measured of a place over the period of a limit, or now.
std::optional<measured> measured_for(const threshold& t, const figure& f, const snapshot& s,
                                     const scope_figures& known) {
  static const period now;
  if (f.is_now) return measured{s.columns_now, known.now, now};
  const auto over = std::ranges::find(s.periods, t.period, &period::label);
  const auto values = known.values.find(t.period);
  if (over == s.periods.end() || values == known.values.end()) return {};
  return measured{s.columns, values->second, *over};
}

std::optional<figure_value> value_of(const limited_figure& l, const figure& f, const measured& m) {
  if (f.looks == shape::quantiles) {
    const auto* q = std::ranges::find(quantiles, l.slice, &quantile::label);
    return evaluate(f, f.slices.front(), m, q);
  }
  figure_value total;
  for (const auto& in : f.slices) {
    if (!l.slice.empty() && in.value != l.slice) continue;
    const auto one = evaluate(f, in, m);
    if (!one) return {};
    total.value += one->value;
    total.observations = one->observations;
  }
  return total;
}

// Whether there is as much to measure as the limit asks for: of a figure's sum, or of a quantile's observations.
bool has_minimum(const threshold& t, const limited_figure& l, const figure_value& v, const measured& m) {
  if (t.minimum <= 0) return true;
  if (l.minimum_of.empty()) return !v.observations || *v.observations >= t.minimum;
  const auto& counted = *find_figure(l.minimum_of);
  double sum = 0;
  for (const auto& in : counted.slices)
    if (l.minimum_slice.empty() || in.value == l.minimum_slice)
      if (const auto one = evaluate(counted, in, m)) sum += one->value;
  return sum >= t.minimum;
}

}

std::optional<double> resolved_limit(const threshold& t, const snapshot& s, const scope_figures& known) {
  if (t.limit_of.empty()) return t.limit;
  const auto& f = *find_figure(t.limit_of);
  const auto m = measured_for(t, f, s, known);
  const auto v = m ? evaluate(f, f.slices.front(), *m) : std::nullopt;
  return v ? std::optional(v->value) : std::nullopt;
}

std::vector<broken_limit> broken_limits(const snapshot& s, const figure_settings& settings, const place& where) {
  std::vector<broken_limit> all;
  const auto known = s.places.find(where);
  if (known == s.places.end()) return all;
  for (const auto& t : thresholds_of(settings.thresholds, where.service)) {
    const auto& l = *find_limited_figure(t.figure);
    const auto& f = *find_figure(l.figure);
    const auto m = measured_for(t, f, s, known->second);
    const auto v = m ? value_of(l, f, *m) : std::nullopt;
    const auto limit = resolved_limit(t, s, known->second);
    if (!v || !limit || !has_minimum(t, l, *v, *m)) continue;
    const auto value = l.is_age ? unix_seconds(s.at) - v->value : v->value;
    if (t.above ? value > *limit : value < *limit) all.push_back({t, value, *limit});
  }
  return all;
}

}
