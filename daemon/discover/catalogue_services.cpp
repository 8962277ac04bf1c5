#include "daemon/discover/catalogue_services.hpp"

#include <algorithm>

#include "collectors/base/nearest.hpp"
#include "collectors/base/text.hpp"

namespace releasehealth::discover {
namespace {

std::vector<std::string> comma_separated(std::string_view value, const entity&) {
  std::vector<std::string> all;
  while (!value.empty()) {
    const auto part = take_part(value, ',');
    const auto begin = part.find_first_not_of(' ');
    if (begin != part.npos) all.emplace_back(part.substr(begin, part.find_last_not_of(' ') + 1 - begin));
  }
  return all;
}

// The project of organization/project, because events name only the project.
std::vector<std::string> sentry_project(std::string_view value, const entity&) {
  return {std::string(value.substr(value.rfind('/') + 1))};
}

std::vector<std::string> jira_project(std::string_view value, const entity& e) {
  if (value.empty()) return {};
  const auto part = e.annotations.find("jira/component");
  return {part == e.annotations.end() ? std::string(value) : std::string(value) + '/' + part->second};
}

// The service of `tag:"service:checkout"`. Other queries select more than one name.
std::vector<std::string> opsgenie_name(std::string_view query, const entity&) {
  for (const std::string_view key : {"tag", "entity"}) {
    if (!query.starts_with(key)) continue;
    auto value = query.substr(key.size());
    value.remove_prefix(std::min(value.find_first_not_of(": \""), value.size()));
    value = value.substr(0, value.find_last_not_of(" \"") + 1);
    if (value.starts_with("service:")) value.remove_prefix(8);
    if (!value.empty() && value.find_first_of(" \"()*") == value.npos) return {std::string(value)};
  }
  return {};
}

/// An annotation with a tool's name for the service.
struct annotation_rule {
  std::string_view key, kind;
  std::vector<std::string> (*names)(std::string_view value, const entity&);
  bool is_repository = false, is_deployed = false;
};
constexpr annotation_rule annotation_rules[] = {
    {"github.com/project-slug", "github", comma_separated, true},
    {"gitlab.com/project-slug", "gitlab", comma_separated, true},
    {"argocd/app-name", "argocd", comma_separated, false, true},
    {"pagerduty.com/service-id", "pagerduty", comma_separated, false, true},
    {"jira/project-key", "jira", jira_project},
    {"sentry.io/project-slug", "sentry", sentry_project},
    {"opsgenie.com/component-selector", "opsgenie", opsgenie_name},
};

// Types of components that are not deployed: they are built into others, or are documents.
constexpr std::string_view parts_of_others =
    "library lib documentation docs plugin module package sdk template schema cli tool";

bool is_deployed(const entity& e) {
  for (const auto& rule : annotation_rules)
    if (rule.is_deployed && e.annotations.contains(rule.key)) return true;
  std::string_view type = e.type;
  while (!type.empty())
    if (has_word(parts_of_others, take_part(type, '-'))) return false;
  return true;
}

/// Names of tools in a component's annotations.
struct tool_name {
  const annotation_rule* rule;
  std::string name;
};
std::vector<tool_name> tool_names(const entity& e) {
  std::vector<tool_name> all;
  for (const auto& rule : annotation_rules)
    if (const auto note = e.annotations.find(rule.key); note != e.annotations.end())
      for (auto& name : rule.names(note->second, e)) {
        const bool is_there = std::ranges::any_of(
            all, [&](const tool_name& other) { return other.rule == &rule && equal_ignoring_case(other.name, name); });
        if (!name.empty() && !is_there) all.push_back({&rule, std::move(name)});
      }
  return all;
}

using users_of_names = std::map<std::pair<std::string_view, std::string>, std::size_t>;  // by kind and name

class catalogue_proposer {
 public:
  catalogue_proposer(const tree& folders, const configured_names& known, proposals& all)
      : tree_(folders), known_(known), proposed_(all) {
    std::map<std::string, const entity*> first;
    for (const auto& e : folders.found.entities) {
      if (e.kind == "System") systems_.emplace(e.name, &e);
      if (e.kind != "Component") continue;
      if (!is_deployed(e)) {
        ++left_out_;
        continue;
      }
      const auto [other, is_new] = first.emplace(e.name, &e);
      if (is_new)
        components_.push_back(&e);
      else
        all.remarks.push_back(e.place() + ": component " + in_quotes(e.name) + " is also defined in " +
                              other->second->place() + "; only that definition is used");
    }
    for (const auto* e : components_)
      for (const auto& tool : tool_names(*e)) ++users_[{tool.rule->kind, lower_case(tool.name)}];
  }

  void propose() {
    for (const auto* e : components_) propose_service(*e);
    if (left_out_ > 0)
      proposed_.remarks.push_back(std::to_string(left_out_) +
                                  " components skipped: libraries, documentation or parts of other components");
  }

 private:
  void propose_service(const entity& e) {
    const auto* rule = configured_as(e);
    proposed_service p{{rule ? rule->name : e.name, "Component in " + e.place()}};
    p.is_configured = rule != nullptr;
    if (!rule || rule->team.empty()) p.team = team_of(e);
    for (const auto& tool : tool_names(e)) {
      if (tool.rule->is_repository) add_repository(e, tool, rule, p);
      add_alias(e, tool, rule, p);
    }
    if (!p.is_configured || !p.is_empty()) proposed_.services.push_back(std::move(p));
  }

