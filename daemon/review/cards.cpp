#include "daemon/review/cards.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/figures/covered.hpp"
#include "daemon/figures/readable.hpp"
#include "daemon/reports/coverage.hpp"
#include "daemon/review/chart.hpp"

namespace releasehealth {
namespace {

// "1 failed change", "12 of 20 changes".
std::string count_in_words(double n, std::string_view nouns) {
  const auto whole = std::llround(n);
  if (whole == 1 && nouns.ends_with('s')) nouns.remove_suffix(1);
  return std::to_string(whole) + ' ' + std::string(nouns);
}

std::string detail(const headline& h, const figure_value& v, const measured& m, const scope_figures& known) {
  if (h.companion) {
    const auto other = evaluate(*h.companion, h.companion->slices.front(), m);
    return other ? readable(*h.companion, other->value) + ' ' + std::string(h.observations) : std::string(" ");
  }
  if (v.observations) return "median of " + count_in_words(*v.observations, h.observations);
  if (h.wanted->looks == shape::ratio && v.numerator && v.denominator)
    return std::to_string(std::llround(*v.numerator)) + " of " + count_in_words(*v.denominator, h.observations);
  if (h.wanted->looks != shape::per_day || !v.numerator) return std::string(h.observations);
  const auto text = count_in_words(*v.numerator, h.observations);
  const auto part = covered_part(m.span, known);
  if (part.begin == m.span.begin) return text;
  const std::chrono::duration<double, std::ratio<86400>> days = part.end - part.begin;
  return text + " in " + count_in_words(days.count(), "covered days");
}

// Compares with the previous month. Counts are not compared with a partly covered month.
void add_change(json::object& card, const reviewed& r, const headline& h, const std::optional<figure_value>& now,
                const std::optional<figure_value>& earlier) {
  const auto name = name_month(r.month - std::chrono::months{1});
  const bool is_count = h.wanted->looks == shape::count || h.wanted->looks == shape::seconds;
  const bool is_partial = is_count && r.before().partial;
  std::string text = "no data in " + name, direction;
  if (earlier) text = name + (is_partial ? " (partial): " : ": ") + written(h, earlier->value);
  if (now && earlier && now->value != earlier->value && !is_partial) {
    const bool is_up = now->value > earlier->value;
    direction = is_up == h.more_is_better ? "better" : "worse";
    card["arrow"] = is_up ? "▲" : "▼";
  }
  card["change"] = text;
  card["direction"] = direction;
}

// The band of a single service, or the number of services in each band.
void add_band(json::object& card, const reviewed& r, const headline& h, const std::optional<figure_value>& now,
              const figure_settings& settings) {
  if (!h.dora) return;
  if (r.is_of_one) {
    card["band"] = now ? band_of(*h.dora, *now) : "";
    return;
  }
  std::vector<std::string_view> bands;
  for (const auto& [where, known] : r.apart.places) {
    if (!settings.names.is_target(where)) continue;
    if (const auto v = value_of(r.apart, h, known, r.last(), settings)) bands.push_back(band_of(*h.dora, *v));
  }
  card["bands"] = count_bands(bands);
}

json::object card_of(const reviewed& r, const headline& h, const figure_settings& settings,
                     const std::vector<threshold_of>& all) {
  const auto& scope = r.together.together;
  std::vector<chart_point> points;
  for (const auto& p : r.months) {
    const auto v = value_of(r.together, h, scope, p, settings);
    points.push_back({name_month(*parse_month(p.label), true), v ? std::optional(v->value) : std::nullopt,
                      v ? written(h, v->value) : "", p.partial});
  }
  const auto now = value_of(r.together, h, scope, r.last(), settings),
             earlier = value_of(r.together, h, scope, r.before(), settings);
  json::object card = {
      {"title", h.title},
      {"help", h.wanted->help},
      {"value", now ? written(h, now->value) : "–"},
      {"detail", now ? detail(h, *now, *measure(r.together, scope, r.last(), settings), scope) : "no data"},
      {"band", ""},
      {"bands", ""},
      {"arrow", ""}};
  add_band(card, r, h, now, settings);
  add_change(card, r, h, now, earlier);
  json::array gaps;
  for (const auto& gap : gaps_of(*h.wanted, scope, r.together))
    gaps.push_back(json::object{
        {"text", gap.share ? std::string(gap.rule->name) + " coverage " + in_words(gap) : std::string(gap.rule->gap)},
        {"cure", gap.rule->cure}});
  card["gaps"] = std::move(gaps);
  card["threshold"] = threshold_text(h.threshold, all, r.is_of_one);
  const auto drawn = std::ranges::find_if(all, [&](const threshold_of& one) {
    const auto& t = one.judged.rule;
    return r.is_of_one && t.figure == h.threshold && t.period == month &&
           h.wanted == find_figure(find_threshold_figure(t.figure)->figure);
  });
  card["chart"] = column_chart(h.title, points, drawn == all.end() ? std::nullopt : drawn->judged.threshold_value);
  return card;
}

std::string judged_in_words(const judged_threshold& one) {
  if (one.state == standing::not_judged) return gap_in_words(one);
  const auto counted = one.counted ? " of " + std::to_string(std::llround(*one.counted)) : std::string();
  return value_in_words(one) + counted + (one.state == standing::exceeded ? " exceeded" : " within");
}

}

json::array cards(const reviewed& r, std::span<const headline> headlines, const figure_settings& settings,
                  const std::vector<threshold_of>& thresholds) {
  json::array all;
  for (const auto& h : headlines) all.push_back(card_of(r, h, settings, thresholds));
  return all;
}

json::object threshold_text(std::string_view figure, const std::vector<threshold_of>& all, bool of_one) {
  constexpr std::ptrdiff_t most_named = 3;
  std::vector<const threshold_of*> mine;
  for (const auto& one : all)
    if (one.judged.rule.figure == figure) mine.push_back(&one);
  if (mine.empty()) return {{"text", ""}, {"is_exceeded", false}, {"is_within", false}};
  const auto words = [](const threshold_of* one) {
    return threshold_in_words(one->judged.rule, one->judged.threshold_value);
  };
  const auto count = [&](standing state) {
    return std::ranges::count(mine, state, [](const threshold_of* one) { return one->judged.state; });
  };
  const bool are_alike = std::ranges::all_of(mine, [&](const auto* one) { return words(one) == words(mine.front()); });
  auto text = are_alike ? "threshold " + words(mine.front()) + ": " : std::string("individual thresholds: ");
  const auto begin = text.size();
  const auto append = [&](const std::string& part) { text += (text.size() > begin ? "; " : "") + part; };
  constexpr std::pair<standing, std::string_view> states[] = {
      {standing::exceeded, " exceeded"}, {standing::within, " within"}, {standing::not_judged, " not judged"}};
  auto room = most_named;
  for (const auto& [state, word] : states) {
    const auto all_of_it = count(state);
    const auto named = all_of_it <= room ? all_of_it : state == standing::exceeded ? room : 0;
    auto left = named;
    for (auto one = mine.begin(); one != mine.end() && left > 0; ++one) {
      if ((*one)->judged.state != state) continue;
      const auto& who = (*one)->where.service.empty() ? (*one)->team : (*one)->where.service;
      append((of_one ? "" : who + ' ') + judged_in_words((*one)->judged));
      --left;
    }
    room -= named;
    if (all_of_it > named) append(std::to_string(all_of_it - named) + (named > 0 ? " more" : "") + std::string(word));
  }
  return {{"text", text},
          {"is_exceeded", count(standing::exceeded) > 0},
          {"is_within", count(standing::within) == static_cast<std::ptrdiff_t>(mine.size())}};
}

}
