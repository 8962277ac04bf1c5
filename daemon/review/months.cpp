#include "daemon/review/months.hpp"

#include <algorithm>
#include <cmath>

#include "daemon/figures/readable.hpp"
#include "daemon/review/chart.hpp"

namespace releasehealth {
namespace {

std::vector<headline> of_dora() {
  std::vector<headline> all;
  for (const auto& m : dora_metrics())
    all.push_back(
        {sentence_case(std::string(m.title)), find_figure(m.figure), "", m.figure, m.of, m.more_is_better, &m});
  return all;
}

// What is measured in a month, or nothing where the scope has no figures.
std::optional<measured> measure(const snapshot& s, const scope_figures& known, const period& over,
                                const figure_settings& settings) {
  const auto values = known.values.find(over.label);
  if (values == known.values.end()) return {};
  return measured{s.columns, values->second, over, capacity(settings, known.team, over)};
}

std::string detail(const headline& h, const figure_value& v, const measured& m) {
  if (h.beside) {
    const auto other = evaluate(*h.beside, h.beside->slices.front(), m);
    return other ? readable(*h.beside, other->value) + ' ' + std::string(h.over) : std::string(" ");
  }
  const auto whole = [](double n) { return std::to_string(std::llround(n)); };
  if (v.observations) return "median of " + whole(*v.observations) + ' ' + std::string(h.over);
  if (h.of->looks == shape::ratio && v.numerator && v.denominator)
    return whole(*v.numerator) + " of " + whole(*v.denominator) + ' ' + std::string(h.over);
  if (h.of->looks == shape::per_day && v.numerator) return whole(*v.numerator) + ' ' + std::string(h.over);
  return std::string(h.over);
}

const threshold* general_limit(const headline& h, const std::vector<limit_of>& limits) {
  const auto found = std::ranges::find_if(limits, [&](const limit_of& l) {
    const auto& t = l.judged.of;
    return t.figure == h.limited && t.limit_of.empty();
  });
  return found == limits.end() ? nullptr : &found->judged.of;
}

// "limit of 15.0 % over 30d"
std::string limit_in_words(const headline& h, const threshold& t) {
  const auto& l = *find_limited_figure(t.figure);
  auto out = (t.above ? "limit of " : "limit of at least ") + readable(*find_figure(l.figure), t.limit);
  if (h.of != find_figure(l.figure)) out += ' ' + std::string(h.over);
  return t.period.empty() ? out : out + (t.period == month ? " a month" : " over " + t.period);
}

void add_change(json::object& card, const headline& h, const std::optional<figure_value>& now,
                const std::optional<figure_value>& before, const std::string& month_before) {
  std::string text = "no value in " + month_before, direction;
  if (before) text = month_before + ": " + written(h, before->value);
  if (now && before && now->value != before->value) {
    const bool is_up = now->value > before->value;
    direction = is_up == h.more_is_better ? "better" : "worse";
    card["arrow"] = is_up ? "▲" : "▼";
  }
  card["change"] = text;
  card["direction"] = direction;
}

// What the card says of its limit: of the scope's own, or of how many have broken theirs.
void add_limit(json::object& card, const headline& h, const threshold* general, const std::vector<limit_of>& limits,
               bool are_of_one) {
  std::size_t broken = 0, held = 0, few = 0;
  for (const auto& l : limits) {
    if (l.judged.of.figure != h.limited) continue;
    broken += l.judged.is == standing::broken ? 1 : 0;
    held += l.judged.is == standing::held ? 1 : 0;
    few += l.judged.is == standing::too_few ? 1 : 0;
  }
  const auto* limited = find_limited_figure(h.limited);
  const auto who = limited && find_figure(limited->figure)->to == belongs::teams ? "team" : "service";
  const auto words = general ? limit_in_words(h, *general) : std::string("limit");
  std::string text;
  if (broken > 0)
    text = are_of_one ? "beyond its " + words
                      : std::to_string(broken) + (broken == 1 ? " is beyond its limit" : " are beyond their limits");
  else if (held > 0)
    text = (are_of_one ? std::string("within its ") : "no " + std::string(who) + " beyond its ") + words;
  else if (few > 0 && general)
    text = words + ", from " + readable(*find_figure("changes"), general->minimum) + ' ' + std::string(h.over) + " on";
  card["limit"] = text;
  card["is_over"] = broken > 0;
  card["is_within"] = broken == 0 && held > 0;
}

json::object card_of(const reviewed& r, const headline& h, const figure_settings& settings, const threshold* limit) {
  const auto& scope = r.together.together;
  std::vector<chart_point> points;
  for (const auto& p : r.months) {
    const auto v = value_of(r.together, h, scope, p, settings);
    points.push_back({name_month(*parse_month(p.label), true), v ? std::optional(v->value) : std::nullopt,
                      v ? written(h, v->value) : "", p.partial});
  }
  const auto now = value_of(r.together, h, scope, r.last(), settings),
             before = value_of(r.together, h, scope, r.before(), settings);
  json::object card = {
      {"title", h.title},
      {"help", h.of->help},
      {"value", now ? written(h, now->value) : "–"},
      {"detail", now ? detail(h, *now, *measure(r.together, scope, r.last(), settings)) : "nothing to measure"},
      {"band", now && h.dora ? band_of(*h.dora, now->value) : ""},
      {"arrow", ""}};
  add_change(card, h, now, before, name_month(r.month - std::chrono::months{1}));
  card["chart"] = column_chart(h.title, points,
                               limit && h.of == find_figure(find_limited_figure(limit->figure)->figure)
                                   ? std::optional(limit->limit)
                                   : std::nullopt);
  return card;
}

}

std::span<const headline> health_headlines() {
  static const headline table[] = {
      {"Hotfixes", find_figure("deployments"), "hotfix", "hotfixes", "for each planned deployment", false, nullptr,
       find_figure("hotfixes_per_planned_deployment")},
      {"Rollback ratio", find_figure("rollback_ratio"), "", "rollback_ratio", "changes"},
      {"Time to issue", find_figure("time_to_issue_seconds"), "", "time_to_issue_seconds", "failed changes", true},
      {"Firefighting", find_figure("firefighting_seconds"), "", "firefighting_ratio", "of the team's time", false,
       nullptr, find_figure("firefighting_ratio")},
  };
  return table;
}

std::span<const headline> dora_headlines() {
  static const auto all = of_dora();
  return all;
}

reviewed look_at(ledger::reader& from, const review_question& q, const figure_settings& settings, timestamp now) {
  reviewed r;
  r.month = q.month;
  const auto first = q.month - std::chrono::months{reviewed_months - 1};
  r.months = months_between(format_month(first), format_month(q.month), settings.zone, now).value();
  r.is_so_far = settings.zone.month_of(now) == q.month;
  const auto end = r.last().end;
  figure_question asked{.periods = r.months, .service = q.service, .environment = q.environment, .team = q.team};
  r.together = answer_together(from, asked, settings, end);
  r.months = r.together.periods;  // which of them data covers whole is known now
  asked.periods = {r.before(), r.last()};
  for (const auto& rolling : settings.rolling)
    asked.periods.push_back(find_period(rolling, settings.rolling, settings.zone, end).value());
  asked.periods.push_back({std::string(month), r.last().begin, end, r.is_so_far});
  asked.periods.push_back({std::string(previous_month), r.before().begin, r.before().end, false});
  r.apart = answer_question(from, asked, settings, end);
  return r;
}

std::optional<figure_value> value_of(const snapshot& s, const headline& h, const scope_figures& scope,
                                     const period& over, const figure_settings& settings) {
  const auto m = measure(s, scope, over, settings);
  if (!m) return {};
  if (h.of->looks == shape::quantiles) return evaluate(*h.of, h.of->slices.front(), *m, &quantiles[0]);
  std::optional<figure_value> total;
  for (const auto& in : h.of->slices) {
    if (!h.slice.empty() && in.value != h.slice) continue;
    const auto one = evaluate(*h.of, in, *m);
    if (!one) continue;
    if (!total)
      total = one;
    else
      total->value += one->value;
  }
  return total;
}

std::string written(const headline& h, double value) {
  return readable(*h.of, value) + (h.of->looks == shape::per_day ? " a day" : "");
}

std::vector<limit_of> all_limits(const reviewed& r, const figure_settings& settings) {
  std::vector<limit_of> all;
  for (const auto& [where, known] : r.apart.places)
    if (settings.names.is_production(where.environment) && !where.service.empty())
      for (auto& l : judge_limits(r.apart, settings, where)) all.push_back({where, known.team, std::move(l)});
  for (const auto& [name, known] : r.apart.teams)
    for (auto& l : judge_limits(r.apart, settings, name)) all.push_back({{}, name, std::move(l)});
  return all;
}

std::vector<limit_of> broken_among(std::vector<limit_of> all) {
  std::erase_if(all, [](const limit_of& l) { return l.judged.is != standing::broken; });
  return all;
}

json::array cards(const reviewed& r, std::span<const headline> headlines, const figure_settings& settings,
                  const std::vector<limit_of>& limits, bool are_of_one) {
  json::array all;
  for (const auto& h : headlines) {
    const auto* general = general_limit(h, limits);
    const bool counts = h.of->looks == shape::count || h.of->looks == shape::seconds;
    // what several services have together is no measure for the limit of one, unless it is a ratio or a median
    auto card = card_of(r, h, settings, are_of_one || !counts ? general : nullptr);
    add_limit(card, h, general, limits, are_of_one);
    all.push_back(std::move(card));
  }
  return all;
}

json::object trend_table(const reviewed& r, const figure_settings& settings) {
  json::array titles, rows;
  std::vector<const headline*> all;
  for (const auto& h : health_headlines()) all.push_back(&h);
  for (const auto& h : dora_headlines()) all.push_back(&h);
  for (const auto* h : all) titles.emplace_back(h->title);
  for (auto p = r.months.rbegin(); p != r.months.rend(); ++p) {
    json::array cells;
    for (const auto* h : all) {
      const auto v = value_of(r.together, *h, r.together.together, *p, settings);
      cells.push_back(json::object{{"text", v ? written(*h, v->value) : "–"}});
    }
    rows.push_back(
        {{"name", name_month(*parse_month(p->label))}, {"partial", p->partial}, {"cells", std::move(cells)}});
  }
  json::array head;
  for (auto& t : titles) head.push_back(json::object{{"text", t}});
  return {{"titles", std::move(head)}, {"rows", std::move(rows)}};
}

namespace {

// Whether a value differs from another by enough to be worth a sentence.
bool differs(const headline& h, double now, double before) {
  constexpr double tenth = 0.1;
  if (h.of->looks == shape::count) return now != before;
  return std::abs(now - before) > tenth * std::max(std::abs(now), std::abs(before));
}

std::string change_in_words(const reviewed& r, const headline& h, double now, double before) {
  const auto then = name_month(r.month - std::chrono::months{1});
  if (r.is_so_far) return h.title + ": " + written(h, now) + " so far, " + written(h, before) + " in " + then + '.';
  return h.title + (now > before ? " rose from " : " fell from ") + written(h, before) + " to " + written(h, now) + '.';
}

// Services that crossed their limit on hotfixes a month, either way.
void add_crossings(const reviewed& r, const figure_settings& settings, json::array& to) {
  const auto& hotfixes = health_headlines().front();
  for (const auto& [where, known] : r.apart.places) {
    if (!settings.names.is_production(where.environment) || where.service.empty()) continue;
    const auto limits = thresholds_of(settings.thresholds, where.service);
    const auto limit = std::ranges::find(limits, hotfixes.limited, &threshold::figure);
    const auto now = value_of(r.apart, hotfixes, known, r.last(), settings);
    const auto before = value_of(r.apart, hotfixes, known, r.before(), settings);
    if (limit == limits.end() || limit->period != month || !now || !before) continue;
    const auto breaks = [&](double v) { return limit->above ? v > limit->limit : v < limit->limit; };
    if (breaks(now->value) == breaks(before->value)) continue;
    const bool is_worse = breaks(now->value);
    const auto counts = written(hotfixes, now->value) + " hotfixes after " + written(hotfixes, before->value) + '.';
    to.push_back(
        {{"text", where.service + (is_worse ? " went over its limit: " : " is within its limit again: ") + counts},
         {"direction", is_worse ? "worse" : "better"}});
  }
}

}

json::array changes_in_words(const reviewed& r, const figure_settings& settings) {
  json::array all;
  add_crossings(r, settings, all);
  for (const auto of : {health_headlines(), dora_headlines()})
    for (const auto& h : of) {
      const auto now = value_of(r.together, h, r.together.together, r.last(), settings);
      const auto before = value_of(r.together, h, r.together.together, r.before(), settings);
      if (!now || !before || !differs(h, now->value, before->value)) continue;
      const bool is_better = (now->value > before->value) == h.more_is_better;
      all.push_back(
          {{"text", change_in_words(r, h, now->value, before->value)}, {"direction", is_better ? "better" : "worse"}});
    }
  return all;
}

}
