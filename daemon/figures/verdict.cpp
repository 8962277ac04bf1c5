#include "daemon/figures/verdict.hpp"

#include <algorithm>

#include "daemon/figures/readable.hpp"

namespace releasehealth {
namespace {

/// What is measured of a place or a team over the period of a limit, or now.
std::optional<measured> measured_for(const threshold& t, const figure& f, const snapshot& s, const scope_figures& known,
                                     const figure_settings* of_team = nullptr) {
  static const period now;
  if (f.is_now) return measured{s.columns_now, known.now, now};
  const auto over = std::ranges::find(s.periods, t.period, &period::label);
  const auto values = known.values.find(t.period);
  if (over == s.periods.end() || values == known.values.end()) return {};
  return measured{s.columns, values->second, *over, of_team ? capacity(*of_team, known.team, *over) : 0};
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

namespace {

judged_limit judge(const threshold& t, const snapshot& s, const scope_figures& known, const figure_settings* of_team) {
  const auto& l = *find_limited_figure(t.figure);
  const auto& f = *find_figure(l.figure);
  const auto m = measured_for(t, f, s, known, of_team);
  const auto v = m ? value_of(l, f, *m) : std::nullopt;
  const auto limit = resolved_limit(t, s, known);
  judged_limit out{t};
  if (!v || !limit) return out;
  out.value = l.is_age ? unix_seconds(s.at) - v->value : v->value;
  out.limit = *limit;
  const bool is_broken = t.above ? out.value > *limit : out.value < *limit;
  out.is = !has_minimum(t, l, *v, *m) ? standing::too_few : is_broken ? standing::broken : standing::held;
  return out;
}

std::vector<judged_limit> judge(const std::vector<threshold>& limits, const snapshot& s, const scope_figures& known,
                                const figure_settings* of_team) {
  std::vector<judged_limit> all;
  all.reserve(limits.size());
  for (const auto& t : limits) all.push_back(judge(t, s, known, of_team));
  return all;
}

}

std::vector<judged_limit> judge_limits(const snapshot& s, const figure_settings& settings, const place& where) {
  const auto known = s.places.find(where);
  if (known == s.places.end()) return {};
  return judge(thresholds_of(settings.thresholds, where.service), s, known->second, nullptr);
}

std::vector<judged_limit> judge_limits(const snapshot& s, const figure_settings& settings, const std::string& team) {
  const auto known = s.teams.find(team);
  if (known == s.teams.end()) return {};
  return judge(thresholds_of_team(settings.thresholds, team), s, known->second, &settings);
}

std::vector<judged_limit> broken_among(std::vector<judged_limit> all) {
  std::erase_if(all, [](const judged_limit& l) { return l.is != standing::broken; });
  return all;
}

std::string in_words(const judged_limit& b) {
  const auto& l = *find_limited_figure(b.of.figure);
  const auto write = [&](double v) { return l.is_age ? readable_duration(v) : readable(*find_figure(l.figure), v); };
  return describe(l, write(b.value), write(b.limit)) + (b.of.period.empty() ? "" : " (" + b.of.period + ')');
}

}
