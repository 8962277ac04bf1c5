#include <algorithm>
#include <iostream>

#include "collectors/time.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/figures/figure.hpp"
#include "daemon/limits.hpp"

namespace releasehealth {
namespace {

// What a series holds, as its name has it.
std::string_view value_of(shape s) {
  switch (s) {
    case shape::count: return "count";
    case shape::seconds: return "seconds";
    case shape::capacity: return "seconds, of a team with engineers";
    case shape::ratio: return "ratio; none without anything to divide by";
    case shape::share: return "ratio of a team's capacity";
    case shape::per_day: return "per day of the period";
    case shape::quantiles: return "seconds, quantiles 0.5 and 0.9; none without an observation";
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
        << " | " << value_of(f.looks) << " | ";
    if (!f.is_now) out << "`period`";
    if (!f.label.empty()) out << (f.is_now ? "`" : ", `") << f.label << '`';
    out << " | " << scopes_of(f.to) << " |\n";
  }
}

std::string readable(limit_unit unit, std::int64_t value) {
  return unit == limit_unit::time ? format_duration(duration(value)) : std::to_string(value);
}

void write_limits(std::ostream& out) {
  out << "| key | unless set | least | most | when it is met |\n|---|---:|---:|---:|---|\n";
  for (const auto& r : limit_table::rules)
    out << "| `" << r.key << "` | " << readable(r.unit, r.fallback) << " | " << readable(r.unit, r.least) << " | "
        << readable(r.unit, r.most) << " | " << r.reached << " |\n";
}

struct page {
  const char* name;
  void (*write)(std::ostream&);
};
constexpr page pages[] = {{"figures", write_figures}, {"limits", write_limits}};

}

std::function<int()> add_reference(CLI::App& app, const common_options&) {
  const auto name = std::make_shared<std::string>();
  std::vector<std::string> names;
  for (const auto& p : pages) names.emplace_back(p.name);
  app.add_option("page", *name, "figures: every metric of releases; limits: every limit and its key")
      ->required()
      ->check(CLI::IsMember(names));
  return [name] {
    std::ranges::find(pages, *name, [](const page& p) { return std::string(p.name); })->write(std::cout);
    return 0;
  };
}

}
