#include "daemon/discover/proposal.hpp"

#include <algorithm>

#include "collectors/base/text.hpp"

namespace releasehealth::discover {

bool proposed_service::is_empty() const {
  return team.value.empty() && repositories.empty() && match_repository.value.empty() && aliases.empty();
}

service_rule proposed_service::rule() const {
  service_rule r{
      .name = name.value, .team = team.value, .repository = match_repository.value, .path = match_path.value};
  for (const auto& a : aliases) r.aliases.push_back({a.source, a.name, a.is_shared});
  for (const auto& one : repositories) r.repositories.push_back(one.value);
  return r;
}

bool proposals::is_empty() const { return services.empty() && teams.empty(); }

std::vector<std::string> configured_names::alias_keys(std::string_view kind) const {
  std::vector<std::string> all = {std::string(kind), std::string(any_source)};
  for (const auto& [name, own_kind] : kinds)
    if (own_kind == kind && name != kind) all.push_back(name);
  return all;
}

std::string configured_names::team_named(const std::string& name) const {
  const auto known = std::ranges::find_if(teams, [&](const auto& team) { return equal_ignoring_case(team, name); });
  return known == teams.end() ? name : *known;
}

proposed_service& proposal_of(proposals& all, const std::string& service) {
  const auto known = std::ranges::find_if(all.services, [&](const auto& s) { return s.name.value == service; });
  if (known != all.services.end()) return *known;
  all.services.push_back({.name = {service, {}}, .is_configured = true});
  return all.services.back();
}

naming with_proposals(const configured_names& known, const proposals& all) {
  auto rules = known.names.services();
  for (const auto& p : all.services) {
    const auto rule = p.rule();
    const auto same = std::ranges::find(rules, rule.name, &service_rule::name);
    if (same == rules.end()) {
      rules.push_back(rule);
      continue;
    }
    same->aliases.insert(same->aliases.end(), rule.aliases.begin(), rule.aliases.end());
    same->repositories.insert(same->repositories.end(), rule.repositories.begin(), rule.repositories.end());
  }
  return naming(std::move(rules), {}, known.teams, known.kinds, known.names.repositories());
}

}
