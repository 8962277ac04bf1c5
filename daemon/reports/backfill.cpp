#include "daemon/reports/backfill.hpp"

#include <charconv>
#include <ostream>

#include "collectors/base/text.hpp"
#include "daemon/telemetry/exposition.hpp"

namespace releasehealth {

backfill::backfill(const std::map<std::string, std::string>& target_labels) {
  for (const auto& [name, value] : target_labels) {
    if (value.empty()) continue;
    labels_ += (labels_.empty() ? "" : ",") + name + "=\"";
    for (const char c : value) labels_ += c == '\n' ? "\\n" : (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
    labels_ += '"';
  }
}

void backfill::add(timestamp instant, std::string_view page) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
  std::string head;
  family* current = nullptr;
  while (!page.empty()) {
    const auto line = take_part(page, '\n');
    if (line.starts_with("# ")) {
      if (line.starts_with("# HELP ")) head.clear();
      head.append(line).append("\n");
      current = nullptr;
      continue;
    }
    const auto value_at = line.rfind(' ');
    if (value_at == line.npos) continue;
    const auto value = parse_number<double>(line.substr(value_at + 1)).value_or(0);
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

std::string backfill::with_labels(const std::string& series) const {
  if (labels_.empty()) return series;
  const auto brace = series.find('{');
  if (brace == series.npos) return series + '{' + labels_ + '}';
  return series.substr(0, brace + 1) + labels_ + (series[brace + 1] == '}' ? "" : ",") + series.substr(brace + 1);
}

void backfill::write(std::ostream& stream) const {
  std::string line;
  char number[64];
  const auto append = [&](auto value) {
    const auto [end, ec] = std::to_chars(number, number + sizeof number, value);
    line.append(number, end);
  };
  for (const auto& [name, group] : families_) {
    stream << group.head;
    for (const auto& [series, samples] : group.series) {
      const auto labelled = with_labels(series);
      for (const auto& s : samples) {
        line = labelled;
        line += ' ';
        append(s.value);
        line += ' ';
        append(s.instant);
        stream << line << '\n';
      }
    }
  }
  stream << exposition::end_of_openmetrics;
}

}
