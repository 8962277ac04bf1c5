#include <algorithm>
#include <iostream>
#include <map>
#include <regex>
#include <sstream>

#include "collectors/base/time.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/commands/output.hpp"
#include "daemon/figures/figure.hpp"
#include "daemon/figures/verdict.hpp"
#include "daemon/system/limits.hpp"
#include "daemon/system/threads.hpp"
#include "documents.hpp"

namespace releasehealth {
namespace {

// The unit of a series' values.
std::string_view value_of(const figure& f) {
  switch (f.looks) {
    case shape::count: return "count";
    case shape::seconds: return "seconds";
    case shape::capacity: return "seconds, of a team with engineers";
    case shape::ratio: return "ratio; no sample if the denominator is 0";
    case shape::share: return "ratio of a team's capacity";
    case shape::per_day: return "per day of the period";
    case shape::quantiles:
      return f.name.ends_with("_lines") ? "lines, quantiles 0.5 and 0.9; no sample without observations"
                                        : "seconds, quantiles 0.5 and 0.9; no sample without observations";
    case shape::instant: return "seconds since the epoch";
  }
  return {};
}

std::string_view scopes_of(belongs b) {
  switch (b) {
    case belongs::everywhere: return "services in every environment, teams";
    case belongs::production: return "services in production, teams";
    case belongs::teams: return "teams";
  }
  return {};
}

/// A page: its columns, and rows of cells in Markdown.
struct table {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows = {};
};

std::string in_backticks(std::string_view name) { return name.empty() ? "" : '`' + std::string(name) + '`'; }

table table_of_figures() {
  table out{{"metric", "what it is", "value", "labels", "of"}};
  for (const auto& f : figures()) {
    const std::string prefix = f.owners == belongs::teams ? "releasehealth_team_" : "releasehealth_";
    const auto period = in_backticks(f.is_now ? "" : "period"), label = in_backticks(f.label);
    out.rows.push_back({in_backticks(prefix + std::string(f.name)), std::string(f.help), std::string(value_of(f)),
                        period + (period.empty() || label.empty() ? "" : ", ") + label,
                        std::string(scopes_of(f.owners))});
  }
  return out;
}

std::string default_of(const threshold_figure& f) {
  for (const auto& t : default_thresholds())
    if (t.figure == f.name) return default_in_words(t);
  return {};
}

table table_of_thresholds() {
  table out{{"figure", "compared value", "default"}};
  for (const auto& f : threshold_figures())
    out.rows.push_back({in_backticks(f.name), std::string(f.title), default_of(f)});
  return out;
}

// Descriptions by dotted key. Limits take theirs from limit_rules; other keys take the comment at the end of their line
// in deploy/config.toml.
std::map<std::string, std::string> meanings() {
  std::map<std::string, std::string> all;
  const std::regex header(R"(\[+([a-z]+)\]+.*)"), key(R"((?:# )?([a-z_0-9]+) = .*? # (.*))");
  for (const auto& r : limit_rules) all.emplace(r.key, r.reached);
  std::string table;
  std::istringstream lines{std::string(documents::config)};
  for (std::string line; std::getline(lines, line);) {
    std::smatch found;
    if (std::regex_match(line, found, header))
      table = found[1].str() + '.';
    else if (std::regex_match(line, found, key))
      all.emplace(table + found[1].str(), found[2].str());
  }
  return all;
}

table table_of_keys() {
  const auto said = meanings();
  table out{{"key", "value", "default", "on reload", "description"}};
  for (const auto& k : known_keys()) {
    const auto meaning = said.find(k.name);
    out.rows.push_back({in_backticks(k.name), std::string(k.holds), in_backticks(k.fallback),
                        k.needs_restart ? "needs a restart" : "applied", meaning == said.end() ? "" : meaning->second});
  }
  return out;
}

table table_of_threads() {
  table out{{"thread", "what it does", "owns"}};
  for (const auto& r : thread_rules)
    out.rows.push_back({in_backticks(r.name), std::string(r.work), std::string(r.owns)});
  return out;
}

struct page {
  const char* name;
  table (*make)();
};
constexpr page pages[] = {{"figures", table_of_figures},
                          {"thresholds", table_of_thresholds},
                          {"configuration", table_of_keys},
                          {"threads", table_of_threads}};

void print_markdown(const table& page) {
  const auto print = [](const std::vector<std::string>& cells) {
    for (const auto& c : cells) std::cout << "| " << c << ' ';
    std::cout << "|\n";
  };
  print(page.columns);
  for (std::size_t i = 0; i < page.columns.size(); ++i) std::cout << "|---";
  std::cout << "|\n";
  for (const auto& row : page.rows) print(row);
}

// Keys without spaces, values without Markdown.
json::array rows_of(const table& page) {
  json::array rows;
  for (const auto& row : page.rows) {
    json::object one;
    for (std::size_t i = 0; i < row.size(); ++i) {
      auto key = page.columns[i], value = row[i];
      std::ranges::replace(key, ' ', '_');
      std::erase(value, '`');
      one[key] = value;
    }
    rows.push_back(std::move(one));
  }
  return rows;
}

}

std::function<int()> add_reference(CLI::App& app, const common_options&) {
  const auto name = std::make_shared<std::string>();
  std::vector<std::string> names;
  for (const auto& p : pages) names.emplace_back(p.name);
  app.add_option("page", *name,
                 "figures: every release metric; thresholds: figures that can have a threshold, with defaults; "
                 "configuration: every key; threads: every thread")
      ->required()
      ->check(one_of("page", names));
  const auto output = add_output(app);
  app.footer("Example: releasehealthd reference configuration");
  return [name, output] {
    const auto page = std::ranges::find(pages, *name, &page::name)->make();
    if (output->is_text())
      print_markdown(page);
    else
      print_rows(*output, *name, rows_of(page));
    return 0;
  };
}

}
