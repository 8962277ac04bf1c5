#include "daemon/figures/text_report.hpp"

#include <algorithm>
#include <cmath>

#include "collectors/printable.hpp"
#include "daemon/figures/chosen_figure.hpp"
#include "daemon/figures/dora.hpp"
#include "daemon/figures/readable.hpp"
#include "daemon/figures/service_columns.hpp"

namespace releasehealth {
namespace {

/// What a table's cell says, and whether it breaks its limit.
struct cell {
  std::string text;
  bool is_broken = false;
};
using table_rows = std::vector<std::vector<cell>>;

constexpr std::string_view gap = "  ", bold = "\033[1m", red = "\033[1;31m", plain = "\033[0m";

std::string shown(const cell& c) { return printable(c.text) + (c.is_broken ? " !" : ""); }

std::vector<std::size_t> widths_of(const table_rows& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], shown(row[i]).size());
  return widths;
}

void append_markdown(std::string& out, const table_rows& rows) {
  const auto widths = widths_of(rows);
  for (const auto& row : rows) {
    out += "| ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto text = shown(row[i]);
      const std::string padding(widths[i] - text.size(), ' ');
      out += (i > 0 ? " | " : "") + (i == 0 ? text + padding : padding + text);
    }
    out += " |\n";
    if (&row != &rows.front()) continue;
    out += "|:---|";
    for (std::size_t i = 1; i < row.size(); ++i) out += "---:|";
    out += '\n';
  }
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  return out;
}

void append_html(std::string& out, const table_rows& rows) {
  out += "<table>\n";
  for (const auto& row : rows) {
    const std::string tag = &row == &rows.front() ? "th" : "td";
    out += "<tr>";
    for (const auto& c : row) out += '<' + tag + '>' + escaped(shown(c)) + "</" + tag + '>';
    out += "</tr>\n";
  }
  out += "</table>\n";
}

// Columns that the terminal has no room for follow below, the first one repeated.
void append_text(std::string& out, const table_rows& rows, const text_style& style) {
  const auto widths = widths_of(rows);
  for (std::size_t from = 1; from < widths.size();) {
    auto to = from + 1;
    auto used = widths[0] + gap.size() + widths[from];
    while (to < widths.size() && (style.width == 0 || used + gap.size() + widths[to] <= style.width))
      used += gap.size() + widths[to++];
    if (from > 1) out += '\n';
    for (const auto& row : rows) {
      const auto paint = [&](const cell& c) {
        if (!style.colours || (&row != &rows.front() && !c.is_broken)) return shown(c);
        return std::string(c.is_broken ? red : bold) + shown(c) + std::string(plain);
      };
      out += paint(row[0]) + std::string(widths[0] - shown(row[0]).size(), ' ');
      for (std::size_t i = from; i < to; ++i)
        out += std::string(gap) + std::string(widths[i] - shown(row[i]).size(), ' ') + paint(row[i]);
      out += '\n';
    }
    from = to;
  }
}

// The limit over a calendar month is that of the figure's `month` period, and no other's.
const threshold* month_limit(std::string_view figure, const std::vector<threshold>& mine) {
  const auto found = std::ranges::find_if(
      mine, [&](const threshold& t) { return t.figure == figure && t.period == month && t.limit_of.empty(); });
  return found == mine.end() ? nullptr : &*found;
}

/// A line of a table: a production place, or a team.
struct table_line {
  std::string name;
  const place* where;  ///< null: a team
  const scope_figures& known;
};

// What holds now belongs to the periods that reach to it.
std::optional<figure_value> measure(const snapshot& s, const figure_settings& settings, const table_line& line,
                                    const period& over, const figure& f, const slice& in) {
  if (line.where && f.to == belongs::teams) return {};
  if (f.is_now) return over.end == s.at ? evaluate(f, in, {s.columns_now, line.known.now, over}) : std::nullopt;
  return evaluate(
      f, in,
      {s.columns, line.known.values.at(over.label), over, line.where ? 0 : capacity(settings, line.known.team, over)});
}

