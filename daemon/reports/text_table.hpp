#pragma once
// A table for people, with its heading and notes: as text for a terminal, as Markdown or as HTML.
#include <optional>
#include <string>
#include <vector>

#include "daemon/figures/verdict.hpp"

namespace releasehealth {

struct text_style {
  bool markdown = false;
  std::size_t width = 0;  ///< of the terminal, in columns; 0: as wide as the tables are
  bool colours = false;   ///< what exceeds its threshold in red
  bool html = false;      ///< tables of HTML, each below its heading
  bool teams = false;     ///< a line for each team below those of places
};

/// The text of a cell, and how it stands to its threshold, if it has one.
struct cell {
  std::string text;
  std::optional<standing> state = {};
};
/// The first row names the columns, the first column the rows.
using table_rows = std::vector<std::vector<cell>>;

/// A cell that exceeds its threshold is marked with `!`, one that is not judged with `?`. `rows` has at least one.
std::string render_table(const table_rows& rows, const text_style&);
std::string heading(const std::string& text, const text_style&);
std::string paragraph(const std::string& text, const text_style&);

}
