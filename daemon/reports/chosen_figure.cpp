#include "daemon/reports/chosen_figure.hpp"

#include <algorithm>

namespace releasehealth {

std::optional<chosen_figure> choose_figure(std::string_view name) {
  constexpr std::string_view prefix = "releasehealth_";
  if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  if (const auto* metric = find_figure(name)) return chosen_figure{metric};
  if (const auto* named = find_threshold_figure(name)) return chosen_figure{find_figure(named->figure), named->slice};
  return {};
}

std::vector<std::string> figure_names() {
  std::vector<std::string> all;
  const auto add = [&all](std::string_view name) {
    if (std::ranges::find(all, name) == all.end()) all.emplace_back(name);
  };
  for (const auto& f : figures()) add(f.name);
  for (const auto& l : threshold_figures()) add(l.name);
  return all;
}

std::vector<service_column> columns_of(const chosen_figure& chosen, const figure_settings& settings) {
  std::vector<service_column> all;
  for (const auto& part : settings.slices_of(*chosen.wanted)) {
    if (!chosen.slice.empty() && !part.value.empty() && part.value != chosen.slice) continue;
    const auto known = std::ranges::find_if(service_columns(), [&](const service_column& c) {
      return c.figure == chosen.wanted->name && c.slice == part.value;
    });
    const auto title = part.value.empty() ? chosen.wanted->name : std::string_view(part.value);
    all.push_back(known == service_columns().end() ? service_column{title, chosen.wanted->name, part.value, {}, false}
                                                   : *known);
  }
  return all;
}

}
