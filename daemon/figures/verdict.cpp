#include "daemon/figures/verdict.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/figures/readable.hpp"

namespace releasehealth {
namespace {

bool is_something(double v) { return v > 0; }  // NaN is not

std::vector<std::size_t> columns_named(const std::vector<std::string>& names, const snapshot& s) {
  std::vector<std::size_t> all;
  for (const auto& name : names)
    all.push_back(static_cast<std::size_t>(std::ranges::find(s.columns_now, name) - s.columns_now.begin()));
  return all;
}

std::vector<located_slice> slices_among(const figure& f, std::string_view wanted, const snapshot& s) {
  std::vector<located_slice> all;
  for (const auto& part : f.slices)
    if (wanted.empty() || f.looks == shape::quantiles || part.value == wanted)
      all.emplace_back(f, part, f.is_now ? s.columns_now : s.columns);
  return all;
}

std::optional<figure_value> sum(const std::vector<located_slice>& slices, const measured& m, const quantile& q) {
  figure_value total;
  for (const auto& part : slices) {
    const auto one = part.value(m, q);
    if (!one) return {};
    total.value += one->value;
    total.observations = one->observations;
  }
  return total;
}

template <class Own>
const std::vector<threshold>& own_or(const Own& own, const std::string& name, const std::vector<threshold>& general) {
  const auto found = own.find(name);
  return found == own.end() ? general : found->second;
}

}

judge::judge(const snapshot& data, const figure_settings& settings) : data_(data), settings_(settings) {
  for (const auto& l : threshold_figures()) {
    const auto& f = *find_figure(l.figure);
    const auto* q = std::ranges::find(quantiles, l.slice, &quantile::label);
    auto& one = figures_.emplace_back(
        located{&l, &f, q == std::end(quantiles) ? std::begin(quantiles) : q, slices_among(f, l.slice, data), {}, {}});
    for (const auto name : f.rests_on)
      if (const auto* e = find_evidence(name); !e->judged_by.empty())
        one.evidence.push_back({e, columns_named(e->judged_by, data), columns_named(e->judges, data)});
    if (!l.minimum_of.empty()) one.minimum = slices_among(*find_figure(l.minimum_of), l.minimum_slice, data);
  }
  for (const auto& column : data.columns_now)
    is_evidence_.push_back(std::ranges::any_of(evidence_rules(), [&](const evidence_rule& e) {
      return std::ranges::find(e.judged_by, column) != e.judged_by.end();
    }));
  auto all = settings.thresholds;
  // without tracked reviews their thresholds do not apply
  if (!settings.tracks_reviews())
    std::erase_if(all,
                  [&](const threshold& t) { return tracked_by(*find(t.figure).measured_by) == "reviews_tracked"; });
  of_services_ = releasehealth::thresholds_of(all, {});
  of_teams_ = releasehealth::thresholds_of_team(all, {});
  for (const auto& t : all) {
    if (!t.service.empty()) own_of_service_.try_emplace(t.service, releasehealth::thresholds_of(all, t.service));
    if (!t.team.empty()) own_of_team_.try_emplace(t.team, releasehealth::thresholds_of_team(all, t.team));
  }
}

const std::vector<threshold>& judge::thresholds_of(const std::string& service) const {
  static const std::vector<threshold> none;
  if (settings_.names.is_retired(service, data_.at)) return none;
  return own_or(own_of_service_, service, of_services_);
}
const std::vector<threshold>& judge::thresholds_of_team(const std::string& team) const {
  return own_or(own_of_team_, team, of_teams_);
}

const judge::located& judge::find(std::string_view figure) const {
  return *std::ranges::find_if(figures_, [&](const located& one) { return one.definition->name == figure; });
}

std::optional<measured> judge::measure(const figure& f, const std::string& named, const scope_figures& known,
                                       bool is_team, const period* span) const {
  static const period now;
  if (f.is_now) return known.now.empty() ? std::nullopt : std::optional(measured{data_.columns_now, known.now, now});
  const auto own = std::ranges::find(data_.periods, named, &period::label);
  if (!span && own == data_.periods.end()) return {};
  const auto& chosen = span ? *span : *own;
  const auto values = known.values.find(chosen.label);
  if (values == known.values.end()) return {};
  const bool has_capacity = is_team && f.owners == belongs::teams;
  return measured{data_.columns, values->second, chosen, has_capacity ? capacity(settings_, known.team, chosen) : 0};
}

std::optional<double> judge::resolved_value(const threshold& t, const scope_figures& known, const period* span) const {
  if (t.ratio.empty()) return t.value;
  const auto& f = *find_figure(t.ratio);
  const auto m = measure(f, t.period, known, false, span);
  const auto v = m ? evaluate(f, f.slices.front(), *m) : std::nullopt;
  return v ? std::optional(v->value) : std::nullopt;
}

const evidence_rule* judge::missing_evidence(const located& judged, const scope_figures& known) {
  const auto holds = [&](std::size_t column) { return column < known.now.size() && is_something(known.now[column]); };
  for (const auto& one : judged.evidence) {
    const bool is_needed = one.counted.empty() || std::ranges::any_of(one.counted, holds);
    if (is_needed && std::ranges::none_of(one.found, holds)) return one.rule;
  }
  return nullptr;
}

// Whether anything happened in a scope. Without activity all counts are 0, and 0 hotfixes are no result.
bool judge::is_known(const scope_figures& known) const {
  for (std::size_t n = 0; n < known.now.size(); ++n)
    if (is_something(known.now[n]) && !(n < is_evidence_.size() && is_evidence_[n])) return true;
  return std::ranges::any_of(known.values,
                             [](const auto& of_period) { return std::ranges::any_of(of_period.second, is_something); });
}

judgement judge::decide(const threshold& t, const scope_figures& known, bool is_team, const period* span) const {
  judgement out{.threshold_value = resolved_value(t, known, span)};
  const auto& one = find(t.figure);
  const auto m = measure(*one.measured_by, t.period, known, is_team, span);
  if (!m || !is_known(known)) return out;
  const auto v = sum(one.value, *m, *one.which);
  if (v) out.value = one.definition->is_age ? unix_seconds(data_.at) - v->value : v->value;
  if (t.minimum > 0 && !one.minimum.empty()) {
    const auto counted = sum(one.minimum, *m, quantiles[0]);
    out.counted = counted ? counted->value : 0;
  } else if (t.minimum > 0 && one.measured_by->looks == shape::quantiles) {
    out.counted = v ? v->observations.value_or(0) : 0;
  }
  if (!out.threshold_value) return out;
  const bool is_enough = out.counted.value_or(t.minimum) >= t.minimum;
  // more evidence can only raise an exceeded figure; one that is within may lack evidence
  const bool is_exceeded =
      is_enough && out.value && (t.above ? *out.value > *out.threshold_value : *out.value < *out.threshold_value);
  if (!is_exceeded) out.missing = missing_evidence(one, known);
  if (out.missing || !is_enough || (!v && !one.definition->is_age)) return out;
  out.state = is_exceeded ? standing::exceeded : standing::within;
  return out;
}

std::vector<judged_threshold> judge::all_of(const place& where) const {
  const auto known = data_.places.find(where);
  std::vector<judged_threshold> all;
  if (known == data_.places.end() || !settings_.names.is_target(where)) return all;
  for (const auto& t : thresholds_of(where.service)) all.push_back({decide(t, known->second, false), t});
  return all;
}

std::vector<judged_threshold> judge::all_of_team(const std::string& team) const {
  const auto known = data_.teams.find(team);
  std::vector<judged_threshold> all;
  if (known == data_.teams.end()) return all;
  for (const auto& t : thresholds_of_team(team)) all.push_back({decide(t, known->second, true), t});
  return all;
}

standing overall(std::span<const judged_threshold> all) {
  auto found = standing::not_judged;
  for (const auto& one : all) {
    if (one.state == standing::exceeded) return standing::exceeded;
    const auto looks = find_figure(find_threshold_figure(one.rule.figure)->figure)->looks;
    const bool rests_on_observations = looks == shape::ratio || looks == shape::quantiles || one.rule.minimum > 0;
    if (one.state == standing::within && rests_on_observations) found = standing::within;
  }
  return found;
}

std::vector<judged_threshold> exceeded_among(std::vector<judged_threshold> all) {
  std::erase_if(all, [](const judged_threshold& one) { return one.state != standing::exceeded; });
  return all;
}

std::size_t count_judged(std::span<const judged_threshold> all) {
  return static_cast<std::size_t>(
      std::ranges::count_if(all, [](const judged_threshold& one) { return one.state != standing::not_judged; }));
}

namespace {

std::string written(const threshold& t, double value) {
  const auto& l = *find_threshold_figure(t.figure);
  return l.is_age ? readable_duration(value) : readable(*find_figure(l.figure), value);
}

}

std::string period_in_words(const threshold& t) {
  const bool is_count = find_figure(find_threshold_figure(t.figure)->figure)->looks == shape::count;
  return t.period == month && is_count ? " a month" : period_in_words(t.period);
}

std::string threshold_in_words(const threshold& t, const std::optional<double>& value) {
  const auto amount = value ? written(t, *value) : figure_in_words(t.ratio);
  return (t.above ? "" : "not below ") + amount + period_in_words(t);
}

std::string default_in_words(const threshold& t) {
  auto words = threshold_in_words(t, t.ratio.empty() ? std::optional(t.value) : std::nullopt);
  if (t.minimum > 0)
    words += ", minimum " + std::to_string(std::llround(t.minimum)) + ' ' +
             std::string(find_threshold_figure(t.figure)->counted);
  return words;
}

std::string value_in_words(const judged_threshold& one) {
  if (one.value) return written(one.rule, *one.value);
  return one.state == standing::not_judged ? "–" : "none";
}

std::string in_words(const judged_threshold& one) {
  return std::string(find_threshold_figure(one.rule.figure)->title) + ": " + value_in_words(one) + " (threshold " +
         threshold_in_words(one.rule, one.threshold_value) + ')';
}

std::string gap_in_words(const judged_threshold& one) {
  if (one.missing) return std::string(one.missing->gap);
  if (!one.counted || *one.counted >= one.rule.minimum)
    return one.threshold_value ? "no data" : "no " + figure_in_words(one.rule.ratio) + " to compare with";
  return std::to_string(std::llround(*one.counted)) + " of " + std::to_string(std::llround(one.rule.minimum)) + ' ' +
         std::string(find_threshold_figure(one.rule.figure)->counted) + " needed";
}

}
