// Environments by name, and their groups (figures.md sections 15 and 17).
#include <algorithm>

#include <re2/re2.h>

#include "collectors/base/text.hpp"
#include "daemon/timeline/naming.hpp"

namespace releasehealth {
namespace {

// Whether an unconfigured name counts as production (interface.md §5).
bool sounds_like_production(std::string_view name) {
  static const RE2 yes("(?i)^(prod|production|prd|live)([-_./ 0-9]|$)");
  static const RE2 no("(?i)stag|test|preview");
  const re2::StringPiece text(name.data(), name.size());
  return RE2::PartialMatch(text, yes) && !RE2::PartialMatch(text, no);
}

}

std::string naming::environment(std::string_view name) const {
  if (name.empty()) return {};
  for (const auto& [member, group] : groups_)
    if (equal_ignoring_case(name, group)) return group;
  for (const auto& e : environments_)
    if (equal_ignoring_case(name, e.name) || (e.match && matches(e.match, name))) return e.name;
  auto written = lower_case(name);
  return others_ && others_->environments.contains(written) ? std::string(other_name) : written;
}

bool naming::configures_environment(std::string_view name) const {
  return std::ranges::find(environments_, name, &environment_rule::name) != environments_.end() ||
         !members_of(name).empty();
}

naming naming::with_productions(std::set<std::string, std::less<>> environments) const {
  auto copy = *this;
  copy.productions_ =
      environments.empty() ? nullptr : std::make_shared<const decltype(environments)>(std::move(environments));
  return copy;
}

bool naming::is_production(std::string_view environment) const {
  const auto known = std::ranges::find_if(
      environments_, [&](const environment_rule& e) { return equal_ignoring_case(e.name, environment); });
  if (known != environments_.end()) return known->production;
  if (std::ranges::any_of(groups_, [&](const auto& g) { return equal_ignoring_case(g.second, environment); }))
    return true;
  return sounds_like_production(environment) || (productions_ && productions_->contains(environment));
}

std::string_view naming::group_of(std::string_view environment) const {
  const auto known = groups_.find(environment);
  return known == groups_.end() ? std::string_view() : known->second;
}

bool naming::is_about(std::string_view named, std::string_view environment) const {
  return !named.empty() && (named == environment || named == group_of(environment));
}

json::object groups_as_json(const naming& names) {
  json::object all;
  for (const auto& [member, group] : names.group_of_members()) all[member] = group;
  return all;
}

std::map<std::string, std::string, std::less<>> groups_in(const json::object& stored) {
  std::map<std::string, std::string, std::less<>> all;
  for (const auto& [member, group] : stored) all.emplace(member, std::string(group.as_string()));
  return all;
}

naming naming::with_groups(groups_by_member groups) const {
  auto copy = *this;
  copy.groups_ = std::move(groups);
  return copy;
}

std::map<std::string, std::vector<std::string>, std::less<>> naming::groups() const {
  std::map<std::string, std::vector<std::string>, std::less<>> all;
  for (const auto& [member, group] : groups_) all[group].push_back(member);
  return all;
}

std::vector<std::string> naming::members_of(std::string_view group) const {
  std::vector<std::string> all;
  for (const auto& [member, its_group] : groups_)
    if (its_group == group) all.push_back(member);
  return all;
}

bool naming::is_target(const place& p) const {
  return !p.service.empty() && is_production(p.environment) && group_of(p.environment).empty();
}

bool naming::is_name_of_environment(std::string_view name) const {
  return has_word("prod production prd live", lower_case(name)) ||
         std::ranges::any_of(environments_, [&](const auto& e) { return equal_ignoring_case(e.name, name); });
}

bool naming::names_production() const {
  return std::ranges::any_of(environments_, [](const environment_rule& e) { return e.production; });
}

std::vector<place> naming::configured() const {
  std::vector<std::string> productions;
  for (const auto& e : environments_) {
    const auto group = group_of(e.name);
    const std::string shown(group.empty() ? e.name : group);
    if (e.production && std::ranges::find(productions, shown) == productions.end()) productions.push_back(shown);
  }
  if (productions.empty()) productions.emplace_back(default_environment);
  std::vector<place> all;
  for (const auto& s : services_)
    if (!s.retired)
      for (const auto& e : productions) all.push_back({s.name, e});
  return all;
}

}
