#include "daemon/commands/output.hpp"

#include <iostream>

#include "collectors/base/printable.hpp"
#include "collectors/base/wrap.hpp"
#include "collectors/csv/csv.hpp"
#include "daemon/commands/command.hpp"

namespace releasehealth {

std::shared_ptr<output_options> add_output(CLI::App& app, std::vector<std::string> formats) {
  auto options = std::make_shared<output_options>();
  app.add_option("--format", options->format, "output format")
      ->check(one_of("format", std::move(formats)))
      ->capture_default_str();
  app.add_flag("--wide", options->wide, "text in lines of any length instead of at most 80 columns");
  return options;
}

void print_rows(const output_options& options, std::string_view name, const json::array& rows) {
  if (options.format == "json") {
    std::cout << json::serialize(json::object{{name, rows}}) << '\n';
    return;
  }
  for (const auto& row : rows) {
    std::string keys, values;
    for (const auto& [key, value] : row.as_object()) {
      keys.append(keys.empty() ? "" : ",").append(key);
      values += (&value == &row.as_object().begin()->value() ? "" : ",") + csv::cell(value);
    }
    if (&row == &rows.front()) std::cout << keys << "\r\n";
    std::cout << values << "\r\n";
  }
}

void print_text(const output_options& options, std::string_view text, std::size_t indent) {
  std::cout << wrapped(printable(text), options.width(), indent);
}

}