cell value_in(const snapshot& s, const figure_settings& settings, const table_line& line, const period& over,
              const service_column& column) {
  const auto& f = *find_figure(column.figure);
  const auto in = std::ranges::find(settings.slices_of(f), column.slice, &slice::value);
  const auto value = measure(s, settings, line, over, f, *in);
  if (!value) return {"-"};
  if (f.looks == shape::instant) return {format_time(timestamp(std::chrono::seconds(std::llround(value->value))))};
  const auto mine = line.where ? thresholds_of(settings.thresholds, line.where->service)
                               : thresholds_of_team(settings.thresholds, line.known.team);
  const auto* limit = month_limit(column.limited, mine);
  const bool broken = limit && (limit->above ? value->value > limit->limit : value->value < limit->limit);
  return {readable(f, value->value), broken};
}

std::string heading(const std::string& text, const text_style& style) {
  if (style.html) return "<h2>" + escaped(text) + "</h2>\n";
  return style.markdown ? "## " + text + "\n\n" : text + '\n';
}

// A slice alone names no figure.
std::string title_of(const service_column& c) {
  return c.title == c.slice ? std::string(c.figure) + ": " + std::string(c.slice) : std::string(c.title);
}

std::vector<table_line> lines_of(const snapshot& s, const figure_settings& settings, const text_style& style) {
  std::vector<table_line> all;
  for (const auto& [where, known] : s.places)
    if (settings.names.is_production(where.environment))
      all.push_back(
          {where.service + (where.environment == "production" ? "" : " (" + where.environment + ")"), &where, known});
  if (style.teams)
    for (const auto& [name, known] : s.teams) all.push_back({"team " + name, nullptr, known});
  return all;
}

std::string name_of(const period& p) { return p.label + (p.partial ? " (partial)" : ""); }

/// A table with a line for each production place: `titles` name its columns, `value(line, column)` fills it.
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
  std::string out;
  if (style.html)
    append_html(out, rows);
  else if (style.markdown)
    append_markdown(out, rows);
  else
    append_text(out, rows, style);
  return out;
}

// DORA's five of one period, each with its band.
std::string dora_table(const snapshot& s, const figure_settings& settings, const period& over,
                       const text_style& style) {
  std::vector<std::string> titles;
  for (const auto& m : dora_metrics()) titles.emplace_back(m.title);
  return heading("DORA's five metrics", style) +
         table(s, settings, titles, style,
               [&](const table_line& line, std::size_t i) -> cell {
                 const auto& m = dora_metrics()[i];
                 const auto& f = *find_figure(m.figure);
                 const auto v = measure(s, settings, line, over, f, f.slices.front());
                 if (!v) return {"-"};
                 const auto band = band_of(m, v->value);
                 const auto unit = f.looks == shape::per_day ? " a day" : "";
                 return {readable(f, v->value) + unit + (band.empty() ? "" : ' ' + std::string(band))};
               }) +
         (style.markdown ? "\n" : "") + std::string(about_bands) + '\n';
}

}

std::string text_report(const snapshot& s, const figure_settings& settings, std::string_view only,
                        const text_style& style) {
  std::string out;
  std::vector<std::string> titles;
  const bool has_one = s.periods.size() == 1 && only.empty();
  if (has_one) {  // everything about one period
    const auto& over = s.periods[0];
    for (const auto& c : service_columns()) titles.emplace_back(c.title);
    out = heading(name_of(over), style) + table(s, settings, titles, style, [&](const table_line& line, std::size_t i) {
            return value_in(s, settings, line, over, service_columns()[i]);
          });
  } else {  // one table for each column, the periods side by side
    for (const auto& p : s.periods) titles.push_back(p.label);
    const auto chosen = choose_figure(only);
    const auto all = service_columns();
    const auto columns = chosen ? columns_of(*chosen, settings) : std::vector<service_column>(all.begin(), all.end());
    for (const auto& c : columns)
      out += (out.empty() ? "" : "\n") + heading(title_of(c), style) +
             table(s, settings, titles, style,
                   [&](const table_line& line, std::size_t i) { return value_in(s, settings, line, s.periods[i], c); });
  }
  const auto note = [&](const std::string& text) {
    out += style.html ? "<p>" + escaped(text) + "</p>\n" : (style.markdown ? "\n" : "") + text + '\n';
  };
  if (out.find(" !") != out.npos) note("! over its limit");
  if (!s.has_incidents) note("No incident was ever reported: fail ratios rest on rollbacks and hotfixes alone.");
  if (has_one) out += '\n' + dora_table(s, settings, s.periods[0], style);
  return out;
}

}
