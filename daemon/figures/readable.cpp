#include "daemon/figures/readable.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>

#include "daemon/figures/period.hpp"

namespace releasehealth {

std::string sentence_case(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

std::string readable_duration(double seconds) {
  constexpr std::pair<std::int64_t, char> units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
  auto rest = std::llround(seconds);
  for (std::size_t u = 0; u < std::size(units); ++u) {
    if (rest < units[u].first && u + 1 < std::size(units)) continue;
    auto out = std::to_string(rest / units[u].first) + units[u].second;
    if (u + 1 < std::size(units) && rest % units[u].first / units[u + 1].first > 0)
      out += ' ' + std::to_string(rest % units[u].first / units[u + 1].first) + units[u + 1].second;
    return out;
  }
  return {};
}

std::string figure_in_words(std::string_view name) {
  std::string text(name);
  std::ranges::replace(text, '_', ' ');
  return text;
}

std::string period_in_words(std::string_view name) {
  if (name.empty()) return {};
  if (name == month) return " in the month";
  if (name == previous_month) return " in the previous month";
  const bool is_days =
      name.size() > 1 && name.ends_with('d') &&
      std::ranges::all_of(name.substr(0, name.size() - 1), [](char c) { return c >= '0' && c <= '9'; });
  if (!is_days) return " over " + std::string(name);
  name.remove_suffix(1);
  return " over " + std::string(name) + (name == "1" ? " day" : " days");
}

std::string readable(const figure& f, double value) {
  if (f.looks == shape::quantiles) return readable_duration(value);
  char text[32];
  const bool percent =
      (f.looks == shape::ratio || f.looks == shape::share) && f.name.ends_with("_ratio");  // other ratios can exceed 1
  if (f.looks == shape::seconds)  // person-time in hours: a working day does not have 24
    (void)std::snprintf(text, sizeof text, "%.1f h", value / 3600);
  else if (f.looks == shape::count)
    (void)std::snprintf(text, sizeof text, "%.0f", value);
  else
    (void)std::snprintf(text, sizeof text, percent ? "%.1f %%" : "%.2f", percent ? value * 100 : value);
  return text;
}

}
