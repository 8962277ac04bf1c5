#include "daemon/figures/covered.hpp"

#include <algorithm>

namespace releasehealth {

void find_since(ledger::reader& database, snapshot& s, const naming& names) {
  std::vector<scope_figures*> asked;
  std::vector<ledger::scope> scopes;
  for (auto& [where, known] : s.places) {
    if (!names.is_production(where.environment) || where.service.empty()) continue;
    asked.push_back(&known);
    scopes.push_back({{where, {}, true}});
  }
  if (scopes.empty()) return;
  const auto all = database.count_hotfix_months(scopes, {s.at, s.at});
  for (std::size_t n = 0; n < all.size(); ++n) {
    asked[n]->since = all[n].since;
    const auto team = s.teams.find(asked[n]->team);
    if (team == s.teams.end() || !all[n].since) continue;
    auto& earliest = team->second.since;
    earliest = earliest ? std::min(*earliest, *all[n].since) : all[n].since;
  }
}

period covered_part(const period& p, const scope_figures& known) {
  auto part = p;
  constexpr duration day = std::chrono::days{1};
  if (known.since) part.begin = std::max(p.begin, std::min(*known.since, p.end - day));
  return part;
}

bool has_data(const scope_figures& known, const period& p) {
  if (known.since && *known.since < p.end) return true;
  const auto values = known.values.find(p.label);
  return values != known.values.end() && std::ranges::any_of(values->second, [](double v) { return v > 0; });
}

}
