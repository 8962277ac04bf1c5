#include "daemon/timeline/naming.hpp"

#include <algorithm>

#include <re2/re2.h>

namespace releasehealth {
namespace {

// interface.md §5: what counts as production when nothing is configured for the name
bool sounds_like_production(std::string_view name) {
  static const RE2 yes("(?i)^(prod|production|prd|live)([-_./ 0-9]|$)");
  static const RE2 no("(?i)stag|test|preview");
  const re2::StringPiece text(name.data(), name.size());
  return RE2::PartialMatch(text, yes) && !RE2::PartialMatch(text, no);
}

// services/checkout holds services/checkout/api, but not services/checkout2.
bool lies_in(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) &&
         (path.size() == folder.size() || folder.ends_with('/') || path[folder.size()] == '/');
}

}

std::string short_name(const place& where) {
  return where.service + (where.environment == default_environment ? "" : " (" + where.environment + ')');
}

result<pattern> compile_pattern(const std::string& text, std::int64_t max_bytes) {
  RE2::Options options(RE2::Quiet);
  options.set_case_sensitive(false);
  options.set_max_mem(max_bytes);
  auto compiled = std::make_shared<const RE2>(text, options);
  if (!compiled->ok()) return error(errc::malformed, compiled->error());
  return pattern(std::move(compiled));
}

bool matches(const pattern& p, std::string_view text) {
  return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *p);
}

naming::naming(std::vector<service_rule> services, std::vector<environment_rule> environments,
               std::set<std::string, std::less<>> teams)
    : services_(std::move(services)), environments_(std::move(environments)), teams_(std::move(teams)) {}

std::string naming::service(std::string_view source, const json::object& fields) const {
  auto raw = text_at(fields, "/service");
  const auto repository = text_at(fields, "/repository"), path = text_at(fields, "/path");
  // a service that the sender names apart from its repository (several in one repository) is mapped by that name only
  const bool by_repository = raw.empty() || repository.empty() || raw == repository;
  for (const auto& s : services_) {
    if (!raw.empty() && (raw == s.name || s.was.contains(raw))) return s.name;
    const bool from_here = s.source.empty() || s.source == source;
    if (by_repository && from_here && !s.repository.empty() &&
        s.repository == (repository.empty() ? raw : repository) && (s.path.empty() || lies_in(path, s.path)))
      return s.name;
    // a source of one service, which its reports need not name
    if (raw.empty() && repository.empty() && s.repository.empty() && !s.source.empty() && from_here) return s.name;
  }
  return others_ && others_->services.contains(raw) ? std::string(other_name) : raw;
}

std::string naming::environment(std::string_view name) const {
  for (const auto& e : environments_)
    if (!name.empty() && (name == e.name || (e.match && matches(e.match, name)))) return e.name;
  return std::string(others_ && others_->environments.contains(name) ? other_name : name);
}

std::string naming::team_named(std::string_view name) const {
  return std::string(others_ && others_->teams.contains(name) ? other_name : name);
}

bool naming::configures_service(std::string_view name) const {
  return std::ranges::find(services_, name, &service_rule::name) != services_.end();
}

bool naming::configures_environment(std::string_view name) const {
  return std::ranges::find(environments_, name, &environment_rule::name) != environments_.end();
}

bool naming::configures_team(std::string_view name) const {
  return teams_.contains(name) || std::ranges::find(services_, name, &service_rule::team) != services_.end();
}

naming naming::with(other_names others) const {
  auto copy = *this;
  copy.others_ = std::make_shared<const other_names>(std::move(others));
  return copy;
}

bool naming::is_production(std::string_view environment) const {
  const auto known = std::ranges::find(environments_, environment, &environment_rule::name);
  return known == environments_.end() ? sounds_like_production(environment) : known->production;
}

std::string naming::team(std::string_view service) const {
  const auto known = std::ranges::find(services_, service, &service_rule::name);
  return known == services_.end() ? std::string() : known->team;
}

bool naming::names_production() const {
  return std::ranges::any_of(environments_, [](const environment_rule& e) { return e.production; });
}

std::vector<place> naming::configured() const {
  std::vector<std::string> productions;
  for (const auto& e : environments_)
    if (e.production) productions.push_back(e.name);
  if (productions.empty()) productions.emplace_back(default_environment);
  std::vector<place> all;
  for (const auto& s : services_)
    for (const auto& e : productions) all.push_back({s.name, e});
  return all;
}

}
