#include "daemon/figures/text_report.hpp"

#include <algorithm>

#include "collectors/printable.hpp"
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
const threshold* month_limit(const figure_settings& settings, const place& where, std::string_view figure,
                             const std::vector<threshold>& mine) {
  if (!settings.names.is_production(where.environment)) return nullptr;
  const auto found = std::ranges::find_if(
      mine, [&](const threshold& t) { return t.figure == figure && t.period == month && t.limit_of.empty(); });
  return found == mine.end() ? nullptr : &*found;
}

cell value_in(const snapshot& s, const figure_settings& settings, const place& where, const period& over,
              const service_column& column) {
  const auto& f = *find_figure(column.figure);
  const auto in = std::ranges::find(f.slices, column.slice, &slice::value);
  const auto value = evaluate(f, *in, {s.columns, s.places.at(where).values.at(over.label), over});
  if (!value) return {"-"};
  const auto mine = thresholds_of(settings.thresholds, where.service);
  const auto* limit = month_limit(settings, where, column.limited, mine);
  const bool broken = limit && (limit->above ? value->value > limit->limit : value->value < limit->limit);
  return {readable(f, value->value), broken};
}

std::string heading(const std::string& text, const text_style& style) {
  return style.markdown ? "## " + text + "\n\n" : text + '\n';
}

std::string name_of(const period& p) { return p.label + (p.partial ? " (partial)" : ""); }

/// A table with a line for each production place: `titles` name its columns, `value(place, column)` fills it.
template <class Value>
std::string table(const snapshot& s, const figure_settings& settings, const std::vector<std::string>& titles,
                  const text_style& style, Value value) {
  table_rows rows(1, {{"service"}});
  for (const auto& t : titles) rows[0].push_back({t});
  for (const auto& [where, known] : s.places) {
    if (!settings.names.is_production(where.environment)) continue;
    auto& row = rows.emplace_back();
    row.push_back({where.service + (where.environment == "production" ? "" : " (" + where.environment + ")")});
    for (std::size_t i = 0; i < titles.size(); ++i) row.push_back(value(where, i));
  }
  std::string out;
  if (style.markdown)
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
               [&](const place& where, std::size_t i) -> cell {
                 const auto& m = dora_metrics()[i];
                 const auto& f = *find_figure(m.figure);
                 const auto v =
                     evaluate(f, f.slices.front(), {s.columns, s.places.at(where).values.at(over.label), over});
                 if (!v) return {"-"};
                 const auto band = band_of(m, v->value);
                 const auto unit = f.looks == shape::per_day ? " a day" : "";
                 return {readable(f, v->value) + unit + (band.empty() ? "" : ' ' + std::string(band))};
               }) +
         (style.markdown ? "\n" : "") + std::string(about_bands) + '\n';
}

}

std::vector<std::string> text_report_columns() {
  std::vector<std::string> all;
  for (const auto& c : service_columns()) all.emplace_back(c.title);
  return all;
}

std::string text_report(const snapshot& s, const figure_settings& settings, std::string_view only,
                        const text_style& style) {
  std::string out;
  std::vector<std::string> titles;
  const bool has_one = s.periods.size() == 1 && only.empty();
  if (has_one) {  // everything about one period
    const auto& over = s.periods[0];
    titles = text_report_columns();
    out = heading(name_of(over), style) + table(s, settings, titles, style, [&](const place& where, std::size_t i) {
            return value_in(s, settings, where, over, service_columns()[i]);
          });
  } else {  // one table for each column, the periods side by side
    for (const auto& p : s.periods) titles.push_back(p.label);
    for (const auto& c : service_columns())
      if (only.empty() || only == c.title)
        out += (out.empty() ? "" : "\n") + heading(std::string(c.title), style) +
               table(s, settings, titles, style,
                     [&](const place& where, std::size_t i) { return value_in(s, settings, where, s.periods[i], c); });
  }
  if (out.find(" !") != out.npos) out += style.markdown ? "\n! over its limit\n" : "! over its limit\n";
  if (!s.has_incidents)
    out += std::string(style.markdown ? "\n" : "") +
           "No incident was ever reported: fail ratios rest on rollbacks and hotfixes alone.\n";
  if (has_one) out += '\n' + dora_table(s, settings, s.periods[0], style);
  return out;
}

}
