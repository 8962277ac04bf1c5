#include <algorithm>

#include "collectors/base/nearest.hpp"
#include "collectors/words.hpp"
#include "daemon/explain/explanation.hpp"
#include "daemon/figures/members.hpp"
#include "daemon/reports/chosen_figure.hpp"
#include "daemon/reports/report.hpp"

namespace releasehealth {
namespace {

/// A figure and the labels that select its series.
struct asked_figure {
  const figure* of = nullptr;
  std::vector<std::pair<std::string, std::string>> labels;
  bool names(const figure_row& row) const {
    if (&row.of != of) return false;
    const auto given = row.labels();
    return std::ranges::all_of(labels,
                               [&](const auto& l) { return std::ranges::find(given, label(l)) != given.end(); });
  }
};

result<asked_figure> read_figure(const figure_inquiry& q) {
  const auto chosen = choose_figure(q.figure);
  if (!chosen) {
    const auto names = figure_names();
    return error(errc::malformed, "figure: " + unknown_word("figure", q.figure, word_list_of(names)));
  }
  asked_figure asked{chosen->of, q.labels};
  const auto label = chosen->of->looks == shape::quantiles ? std::string_view("quantile") : chosen->of->label;
  if (!chosen->slice.empty()) asked.labels.emplace_back(label, chosen->slice);
  return asked;
}

std::string somebody_or(const std::string& person) { return person.empty() ? "unknown person" : person; }

// One line about a member: a deployment, an incident or a work interval.
std::string describe(ledger::reader& from, const json::object& m) {
  if (m.contains("method"))
    return text(m, "begins") + "  " + somebody_or(text(m, "person")) + " (" + text(m, "method") + ") on " +
           text(m, "thing") + ' ' + text(m, "subject") + ' ' +
           (text(m, "seconds").empty() ? "until " + (text(m, "ends").empty() ? "now" : text(m, "ends"))
                                       : "for " + text(m, "seconds") + " s");
  const auto of = text(m, "service") + ' ' + text(m, "subject");
  if (m.contains("started_at"))
    return text(m, "started_at") + "  incident " + of +
           (text(m, "title").empty() ? "" : " \"" + text(m, "title") + '"') +
           (text(m, "reason").empty() ? "" : ", unattributed: " + text(m, "reason"));
  auto out = text(m, "finished_at") + "  " + of + (text(m, "version").empty() ? "" : " (" + text(m, "version") + ")") +
             "  " + kind_and_reason(m);
  if (text(m, "kind") == word(deployment_kind::hotfix))
    for (const auto& d : from.find_deployments(text(m, "id")))
      for (const auto& r : remedied_and_why(from, d)) out += "; fixes " + r;
  return out;
}

constexpr std::size_t most = 200;  // members listed in an explanation

void add_members(ledger::reader& from, const char* title, const std::vector<json::object>& all, const slice& in,
                 bool is_duration, explanation& to) {
  for (std::size_t n = 0; n < std::min(all.size(), most); ++n) {
    auto line = describe(from, all[n]);
    if (is_duration) line += "  " + json::serialize(all[n].at(in.columns.front()));
    to.add(title, std::move(line));
  }
  if (all.size() > most) to.add(title, "and " + std::to_string(all.size() - most) + " more");
}

std::string written(double value) {
  char out[32];
  (void)std::snprintf(out, sizeof out, "%.10g", value);
  return out;
}

explanation explain(ledger::reader& from, const figure_row& row, const members& behind) {
  explanation e;
  std::string series(row.of.name);
  for (const auto& [name, value] : row.labels()) series += ' ' + std::string(name) + '=' + std::string(value);
  const auto scope = row.is_team() ? "team " + row.team : row.where.service + " in " + row.where.environment;
  const auto over = row.of.is_now ? "at " + format_time(row.over.end)
                                  : "over " + row.over.label + " (" + format_time(row.over.begin) + " to " +
                                        format_time(row.over.end) + (row.over.partial ? ", partial" : "") + ')';
  auto value = row.value ? written(row.value->value) : std::string("no data");
  if (row.value && row.value->denominator)
    value += " = " + written(*row.value->numerator) + " / " + written(*row.value->denominator);
  e.title = series + " of " + scope + ' ' + over + " = " + value;
  e.about = {{"figure", row.of.name}, {"value", row.value ? json_number(row.value->value) : json::value(nullptr)}};
  e.add("is", std::string(row.of.help));
  e.add("counted", std::to_string(behind.counted.size()));
  add_members(from, "  -", behind.counted, row.in, row.of.looks == shape::quantiles, e);
  if (!divided_by(row.of, row.in).empty()) {
    e.add("among", std::to_string(behind.of.size()));
    add_members(from, "  -", behind.of, row.in, false, e);
  }
  return e;
}

}

result<std::vector<explanation>> explain_figure(ledger::reader& from, const figure_inquiry& q,
                                                const figure_settings& settings, timestamp now) {
  const auto asked = read_figure(q);
  if (!asked) return asked.error();
  if (q.service.empty() && q.team.empty())
    return error(errc::malformed, "service: missing; expected a service or a team");
  const auto over = find_period(q.period, settings.rolling, settings.zone, now);
  if (!over) return over.error();
  const auto s = answer_question(
      from, {.periods = {*over}, .service = q.service, .environment = q.environment, .team = q.team}, settings, now);
  const auto places = places_and_teams(from.places(), settings);
  const auto tracked = find_tracked(from, places, settings);
  std::vector<explanation> all;
  for_each_figure(s, settings, [&](const figure_row& row) {
    if (!asked->names(row) || row.is_team() != !q.team.empty()) return;
    const auto of = scope_of(row.where, row.team, places, settings, tracked);
    all.push_back(explain(from, row, find_members(from, row.of, row.in, row.over, of, settings)));
  });
  if (all.empty()) return error(errc::unknown, "no data for this figure and service, environment or team");
  return all;
}

}
