#include "daemon/figures/backfill.hpp"

#include <charconv>
#include <ostream>

#include "daemon/figures/exposition.hpp"

namespace releasehealth {

void backfill::add(timestamp at, std::string_view page) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  std::string head;
  family* current = nullptr;
  while (!page.empty()) {
    const auto end = std::min(page.find('\n'), page.size());
    const auto line = page.substr(0, end);
    page.remove_prefix(std::min(end + 1, page.size()));
    if (line.starts_with("# ")) {
      if (line.starts_with("# HELP ")) head.clear();
      head.append(line).append("\n");
      current = nullptr;
      continue;
    }
    const auto value_at = line.rfind(' ');
    if (value_at == line.npos) continue;
    double value = 0;
    std::from_chars(line.data() + value_at + 1, line.data() + line.size(), value);
    if (!current) {
      current = &families_[std::string(line.substr(0, line.find_first_of("{ ")))];
      current->head = head;
    }
    const auto name = line.substr(0, value_at);
    auto series = current->series.find(name);
    if (series == current->series.end()) series = current->series.emplace(name, std::vector<sample>()).first;
    series->second.push_back({seconds, value});
    ++samples_;
  }
}

void backfill::write(std::ostream& to) const {
  std::string line;
  char number[64];
  const auto append = [&](auto value) {
    const auto [end, ec] = std::to_chars(number, number + sizeof number, value);
    line.append(number, end);
  };
  for (const auto& [name, of] : families_) {
    to << of.head;
    for (const auto& [series, samples] : of.series)
      for (const auto& s : samples) {
        line = series;
        line += ' ';
        append(s.value);
        line += ' ';
        append(s.at);
        to << line << '\n';
      }
  }
  to << exposition::end_of_openmetrics;
}

}
