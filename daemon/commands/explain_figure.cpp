#include <iostream>

#include "daemon/app.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/explain.hpp"
#include "daemon/figures/members.hpp"

namespace releasehealth {
namespace {

/// A figure by name and, of its series, those that the labels name.
struct asked_figure {
  const figure* of = nullptr;
  std::vector<label> labels;
  bool names(const figure_row& row) const {
    if (&row.of != of) return false;
    const auto given = row.labels();
    return std::ranges::all_of(labels, [&](const label& l) { return std::ranges::find(given, l) != given.end(); });
  }
};

asked_figure read_figure(const explain_options& o) {
  asked_figure asked{find_figure(o.name), {}};
  if (!asked.of)
    if (const auto* limited = find_limited_figure(o.name)) {  // `hotfixes`, as thresholds name it
      asked.of = find_figure(limited->figure);
      const auto label = asked.of->looks == shape::quantiles ? std::string_view("quantile") : asked.of->label;
      if (!limited->slice.empty()) asked.labels.emplace_back(label, limited->slice);
    }
  if (!asked.of) {
    std::string known;
    for (const auto& f : figures()) known += ' ' + std::string(f.name);
    throw usage_error("figure: " + o.name + " is none of:" + known);
  }
  for (const auto& word : o.labels) {
    const auto equals = word.find('=');
    if (equals == word.npos) throw usage_error("labels: " + word + " is not like kind=hotfix");
    asked.labels.emplace_back(std::string_view(word).substr(0, equals), std::string_view(word).substr(equals + 1));
  }
  return asked;
}

period read_period(const std::string& wanted, const figure_settings& settings, timestamp now) {
  for (auto& p : current_periods(settings.rolling, settings.zone, now))
    if (p.label == wanted) return p;
  auto asked = parse_period(wanted, settings.zone, now);
  if (!asked) throw usage_error("--period: " + asked.error().detail);
  return *asked;
}

// One line about a member: a deployment, an incident or a stretch of work.
std::string describe(const json::object& m) {
  if (m.contains("method"))
    return time(m, "begins") + "  " + (text(m, "person").empty() ? "somebody" : text(m, "person")) + " (" +
           text(m, "method") + ") on " + text(m, "thing") + ' ' + text(m, "subject") + ' ' +
           (text(m, "seconds").empty() ? "until " + (time(m, "ends").empty() ? "now" : time(m, "ends"))
                                       : "for " + text(m, "seconds") + " s");
  const auto of = text(m, "service") + ' ' + text(m, "subject");
  if (m.contains("started_at"))
    return time(m, "started_at") + "  incident " + of +
           (text(m, "title").empty() ? "" : " \"" + text(m, "title") + '"') +
           (text(m, "reason").empty() ? "" : ", unattributed: " + text(m, "reason"));
  return time(m, "finished_at") + "  " + of + (text(m, "version").empty() ? "" : " (" + text(m, "version") + ")") +
         "  " +
         (text(m, "kind").empty() ? text(m, "state") : text(m, "kind") + ", because of: " + text(m, "kind_reason"));
}

void print(const char* title, const std::vector<json::object>& all, const slice& in, bool is_duration) {
  std::cout << "  " << title << ", " << all.size() << ":\n";
  for (const auto& m : all) {
    std::cout << "    " << describe(m);
    if (is_duration) std::cout << "  " << m.at(in.columns.front()).to_number<double>() << " s";
    std::cout << '\n';
  }
}

void print(const figure_row& row, const members& behind) {
  std::cout << row.of.name;
  for (const auto& [name, value] : row.labels()) std::cout << ' ' << name << '=' << value;
  std::cout << " of " << (row.is_team() ? "team " + row.team : row.where.service + " in " + row.where.environment)
            << " over " << row.over.label << " (" << format_time(row.over.begin) << " to " << format_time(row.over.end)
            << (row.over.partial ? ", so far" : "") << ") = ";
  if (row.value)
    std::cout << row.value->value;
  else
    std::cout << "no value: nothing to measure";
  if (row.value && row.value->denominator)
    std::cout << " = " << *row.value->numerator << " / " << *row.value->denominator;
  std::cout << "\n  " << row.of.help << '\n';
  print("counted", behind.counted, row.in, row.of.looks == shape::quantiles);
  if (!row.of.denominator.empty()) print("among", behind.of, row.in, false);
}

}

int explain_figure(ledger::reader& from, const explain_options& o, const figure_settings& settings) {
  const auto asked = read_figure(o);
  if (o.service.empty() && o.team.empty()) throw usage_error("a figure is one of a --service or of a --team");
  const auto now = system_now();
  const figure_question question{.periods = {read_period(o.period, settings, now)},
                                 .service = o.service,
                                 .environment = o.environment,
                                 .team = o.team};
  const auto s = answer_question(from, question, settings, now);
  const auto all = places_and_teams(from.places(), settings);
  bool found = false;
  for_each_figure(s, settings, [&](const figure_row& row) {
    if (!asked.names(row) || row.is_team() != !o.team.empty()) return;
    found = true;
    const auto of = scope_of(row.where, row.team, all, settings.names);
    print(row, find_members(from, row.of, row.in, row.over, of, settings));
  });
  if (!found) throw std::runtime_error("nothing of that is known there");
  return 0;
}

}
