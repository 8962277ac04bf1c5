#include "daemon/reports/text_report.hpp"

#include <algorithm>
#include <cmath>

#include "collectors/base/printable.hpp"
#include "daemon/figures/covered.hpp"
#include "daemon/figures/dora.hpp"
#include "daemon/figures/readable.hpp"
#include "daemon/figures/verdict.hpp"
#include "daemon/reports/chosen_figure.hpp"
#include "daemon/reports/coverage.hpp"
#include "daemon/reports/service_columns.hpp"
#include "daemon/reports/text_table.hpp"

namespace releasehealth {
namespace {

/// A line of a table: a production target or a team.
struct table_line {
  std::string name;
  const place* where;  ///< null: a team
  const scope_figures& known;
};

// A figure of the current instant has a value only in periods that end now.
std::optional<figure_value> measure(const snapshot& s, const figure_settings& settings, const table_line& line,
                                    const period& span, const figure& f, const slice& chosen) {
  if (line.where && f.owners == belongs::teams) return {};
  if (f.is_now) return span.end == s.at ? evaluate(f, chosen, {s.columns_now, line.known.now, span}) : std::nullopt;
  // a frequency divides by the days that data covers
  const auto part = f.looks == shape::per_day ? covered_part(span, line.known) : span;
  return evaluate(
      f, chosen,
      {s.columns, line.known.values.at(span.label), part, line.where ? 0 : capacity(settings, line.known.team, span)});
}

cell value_in(const snapshot& s, const figure_settings& settings, const judge& judged, const table_line& line,
              const period& span, const service_column& column) {
  const auto& f = *find_figure(column.figure);
  const auto part = std::ranges::find(settings.slices_of(f), column.slice, &slice::value);
  const auto value = measure(s, settings, line, span, f, *part);
  if (!value) return {"-"};
  if (f.looks == shape::instant) return {format_time(timestamp(std::chrono::seconds(std::llround(value->value))))};
  cell out{readable(f, value->value)};
  if (!parse_month(span.label)) return out;  // monthly thresholds do not apply to other periods
  const auto& mine =
      line.where ? judged.thresholds_of(line.where->service) : judged.thresholds_of_team(line.known.team);
  for (const auto& t : mine)
    if (t.figure == column.threshold && t.period == month && out.state != standing::exceeded)
      out.state = judged.decide(t, line.known, !line.where, &span).state;
  return out;
}

// A slice's name is ambiguous without its figure.
std::string title_of(const service_column& c) {
  return c.title == c.slice ? std::string(c.figure) + ": " + std::string(c.slice) : std::string(c.title);
}

std::string name_of(const period& p) { return p.label + (p.partial ? " (partial)" : ""); }

std::vector<table_line> lines_of(const snapshot& s, const figure_settings& settings, const text_style& style) {
  std::vector<table_line> all;
  for (const auto& [where, known] : s.places)
    if (settings.names.is_production(where.environment) && !is_beside_its_group(s, where, settings.names))
      all.push_back({short_name(where), &where, known});
  if (style.teams)
    for (const auto& [name, known] : s.teams) all.push_back({"team " + name, nullptr, known});
  return all;
}

/// A table with a line for each production target: `titles` are its columns, `value(line, column)` returns a cell.
template <class Value>
std::string table(const snapshot& s, const figure_settings& settings, const std::vector<std::string>& titles,
                  const text_style& style, Value value) {
  table_rows rows(1, {{"service"}});
  for (const auto& t : titles) rows[0].push_back({t});
  for (const auto& line : lines_of(s, settings, style)) {
    auto& row = rows.emplace_back();
    row.push_back({line.name});
    for (std::size_t i = 0; i < titles.size(); ++i) row.push_back(value(line, i));
  }
  return render_table(rows, style);
}

// The frequency of a partly covered period shows the covered days. A team's sums have no band.
cell dora_value(const snapshot& s, const figure_settings& settings, const table_line& line, const period& span,
                const dora_metric& m) {
  const auto& f = *find_figure(m.figure);
  const auto v = measure(s, settings, line, span, f, f.slices.front());
  if (!v || !has_data(line.known, span)) return {"-"};
  auto text = readable(f, v->value);
  if (f.looks == shape::per_day) {
    text += " a day";
    const auto part = covered_part(span, line.known);
    const std::chrono::duration<double, std::ratio<86400>> days = part.end - part.begin;
    if (part.begin > span.begin) text += " (of " + std::to_string(std::llround(days.count())) + "d)";
  }
  const auto band = line.where ? band_of(m, *v) : std::string_view();
  return {text + (band.empty() ? "" : ' ' + std::string(band))};
}

// The DORA metrics of one period with their bands.
std::string dora_table(const snapshot& s, const figure_settings& settings, const period& span,
                       const text_style& style) {
  std::vector<std::string> titles;
  for (const auto& m : dora_metrics()) titles.emplace_back(m.title);
  const auto text = table(s, settings, titles, style, [&](const table_line& line, std::size_t i) {
    return dora_value(s, settings, line, span, dora_metrics()[i]);
  });
  const auto note =
      text.find(" (of ") == text.npos ? "" : paragraph("(of Nd): data covers N days of the period.", style);
  return heading("DORA metrics", style) + text + note + paragraph(std::string(about_bands), style);
}

// The number of exceeded, within and not judged thresholds of each service and team, and a list of the exceeded ones.
std::string threshold_table(const snapshot& s, const figure_settings& settings, const text_style& style) {
  const judge judged(s, settings);
  table_rows rows(1, {{"service"}, {"exceeded"}, {"within"}, {"not judged"}});
  std::string exceeded;
  const auto add = [&](const std::string& who, const std::vector<judged_threshold>& all) {
    if (all.empty()) return;
    auto& row = rows.emplace_back();
    row.push_back({who});
    for (const auto state : {standing::exceeded, standing::within, standing::not_judged})
      row.push_back({std::to_string(std::ranges::count(all, state, &judged_threshold::state))});
    if (const auto found = exceeded_among(all); !found.empty()) row[1].state = standing::exceeded;
    for (const auto& one : exceeded_among(all)) exceeded += list_item(printable(who) + ", " + in_words(one), style);
  };
  for (const auto& [where, known] : s.places) add(short_name(where), judged.all_of(where));
  for (const auto& [name, known] : s.teams) add("team " + name, judged.all_of_team(name));
  if (rows.size() == 1) return {};
  return '\n' + heading("Thresholds", style) + render_table(rows, style) + (style.markdown ? "\n" : "") + exceeded;
}

// Missing evidence of services, and the figures that need it.
std::string quality_text(const snapshot& s, const figure_settings& settings, const text_style& style) {
  std::string out;
  const auto services = covered_services(s, settings);
  for (std::size_t n = 0; n < evidence_rules().size(); ++n) {
    const auto lacking = std::ranges::count_if(
        services, [&](const auto& one) { return !one.evidence.empty() && one.evidence[n].is_gap(); });
    const auto& e = evidence_rules()[n];
    if (lacking > 0)
      out += list_item(std::string(e.name) + " is missing in " + std::to_string(lacking) + " of " +
                           std::to_string(services.size()) + " services; needed by " + std::string(e.needed_by),
                       style);
  }
  return out.empty() ? out : '\n' + heading("Data quality", style) + out;
}

}

std::string text_report(const snapshot& s, const figure_settings& settings, std::string_view only,
                        const text_style& style, const snapshot* at_end) {
  std::string out;
  std::vector<std::string> titles;
  const judge judged(s, settings);
  const bool has_one = s.periods.size() == 1 && only.empty();
  if (has_one) {  // everything about one period
    const auto& span = s.periods[0];
    for (const auto& c : service_columns()) titles.emplace_back(c.title);
    out = heading(name_of(span), style) + table(s, settings, titles, style, [&](const table_line& line, std::size_t i) {
            return value_in(s, settings, judged, line, span, service_columns()[i]);
          });
  } else {  // one table for each column, the periods side by side
    for (const auto& p : s.periods) titles.push_back(p.label);
    const auto chosen = choose_figure(only);
    const auto all = service_columns();
    const auto columns = chosen ? columns_of(*chosen, settings) : std::vector<service_column>(all.begin(), all.end());
    for (const auto& c : columns)
      out += (out.empty() ? "" : "\n") + heading(title_of(c), style) +
             table(s, settings, titles, style, [&](const table_line& line, std::size_t i) {
               return value_in(s, settings, judged, line, s.periods[i], c);
             });
  }
  if (out.find(" !") != out.npos) out += paragraph("! threshold exceeded", style);
  if (out.find(" ?") != out.npos) out += paragraph("? threshold not judged: not enough data", style);
  if (!s.has_incidents)
    out += paragraph("No incident was ever reported: fail ratios rest on rollbacks and hotfixes alone.", style);
  if (has_one) out += '\n' + dora_table(s, settings, s.periods[0], style);
  if (has_one && at_end) out += threshold_table(*at_end, settings, style) + quality_text(*at_end, settings, style);
  return out;
}

}
