#include "daemon/review/months.hpp"

#include <algorithm>
#include <cmath>

#include "collectors/words.hpp"
#include "daemon/figures/covered.hpp"
#include "daemon/figures/readable.hpp"

namespace releasehealth {
namespace {

std::vector<headline> of_dora() {
  std::vector<headline> all;
  for (const auto& m : dora_metrics())
    all.push_back({sentence_case(std::string(m.title)), find_figure(m.figure), "", m.figure, m.observations,
                   m.more_is_better, &m});
  return all;
}

}

std::span<const headline> health_headlines() {
  static const headline table[] = {
      {"Hotfixes", find_figure("deployments"), word(deployment_kind::hotfix), "hotfixes", "per planned deployment",
       false, nullptr, find_figure("hotfixes_per_planned_deployment")},
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

reviewed look_at(ledger::reader& database, const review_question& q, const figure_settings& settings, timestamp now) {
  reviewed r;
  r.month = q.month;
  const auto first = q.month - std::chrono::months{reviewed_months - 1};
  r.months = months_between(format_month(first), format_month(q.month), settings.zone, now).value();
  r.is_so_far = settings.zone.month_of(now) == q.month;
  const auto end = r.last().end;
  figure_question asked{.periods = r.months, .service = q.service, .environment = q.environment, .team = q.team};
  r.together = answer_together(database, asked, settings, end);
  r.months = r.together.periods;  // with `partial` and `has_data` set
  r.is_of_one = !q.service.empty();
  for (auto& p : r.months)  // the month of a scope's first deployment is partial
    if (const auto& first_day = r.together.together.since) p.partial |= *first_day > p.begin && *first_day < p.end;
  asked.periods = {r.before(), r.last()};
  for (const auto& rolling : settings.rolling)
    asked.periods.push_back(find_period(rolling, settings.rolling, settings.zone, end).value());
  asked.periods.push_back({std::string(month), r.last().begin, end, r.is_so_far});
  asked.periods.push_back({std::string(previous_month), r.before().begin, r.before().end, false});
  r.apart = answer_question(database, asked, settings, end);
  find_since(database, r.apart, settings.names);
  return r;
}

std::optional<measured> measure(const snapshot& s, const scope_figures& known, const period& span,
                                const figure_settings& settings) {
  const auto values = known.values.find(span.label);
  if (values == known.values.end() || !has_data(known, span)) return {};
  return measured{s.columns, values->second, span, capacity(settings, known.team, span)};
}

std::optional<figure_value> value_of(const snapshot& s, const headline& h, const scope_figures& scope,
                                     const period& span, const figure_settings& settings) {
  const auto covered = h.wanted->looks == shape::per_day ? covered_part(span, scope) : span;
  const auto m = measure(s, scope, covered, settings);
  if (!m) return {};
  if (h.wanted->looks == shape::quantiles) return evaluate(*h.wanted, h.wanted->slices.front(), *m, &quantiles[0]);
  std::optional<figure_value> total;
  for (const auto& part : h.wanted->slices) {
    if (!h.slice.empty() && part.value != h.slice) continue;
    const auto one = evaluate(*h.wanted, part, *m);
    if (!one) continue;
    if (!total)
      total = one;
    else
      total->value += one->value;
  }
  return total;
}

std::string written(const headline& h, double value) {
  return readable(*h.wanted, value) + (h.wanted->looks == shape::per_day ? " a day" : "");
}

std::vector<threshold_of> all_thresholds(const reviewed& r, const figure_settings& settings) {
  const judge judged(r.apart, settings);
  std::vector<threshold_of> all;
  for (const auto& [where, known] : r.apart.places)
    for (auto& one : judged.all_of(where)) all.push_back({where, known.team, std::move(one)});
  for (const auto& [name, known] : r.apart.teams)
    for (auto& one : judged.all_of_team(name)) all.push_back({{}, name, std::move(one)});
  return all;
}

std::vector<threshold_of> exceeded_among(std::vector<threshold_of> all) {
  std::erase_if(all, [](const threshold_of& one) { return one.judged.state != standing::exceeded; });
  return all;
}

std::vector<judged_threshold> judged_of(const std::vector<threshold_of>& all) {
  std::vector<judged_threshold> judged;
  judged.reserve(all.size());
  for (const auto& one : all) judged.push_back(one.judged);
  return judged;
}

json::object verdict_on(const std::vector<judged_threshold>& all) {
  const auto state = overall(all);
  const auto judged = count_judged(all), exceeded = exceeded_among(all).size(), rest = all.size() - judged;
  const auto share = std::to_string(judged) + " of " + std::to_string(all.size()) + " thresholds";
  std::string headline = "Not enough data to judge yet: " + share + " have data", note;
  if (all.empty()) headline = "No thresholds: no service in production";
  if (state == standing::within) headline = rest == 0 ? "Within all thresholds" : "No threshold exceeded";
  if (state == standing::exceeded)
    headline = exceeded == 1 ? "One threshold exceeded" : std::to_string(exceeded) + " thresholds exceeded";
  if (state != standing::not_judged && rest > 0)
    note = std::to_string(rest) + " of " + std::to_string(all.size()) + " thresholds are not judged: not enough data.";
  return {{"is_good", state == standing::within},
          {"is_bad", state == standing::exceeded},
          {"headline", headline},
          {"note", note}};
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

// Whether the difference is large enough to be mentioned.
bool differs(const headline& h, double now, double earlier) {
  constexpr double tenth = 0.1;
  if (h.wanted->looks == shape::count) return now != earlier;
  return std::abs(now - earlier) > tenth * std::max(std::abs(now), std::abs(earlier));
}

std::string change_in_words(const reviewed& r, const headline& h, double now, double earlier) {
  const auto then = name_month(r.month - std::chrono::months{1});
  if (r.is_so_far) return h.title + ": " + written(h, now) + " so far, " + written(h, earlier) + " in " + then + '.';
  return h.title + (now > earlier ? " rose from " : " fell from ") + written(h, earlier) + " to " + written(h, now) +
         '.';
}

// Adds services that crossed their monthly threshold of hotfixes in either direction. Months that are not judged do not
// count.
void add_crossings(const reviewed& r, const figure_settings& settings, json::array& crossings) {
  const auto& hotfixes = health_headlines().front();
  const judge judged(r.apart, settings);
  for (const auto& [where, known] : r.apart.places) {
    if (!settings.names.is_target(where)) continue;
    for (const auto& t : judged.thresholds_of(where.service)) {
      if (t.figure != hotfixes.threshold || t.period != month || !has_data(known, r.before())) continue;
      const auto now = judged.decide(t, known, false, &r.last()), earlier = judged.decide(t, known, false, &r.before());
      if (now.state == earlier.state || now.state == standing::not_judged || earlier.state == standing::not_judged)
        continue;
      const bool is_worse = now.state == standing::exceeded;
      crossings.push_back(
          {{"text", where.service + (is_worse ? " exceeds its threshold: " : " is within its threshold again: ") +
                        written(hotfixes, *now.value) + " hotfixes after " + written(hotfixes, *earlier.value) + '.'},
           {"direction", is_worse ? "worse" : "better"}});
    }
  }
}

}

json::array changes_in_words(const reviewed& r, const figure_settings& settings) {
  json::array all;
  add_crossings(r, settings, all);
  for (const auto headlines : {health_headlines(), dora_headlines()})
    for (const auto& h : headlines) {
      const auto now = value_of(r.together, h, r.together.together, r.last(), settings);
      const auto earlier = value_of(r.together, h, r.together.together, r.before(), settings);
      if (!now || !earlier || !differs(h, now->value, earlier->value)) continue;
      const bool is_better = (now->value > earlier->value) == h.more_is_better;
      all.push_back(
          {{"text", change_in_words(r, h, now->value, earlier->value)}, {"direction", is_better ? "better" : "worse"}});
    }
  return all;
}

}
