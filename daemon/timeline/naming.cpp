#include "daemon/timeline/naming.hpp"

#include <algorithm>

#include <re2/re2.h>

#include "collectors/base/text.hpp"

namespace releasehealth {
namespace {

// services/checkout contains services/checkout/api, but not services/checkout2.
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

std::string text_of(const pattern& p) { return p ? p->pattern() : std::string(); }

naming::naming(std::vector<service_rule> services, std::vector<environment_rule> environments,
               std::set<std::string, std::less<>> teams, std::map<std::string, std::string, std::less<>> kinds,
               repository_names repositories)
    : services_(std::move(services)),
      repositories_(std::move(repositories)),
      kinds_(std::move(kinds)),
      environments_(std::move(environments)),
      teams_(std::move(teams)) {
  for (const auto& e : environments_) {
    if (e.group.empty()) continue;
    const auto same =
        std::ranges::find_if(groups_, [&](const auto& g) { return equal_ignoring_case(g.second, e.group); });
    groups_.emplace(e.name, same == groups_.end() ? e.group : same->second);
  }
  for (auto& s : services_) {
    for (auto& one : s.repositories) one = repositories_.key(one);
    for (const auto& a : s.aliases) {
      const auto [known, is_new] = aliases_[a.source].try_emplace(lower_case(a.name), s.name);
      if (a.is_shared || (!is_new && known->second != s.name)) known->second.clear();
    }
  }
}

/// The names by which a report refers to its service.
struct naming::called {
  std::string name, repository, path;
  bool by_repository;  ///< false if it names a service other than the repository: only that name is mapped
  /// Look-up texts for aliases: in lower case, longer ones first.
  std::vector<std::string> texts;

  called(const json::object& fields, bool has_aliases)
      : name(text_at(fields, "/service")),
        repository(text_at(fields, "/repository")),
        path(text_at(fields, "/path")),
        by_repository(name.empty() || repository.empty() || name == repository) {
    if (!has_aliases) return;
    add(text_at(fields, "/service_id"));
    if (const auto project = text_at(fields, "/project"); !project.empty() && project != name)
      add(name.empty() ? project : project + '/' + name);
    add(name);
    if (by_repository && !repository.empty()) add(path.empty() ? repository : repository + '/' + path);
    std::ranges::stable_sort(texts, std::ranges::greater(), &std::string::size);
  }

