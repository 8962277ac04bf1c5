#pragma once
// How commands print what they found: as text for people, or as JSON or CSV for programs.
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "collectors/base/json.hpp"

namespace releasehealth {

struct output_options {
  std::string format = "text";
  bool wide = false;

  /// Columns of text; 0: unlimited.
  std::size_t width() const { return wide ? 0 : 80; }
  bool is_text() const { return format == "text"; }
};

/// Adds --format with these words, and --wide.
std::shared_ptr<output_options> add_output(CLI::App&, std::vector<std::string> formats = {"text", "json", "csv"});

/// Rows as programs read them. JSON: an object with the array `name`. CSV: a line with the keys of the first row, then
/// a line for each row; without rows nothing. All rows have the same keys in the same order.
void print_rows(const output_options&, std::string_view name, const json::array& rows);

/// Prints printable text in lines of the chosen width; continued lines begin with `indent` spaces.
void print_text(const output_options&, std::string_view text, std::size_t indent = 0);

}