  std::size_t users_of(const tool_name& tool) const { return users_.at({tool.rule->kind, lower_case(tool.name)}); }

  // Matches the component by its name, or else by a tool's name that no other component has: the service may have been
  // renamed.
  const service_rule* configured_as(const entity& e) const {
    if (const auto* rule = known_.names.rule_of(e.name)) return rule;
    for (const auto& tool : tool_names(e)) {
      if (users_of(tool) > 1) continue;
      for (const auto& key : known_.alias_keys(tool.rule->kind)) {
        json::object told = {{"service", tool.name}};
        if (tool.rule->is_repository) told["repository"] = tool.name;
        if (const auto* rule = known_.names.rule_of(known_.names.service(key, told, {}))) return rule;
      }
    }
    return nullptr;
  }

  void add_repository(const entity& e, const tool_name& tool, const service_rule* rule, proposed_service& p) const {
    if (rule && (!rule->repositories.empty() || !rule->repository.empty())) return;
    const auto why = "annotation " + std::string(tool.rule->key);
    p.repositories.push_back({tool.name, why});
    const auto* root = tree_.repository_of(e.file);
    if (rule || users_of(tool) == 1 || !root || !p.match_repository.value.empty()) return;
    const auto folder = std::filesystem::path(e.file).parent_path().lexically_normal().lexically_relative(
        root->folder.lexically_normal());
    if (folder.empty() || folder == "." || *folder.begin() == "..") return;
    p.match_repository = {
        tool.name,
        "folder of its catalogue file; " + std::to_string(users_of(tool)) + " components share the repository", true};
    p.match_path = {folder.native(), {}, true};
  }

  void add_alias(const entity& e, const tool_name& tool, const service_rule* rule, proposed_service& p) const {
    const auto users = users_of(tool);
    if (tool.rule->is_repository && users > 1) return;
    const auto keys = known_.alias_keys(tool.rule->kind);
    const auto is_it = [&](const alias& a) {
      return std::ranges::find(keys, a.source) != keys.end() && equal_ignoring_case(a.name, tool.name);
    };
    if (rule &&
        (std::ranges::any_of(rule->aliases, is_it) || (tool.rule->is_repository && rule->repository == tool.name)))
      return;
    if (p.name.value == tool.name) return;
    bool is_anothers = false, is_shared = users > 1;
    for (const auto& other : known_.names.services())
      for (const auto& a : other.aliases)
        if (is_it(a) && a.is_shared) {
          is_shared = true;
        } else if (is_it(a) && other.name != p.name.value) {
          is_anothers = true;
          proposed_.remarks.push_back(e.place() + ": " + in_quotes(tool.name) + " of " + std::string(tool.rule->key) +
                                      " is also an alias of [[service]] " + in_quotes(other.name));
        }
    if (is_anothers) return;
    auto why = "annotation " + std::string(tool.rule->key);
    if (users > 1) why += " of " + std::to_string(users) + " components";
    p.aliases.push_back({std::string(tool.rule->kind), tool.name, is_shared, std::move(why)});
  }

  stated team_of(const entity& e) const {
    const auto named = [&](const std::string& owner) {
      const auto read = parse_reference(owner, "group");
      return read.kind == "group" ? known_.team_named(read.name) : std::string();
    };
    if (!e.owner.empty()) return {named(e.owner), "spec.owner of the Component"};
    if (const auto system = systems_.find(parse_reference(e.system, "system").name); system != systems_.end())
      if (auto team = named(system->second->owner); !team.empty())
        return {std::move(team), "owner of its System in " + system->second->place(), true};
    const auto* root = tree_.repository_of(e.file);
    if (!root) return {};
    const auto path =
        std::filesystem::path(e.file).lexically_normal().lexically_relative(root->folder.lexically_normal());
    const auto* rule = owner_of(root->owners, path.native());
    auto team = rule ? team_among(rule->owners) : std::string();
    if (team.empty()) return {};
    return {known_.team_named(team), root->owners_file.native() + ':' + std::to_string(rule->line), true};
  }

  const tree& tree_;
  const configured_names& known_;
  proposals& proposed_;
  std::vector<const entity*> components_;
  std::map<std::string, const entity*> systems_;
  users_of_names users_;
  std::size_t left_out_ = 0;
};

}

void propose_from_catalogue(const tree& folders, const configured_names& known, proposals& all) {
  catalogue_proposer(folders, known, all).propose();
}

void propose_teams(const catalogue& found, const configured_names& known, proposals& all) {
  std::map<std::string, std::size_t> services;
  for (const auto& s : all.services)
    if (!s.team.value.empty()) ++services[s.team.value];
  for (const auto& counted : services) {
    const auto& team = counted.first;
    const auto count = counted.second;
    if (known.teams.contains(team)) continue;
    const auto group = std::ranges::find_if(
        found.entities, [&](const entity& e) { return e.kind == "Group" && equal_ignoring_case(e.name, team); });
    proposed_team p{{team, "owner of " + std::to_string(count) + (count == 1 ? " service" : " services")}};
    if (group != found.entities.end()) {
      p.name.why = "Group in " + group->place();
      p.members = group->members;
    }
    all.teams.push_back(std::move(p));
  }
}

}