 private:
  // Adds the text and each path above it.
  void add(std::string_view text) {
    for (; !text.empty(); text = text.substr(0, text.rfind('/'))) {
      texts.push_back(lower_case(text));
      if (text.find('/') == text.npos) return;
    }
  }
};

const std::string* naming::named_by_alias(std::string_view name, const called& given) const {
  const auto known = aliases_.find(name);
  if (known == aliases_.end()) return nullptr;
  for (const auto& text : given.texts)
    if (const auto found = known->second.find(text); found != known->second.end() && !found->second.empty())
      return &found->second;
  return nullptr;
}

bool naming::is_shared(std::string_view name, const called& given) const {
  const auto known = aliases_.find(name);
  return known != aliases_.end() && std::ranges::any_of(given.texts, [&](const auto& text) {
           const auto found = known->second.find(text);
           return found != known->second.end() && found->second.empty();
         });
}

const std::string* naming::named_by_match(std::string_view source, const called& given) const {
  for (const auto& s : services_) {
    if (!s.source.empty() && s.source != source) continue;
    const auto& said = given.repository.empty() ? given.name : given.repository;
    if (!s.repository.empty()) {
      const bool is_of_it = s.repository == said || repositories_.are_of_one(s.repository, said);
      if (given.by_repository && is_of_it && (s.path.empty() || lies_in(given.path, s.path))) return &s.name;
    } else if (!s.source.empty() && said.empty()) {
      return &s.name;  // the source has one service, so its reports need not name it
    }
  }
  return nullptr;
}

const std::string* naming::named_before(const called& given, timestamp instant) const {
  for (const auto& s : services_)
    for (const auto& former : s.was)
      if (former.name == given.name && (!former.until || instant < *former.until)) return &s.name;
  return nullptr;
}

std::string naming::service(std::string_view source, const json::object& fields, timestamp instant) const {
  const called given(fields, !aliases_.empty());
  const auto kind = kinds_.find(source);
  const bool has_kind = kind != kinds_.end() && kind->second != source;
  if (const auto* found = named_by_alias(source, given)) return *found;
  if (const auto* found = has_kind ? named_by_alias(kind->second, given) : nullptr) return *found;
  if (configures_service(given.name)) return given.name;
  if (const auto* found = named_by_match(source, given)) return *found;
  if (const auto* found = named_by_alias(any_source, given)) return *found;
  if (const auto* found = given.name.empty() ? nullptr : named_before(given, instant)) return *found;
  if (is_shared(source, given) || (has_kind && is_shared(kind->second, given)) || is_shared(any_source, given))
    return {};
  return others_ && others_->services.contains(given.name) ? std::string(other_name) : given.name;
}

std::vector<std::pair<std::string, std::string>> naming::services(std::string_view source, const json::object& fields,
                                                                  timestamp instant) const {
  std::vector<std::pair<std::string, std::string>> all;
  each_name(fields, [&](std::string pointer, const json::object& one) {
    all.emplace_back(std::move(pointer), service(source, one, instant));
  });
  return all;
}

void naming::each_name(const json::object& fields, const visit_name& visit) {
  bool is_list = false;
  if (const auto* several = fields.if_contains("services"); several && several->is_array()) {
    const auto& named = several->get_array();
    for (std::size_t n = 0; n < named.size(); ++n) {
      json::object one = {{"service", named[n]}};
      for (const auto* key : {"repository", "path", "project", "service_id"})  // an id belongs to a single service
        if (const auto* told = fields.if_contains(key);
            told && (named.size() == 1 || key != std::string_view("service_id")))
          one[key] = *told;
      visit("/services/" + std::to_string(n), one);
      is_list = true;
    }
  }
  if (!is_list || fields.contains("service")) visit("/service", fields);
}

std::string naming::alias_text(const json::object& fields) {
  if (auto id = text_at(fields, "/service_id"); !id.empty()) return id;
  const auto name = text_at(fields, "/service"), project = text_at(fields, "/project");
  if (!project.empty() && project != name) return name.empty() ? project : project + '/' + name;
  if (!name.empty()) return name;
  const auto repository = text_at(fields, "/repository"), path = text_at(fields, "/path");
  return path.empty() ? repository : repository + '/' + path;
}

std::vector<timestamp> naming::ends_of_names() const {
  std::set<timestamp> all;
  for (const auto& s : services_)
    for (const auto& former : s.was)
      if (former.until) all.insert(*former.until);
  return {all.begin(), all.end()};
}

std::string naming::team_named(std::string_view name) const {
  return std::string(others_ && others_->teams.contains(name) ? other_name : name);
}

bool naming::configures_service(std::string_view name) const { return rule_of(name) != nullptr; }

bool naming::configures_team(std::string_view name) const {
  return teams_.contains(name) || std::ranges::find(services_, name, &service_rule::team) != services_.end();
}

naming naming::with(other_names others) const {
  auto copy = *this;
  copy.others_ = std::make_shared<const other_names>(std::move(others));
  return copy;
}

const service_rule* naming::rule_of(std::string_view service) const {
  const auto known = std::ranges::find(services_, service, &service_rule::name);
  return known == services_.end() ? nullptr : &*known;
}

std::string naming::team(std::string_view service) const {
  const auto* known = rule_of(service);
  return known ? known->team : std::string();
}

std::optional<timestamp> naming::retired(std::string_view service) const {
  const auto* known = rule_of(service);
  return known ? known->retired : std::nullopt;
}

bool naming::is_retired(std::string_view service, timestamp instant) const {
  const auto retired_at = retired(service);
  return retired_at && *retired_at <= instant;
}

std::vector<std::string> naming::names_of(std::string_view service) const {
  std::vector<std::string> all = {std::string(service)};
  if (const auto* known = rule_of(service))
    for (const auto& a : known->aliases)
      if (!a.is_shared && std::ranges::find(all, a.name) == all.end()) all.push_back(a.name);
  return all;
}

std::vector<std::string> naming::services_of_repository(std::string_view repository) const {
  std::vector<std::string> all;
  const auto key = repositories_.key(repository);
  for (const auto& s : services_)
    if (!key.empty() && (is_one_of(key, s.repositories) || same_repository(key, repositories_.key(s.repository))))
      all.push_back(s.name);
  return all;
}

std::vector<tag_template> naming::tag_templates() const {
  std::vector<tag_template> all;
  for (const auto& s : services_)
    if (s.tag) all.push_back(*s.tag);
  return all;
}

}
