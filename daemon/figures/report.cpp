#include "daemon/figures/report.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "collectors/csv/csv.hpp"
#include "daemon/figures/dora.hpp"
#include "daemon/figures/readable.hpp"

namespace releasehealth {
namespace {

json::value or_null(const std::optional<double>& n) { return n ? json_number(*n) : json::value(nullptr); }

std::string shortest(double value) {
  char text[32];
  const auto [end, ec] = std::to_chars(text, text + sizeof text, value);
  return {text, end};
}

/// A column of the text report, of quantiles the median; the limit of `limited` marks its values.
struct text_column {
  std::string_view title, figure, slice, limited;
};
constexpr text_column text_columns[] = {
    {"planned", "deployments", "planned", ""},
    {"hotfixes", "deployments", "hotfix", "hotfixes"},
    {"rollbacks", "deployments", "rollback", ""},
    {"failed", "failed_deployments", "", ""},
    {"hotfixes/planned", "hotfixes_per_planned_deployment", "", "hotfixes_per_planned_deployment"},
    {"rework", "rework_ratio", "", "rework_ratio"},
    {"rolled back", "rollback_ratio", "", "rollback_ratio"},
    {"change fail", "change_fail_ratio", "", "change_fail_ratio"},
    {"to issue", "time_to_issue_seconds", "", "time_to_issue_seconds"},
    {"recovery", "recovery_seconds", "", ""},
};

// The limit over a calendar month is that of the figure's `month` period, and no other's.
const threshold* month_limit(const figure_settings& settings, const place& where, std::string_view figure,
                             const std::vector<threshold>& mine) {
  if (!settings.names.is_production(where.environment)) return nullptr;
  const auto found = std::ranges::find_if(
      mine, [&](const threshold& t) { return t.figure == figure && t.period == month && t.limit_of.empty(); });
  return found == mine.end() ? nullptr : &*found;
}

std::string cell(const snapshot& s, const figure_settings& settings, const place& where, const period& over,
                 const text_column& column) {
  const auto& f = *find_figure(column.figure);
  const auto in = std::ranges::find(f.slices, column.slice, &slice::value);
  const auto value = evaluate(f, *in, {s.columns, s.places.at(where).values.at(over.label), over});
  if (!value) return "-";
  const auto mine = thresholds_of(settings.thresholds, where.service);
  const auto* limit = month_limit(settings, where, column.limited, mine);
  const bool broken = limit && (limit->above ? value->value > limit->limit : value->value < limit->limit);
  return readable(f, value->value) + (broken ? " !" : "");
}

void append_table(std::string& out, const std::vector<std::vector<std::string>>& rows, report_format format) {
  const bool markdown = format == report_format::markdown;
  const std::string_view between = markdown ? " | " : "  ";
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  for (const auto& row : rows) {
    if (markdown) out += "| ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - row[i].size(), ' ');
      if (i > 0) out += between;
      out += i == 0 ? row[i] + padding : padding + row[i];
    }
    out += markdown ? " |\n" : "\n";
    if (!markdown || &row != &rows.front()) continue;
    out += "|:---|";
    for (std::size_t i = 1; i < row.size(); ++i) out += "---:|";
    out += '\n';
  }
}

std::string heading(const std::string& text, report_format format) {
  return format == report_format::markdown ? "## " + text + "\n\n" : text + '\n';
}

std::string name_of(const period& p) { return p.label + (p.partial ? " (partial)" : ""); }

/// A table with a line for each production place: `titles` name its columns, `value(place, column)` fills it.
template <class Value>
std::string table(const snapshot& s, const figure_settings& settings, const std::vector<std::string>& titles,
                  report_format format, Value value) {
  std::vector<std::vector<std::string>> rows(1, {"service"});
  rows[0].insert(rows[0].end(), titles.begin(), titles.end());
  for (const auto& [where, known] : s.places) {
    if (!settings.names.is_production(where.environment)) continue;
    auto& row = rows.emplace_back();
    row.push_back(where.service + (where.environment == "production" ? "" : " (" + where.environment + ")"));
    for (std::size_t i = 0; i < titles.size(); ++i) row.push_back(value(where, i));
  }
  std::string out;
  append_table(out, rows, format);
  return out;
}

/// Every row of every period; what holds now belongs to the periods that reach to it.
template <class Each>
void for_each_row(const snapshot& s, const figure_settings& settings, Each each) {
  for_each_figure(s, settings, [&](const figure_row& row) {
    if (!row.of.is_now) return each(row);
    for (const auto& p : s.periods)
      if (p.end == s.at) each(figure_row{row.where, row.team, p, row.of, row.in, row.quantile, row.value});
  });
}

// DORA's five of one period, each with its band.
std::string dora_table(const snapshot& s, const figure_settings& settings, const period& over, report_format format) {
  std::vector<std::string> titles;
  for (const auto& m : dora_metrics()) titles.emplace_back(m.title);
  return heading("DORA's five metrics", format) +
         table(s, settings, titles, format,
               [&](const place& where, std::size_t i) -> std::string {
                 const auto& m = dora_metrics()[i];
                 const auto& f = *find_figure(m.figure);
                 const auto v =
                     evaluate(f, f.slices.front(), {s.columns, s.places.at(where).values.at(over.label), over});
                 if (!v) return "-";
                 const auto band = band_of(m, v->value);
                 const auto unit = f.looks == shape::per_day ? " a day" : "";
                 return readable(f, v->value) + unit + (band.empty() ? "" : ' ' + std::string(band));
               }) +
         (format == report_format::markdown ? "\n" : "") + std::string(about_bands) + '\n';
}

}

