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
  const figure* wanted = nullptr;
  std::vector<std::pair<std::string, std::string>> labels;
  bool names(const figure_row& row) const {
    if (&row.shown != wanted) return false;
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
  asked_figure asked{chosen->wanted, q.labels};
  const auto label = chosen->wanted->looks == shape::quantiles ? std::string_view("quantile") : chosen->wanted->label;
  if (!chosen->slice.empty()) asked.labels.emplace_back(label, chosen->slice);
  return asked;
}

std::string somebody_or(const std::string& person) { return person.empty() ? "unknown person" : person; }

// One line about a member: a deployment, an incident or a work interval.
std::string describe(ledger::reader& database, const json::object& m) {
  if (m.contains("method"))
    return text(m, "begins") + "  " + somebody_or(text(m, "person")) + " (" + text(m, "method") + ") on " +
           text(m, "thing") + ' ' + text(m, "subject") + ' ' +
           (text(m, "seconds").empty() ? "until " + (text(m, "ends").empty() ? "now" : text(m, "ends"))
                                       : "for " + text(m, "seconds") + " s");
  const auto name = text(m, "service") + ' ' + text(m, "subject");
  if (m.contains("started_at"))
    return text(m, "started_at") + "  incident " + name +
           (text(m, "title").empty() ? "" : " \"" + text(m, "title") + '"') +
           (text(m, "reason").empty() ? "" : ", unattributed: " + text(m, "reason"));
  auto out = text(m, "finished_at") + "  " + name +
             (text(m, "version").empty() ? "" : " (" + text(m, "version") + ")") + "  " + kind_and_reason(m);
  if (text(m, "kind") == word(deployment_kind::hotfix))
    for (const auto& d : database.find_deployments(text(m, "id")))
      for (const auto& r : remedied_and_why(database, d)) out += "; fixes " + r;
  return out;
}

constexpr std::size_t most = 200;  // members listed in an explanation

void add_members(ledger::reader& database, const char* title, const std::vector<json::object>& all, const slice& part,
                 bool is_duration, explanation& out) {
  for (std::size_t n = 0; n < std::min(all.size(), most); ++n) {
    auto line = describe(database, all[n]);
    if (is_duration) line += "  " + json::serialize(all[n].at(part.columns.front()));
    out.add(title, std::move(line));
  }
  if (all.size() > most) out.add(title, "and " + std::to_string(all.size() - most) + " more");
}

std::string written(double value) {
  char out[32];
  (void)std::snprintf(out, sizeof out, "%.10g", value);
  return out;
}

explanation explain(ledger::reader& database, const figure_row& row, const members& all) {
  explanation e;
  std::string series(row.shown.name);
  for (const auto& [name, value] : row.labels()) series += ' ' + std::string(name) + '=' + std::string(value);
  const auto scope = row.is_team() ? "team " + row.team : row.where.service + " in " + row.where.environment;
  const auto when = row.shown.is_now ? "at " + format_time(row.span.end)
                                     : "over " + row.span.label + " (" + format_time(row.span.begin) + " to " +
                                           format_time(row.span.end) + (row.span.partial ? ", partial" : "") + ')';
  auto value = row.value ? written(row.value->value) : std::string("no data");
  if (row.value && row.value->denominator)
    value += " = " + written(*row.value->numerator) + " / " + written(*row.value->denominator);
  e.title = series + " of " + scope + ' ' + when + " = " + value;
  e.explained = {{"figure", row.shown.name},
                 {"value", row.value ? json_number(row.value->value) : json::value(nullptr)}};
  e.add("is", std::string(row.shown.help));
  e.add("counted", std::to_string(all.counted.size()));
  add_members(database, "  -", all.counted, row.part, row.shown.looks == shape::quantiles, e);
  if (!divided_by(row.shown, row.part).empty()) {
    e.add("among", std::to_string(all.whole.size()));
    add_members(database, "  -", all.whole, row.part, false, e);
  }
  return e;
}

}

result<std::vector<explanation>> explain_figure(ledger::reader& database, const figure_inquiry& q,
                                                const figure_settings& settings, timestamp now) {
  const auto asked = read_figure(q);
  if (!asked) return asked.error();
  if (q.service.empty() && q.team.empty())
    return error(errc::malformed, "service: missing; expected a service or a team");
  const auto span = find_period(q.period, settings.rolling, settings.zone, now);
  if (!span) return span.error();
  const auto s = answer_question(
      database, {.periods = {*span}, .service = q.service, .environment = q.environment, .team = q.team}, settings,
      now);
  const auto places = places_and_teams(database.places(), settings);
  const auto tracked = find_tracked(database, places, settings);
  std::vector<explanation> all;
  for_each_figure(s, settings, [&](const figure_row& row) {
    if (!asked->names(row) || row.is_team() != !q.team.empty()) return;
    const auto targets = scope_of(row.where, row.team, places, settings, tracked);
    all.push_back(explain(database, row, find_members(database, row.shown, row.part, row.span, targets, settings)));
  });
  if (all.empty()) return error(errc::unknown, "no data for this figure and service, environment or team");
  return all;
}

}
