#pragma once
// Tables with headings and notes: as text for a terminal, as Markdown or as HTML.
#include <optional>
#include <string>
#include <vector>

#include "daemon/figures/verdict.hpp"

namespace releasehealth {

struct text_style {
  bool markdown = false;
  std::size_t width = 0;  ///< of lines, in columns; 0: unlimited
  bool colours = false;   ///< values that exceed their threshold in red
  bool html = false;      ///< HTML tables, each below its heading
  bool teams = false;     ///< a line for each team below those of services
};

/// The text of a cell and the state of its threshold, if it has one.
struct cell {
  std::string text;
  std::optional<standing> state = {};
};
/// The first row has the column titles, the first column the row titles.
using table_rows = std::vector<std::vector<cell>>;

/// Cells that exceed their threshold are marked with `!`, those that are not judged with `?`. `rows` must not be empty.
std::string render_table(const table_rows& rows, const text_style&);
std::string heading(const std::string& text, const text_style&);
std::string paragraph(const std::string& text, const text_style&);
/// One line of a list; continued lines are indented.
std::string list_item(const std::string& text, const text_style&);

}