json::value json_number(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) == value ? json::value(whole) : json::value(value);
}

std::vector<std::string> text_report_columns() {
  std::vector<std::string> all;
  for (const auto& c : text_columns) all.emplace_back(c.title);
  return all;
}

std::string text_report(const snapshot& s, const figure_settings& settings, std::string_view only,
                        report_format format) {
  std::string out;
  std::vector<std::string> titles;
  const bool has_one = s.periods.size() == 1 && only.empty();
  if (has_one) {  // everything about one period
    const auto& over = s.periods[0];
    titles = text_report_columns();
    out = heading(name_of(over), format) + table(s, settings, titles, format, [&](const place& where, std::size_t i) {
            return cell(s, settings, where, over, text_columns[i]);
          });
  } else {  // one table for each column, the periods side by side
    for (const auto& p : s.periods) titles.push_back(p.label);
    for (const auto& c : text_columns)
      if (only.empty() || only == c.title)
        out += (out.empty() ? "" : "\n") + heading(std::string(c.title), format) +
               table(s, settings, titles, format,
                     [&](const place& where, std::size_t i) { return cell(s, settings, where, s.periods[i], c); });
  }
  if (out.find(" !") != out.npos)
    out += (format == report_format::markdown ? "\n! over its limit\n" : "! over its limit\n");
  if (has_one) out += '\n' + dora_table(s, settings, s.periods[0], format);
  return out;
}

std::string csv_report(const snapshot& s, const figure_settings& settings) {
  std::string out = "period,begin,end,service,team,environment,figure,label,value\r\n";
  for_each_row(s, settings, [&](const figure_row& row) {
    std::string of;
    for (const auto& [name, value] : row.labels())
      of += (of.empty() ? "" : ";") + std::string(name) + '=' + std::string(value);
    const std::string cells[] = {row.over.label,
                                 format_time(row.over.begin),
                                 format_time(row.over.end),
                                 row.where.service,
                                 row.team,
                                 row.where.environment,
                                 std::string(row.of.name),
                                 of,
                                 row.value ? shortest(row.value->value) : std::string()};
    for (const auto& c : cells) out += csv::quote(c) + (&c == std::end(cells) - 1 ? "\r\n" : ",");
  });
  return out;
}

json::array figures_json(const snapshot& s, const figure_settings& settings) {
  std::map<std::string, json::array> rows;
  for_each_row(s, settings, [&](const figure_row& row) {
    json::object labels;
    for (const auto& [name, value] : row.labels()) labels[name] = value;
    json::object out = {{"service", row.where.service},
                        {"team", row.team},
                        {"environment", row.where.environment},
                        {"figure", row.of.name},
                        {"labels", std::move(labels)},
                        {"value", row.value ? json_number(row.value->value) : json::value(nullptr)},
                        {"numerator", row.value ? or_null(row.value->numerator) : json::value(nullptr)},
                        {"denominator", row.value ? or_null(row.value->denominator) : json::value(nullptr)},
                        {"observations", row.value ? or_null(row.value->observations) : json::value(nullptr)}};
    rows[row.over.label].push_back(std::move(out));
  });
  json::array out;
  for (const auto& p : s.periods)
    out.push_back({{"period", p.label},
                   {"begin", format_time(p.begin)},
                   {"end", format_time(p.end)},
                   {"partial", p.partial},
                   {"figures", std::move(rows[p.label])}});
  return out;
}

}
