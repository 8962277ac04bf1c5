#include <algorithm>
#include <iostream>
#include <map>
#include <regex>
#include <sstream>

#include "collectors/base/time.hpp"
#include "daemon/commands/command.hpp"
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

void write_figures(std::ostream& out) {
  out << "| metric | what it is | value | labels | of |\n|---|---|---|---|---|\n";
  for (const auto& f : figures()) {
    out << "| `" << (f.to == belongs::teams ? "releasehealth_team_" : "releasehealth_") << f.name << "` | " << f.help
        << " | " << value_of(f) << " | ";
    if (!f.is_now) out << "`period`";
    if (!f.label.empty()) out << (f.is_now ? "`" : ", `") << f.label << '`';
    out << " | " << scopes_of(f.to) << " |\n";
  }
}

std::string default_of(const limited_figure& f) {
  for (const auto& t : default_thresholds())
    if (t.figure == f.name) return default_in_words(t);
  return {};
}

void write_thresholds(std::ostream& out) {
  out << "| figure | compared value | default |\n|---|---|---|\n";
  for (const auto& f : limited_figures())
    out << "| `" << f.name << "` | " << f.title << " | " << default_of(f) << " |\n";
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

void write_configuration(std::ostream& out) {
  const auto said = meanings();
  out << "| key | value | default | on reload | description |\n|---|---|---|---|---|\n";
  for (const auto& k : known_keys()) {
    out << "| `" << k.name << "` | " << k.holds << " | ";
    if (!k.fallback.empty()) out << '`' << k.fallback << '`';
    const auto meaning = said.find(k.name);
    out << " | " << (k.needs_restart ? "needs a restart" : "applied") << " | "
        << (meaning == said.end() ? "" : meaning->second) << " |\n";
  }
}

void write_threads(std::ostream& out) {
  out << "| thread | what it does | owns |\n|---|---|---|\n";
  for (const auto& r : thread_rules) out << "| `" << r.name << "` | " << r.work << " | " << r.owns << " |\n";
}

struct page {
  const char* name;
  void (*write)(std::ostream&);
};
constexpr page pages[] = {{"figures", write_figures},
                          {"thresholds", write_thresholds},
                          {"configuration", write_configuration},
                          {"threads", write_threads}};

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
  app.footer("Example: releasehealthd reference configuration");
  return [name] {
    std::ranges::find(pages, *name, [](const page& p) { return std::string(p.name); })->write(std::cout);
    return 0;
  };
}

}
