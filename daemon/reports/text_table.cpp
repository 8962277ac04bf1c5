#include "daemon/reports/text_table.hpp"

#include <algorithm>

#include "collectors/base/printable.hpp"
#include "collectors/base/wrap.hpp"

namespace releasehealth {
namespace {

constexpr std::string_view gap = "  ", bold = "\033[1m", red = "\033[1;31m", unstyled = "\033[0m";

bool is_exceeded(const cell& c) { return c.state == standing::exceeded; }
std::string shown(const cell& c) {
  return printable(c.text) + (is_exceeded(c) ? " !" : c.state == standing::not_judged ? " ?" : "");
}

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

// Columns that exceed the terminal's width follow in another table below, with the first column repeated.
void append_text(std::string& out, const table_rows& rows, const text_style& style) {
  const auto widths = widths_of(rows);
  for (std::size_t first = 1; first < widths.size();) {
    auto last = first + 1;
    auto used = widths[0] + gap.size() + widths[first];
    while (last < widths.size() && (style.width == 0 || used + gap.size() + widths[last] <= style.width))
      used += gap.size() + widths[last++];
    if (first > 1) out += '\n';
    for (const auto& row : rows) {
      const auto paint = [&](const cell& c) {
        if (!style.colours || (&row != &rows.front() && !is_exceeded(c))) return shown(c);
        return std::string(is_exceeded(c) ? red : bold) + shown(c) + std::string(unstyled);
      };
      out += paint(row[0]) + std::string(widths[0] - shown(row[0]).size(), ' ');
      for (std::size_t i = first; i < last; ++i)
        out += std::string(gap) + std::string(widths[i] - shown(row[i]).size(), ' ') + paint(row[i]);
      out += '\n';
    }
    first = last;
  }
}

}

std::string render_table(const table_rows& rows, const text_style& style) {
  std::string out;
  if (style.html)
    append_html(out, rows);
  else if (style.markdown)
    append_markdown(out, rows);
  else
    append_text(out, rows, style);
  return out;
}

std::string heading(const std::string& text, const text_style& style) {
  if (style.html) return "<h2>" + escaped(text) + "</h2>\n";
  return style.markdown ? "## " + text + "\n\n" : text + '\n';
}

std::string paragraph(const std::string& text, const text_style& style) {
  if (style.html) return "<p>" + escaped(text) + "</p>\n";
  return (style.markdown ? "\n" : "") + wrapped(text + '\n', style.width);
}

std::string list_item(const std::string& text, const text_style& style) {
  return (style.markdown ? "- " : "") + wrapped(text + '\n', style.width, 2);
}

}
