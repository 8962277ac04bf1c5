// The GraphQL API of GitLab: releases with their numbers, and the tiers of environments.
#include "collectors/gitlab/graphql.hpp"

#include <algorithm>
#include <set>

#include "collectors/base/text.hpp"
#include "collectors/facts.hpp"

namespace releasehealth::gitlab {
namespace {

api_request graphql(std::string_view query, json::object variables) {
  return {"/graphql", json::serialize(json::object{{"query", query}, {"variables", std::move(variables)}})};
}

// The tiers of environments by their names; GitLab limits the complexity of a query.
constexpr std::size_t most_environments = 25;
api_request tiers_of(const api_place& place, std::span<const std::string> names) {
  json::object variables{{"path", place.scope}};
  std::string parameters = "$path: ID!", fields;
  for (const auto& name : names) {
    const auto number = std::to_string(variables.size());
    variables["name" + number] = name;
    parameters += ", $name" + number + ": String";
    fields += " e" + number + ": environment(name: $name" + number + ") { name tier }";
  }
  return graphql("query(" + parameters + ") { project(fullPath: $path) {" + fields + " } }", std::move(variables));
}

constexpr std::string_view releases_of_project =
    "query($path: ID!, $after: String) { project(fullPath: $path) { releases(first: 100, after: $after, "
    "sort: RELEASED_AT_DESC) { nodes { id tagName name createdAt releasedAt commit { sha } links { selfUrl } } "
    "pageInfo { hasNextPage endCursor } } } }";

api_request releases_after(const api_place& place, const json::value& cursor) {
  if (text_at(place.scope_object, "/releases_access_level") == "disabled") return {};
  return graphql(releases_of_project, {{"path", place.scope}, {"after", cursor}});
}

// As REST lists them, with the number of gid://gitlab/Release/71 that webhooks report.
json::object as_in_rest(const json::value& node) {
  const auto id = text_at(node, "/id");
  return {{"id", id.substr(id.rfind('/') + 1)},
          {"tag_name", value_at(node, "/tagName")},
          {"name", value_at(node, "/name")},
          {"created_at", value_at(node, "/createdAt")},
          {"released_at", value_at(node, "/releasedAt")},
          {"commit", {{"id", value_at(node, "/commit/sha")}}},
          {"_links", {{"self", value_at(node, "/links/selfUrl")}}}};
}

}

// GraphQL answers 200 with `errors`.
std::optional<error> failure_in(const api_answer& answer) {
  const auto all = elements_at(answer.body, "/errors");
  if (!answer.body.is_object() || all.empty()) return {};
  return error(errc::malformed, text_at(all.front(), "/message"));
}

std::vector<api_request> ask_for_tiers(const api_place& place, const std::vector<json::object>& deployments) {
  std::set<std::string> distinct;
  for (const auto& one : deployments)
    if (auto name = text_at(one, "/environment/name"); !name.empty()) distinct.insert(std::move(name));
  const std::vector<std::string> names(distinct.begin(), distinct.end());
  std::vector<api_request> all;
  for (auto rest = std::span(names); !rest.empty(); rest = rest.subspan(std::min(rest.size(), most_environments)))
    all.push_back(tiers_of(place, rest.first(std::min(rest.size(), most_environments))));
  return all;
}

// An environment that was deleted has no tier.
result<std::optional<api_request>> add_tiers(std::vector<json::object>& deployments, const api_request&,
                                             const api_answer& answer) {
  const auto found = value_at(answer.body, "/data/project");
  if (!found.is_object()) return std::optional<api_request>();
  for (const auto& [alias, environment] : found.get_object())
    for (auto& one : deployments)
      if (const auto name = text_at(environment, "/name"); !name.empty() && name == text_at(one, "/environment/name"))
        one["environment"].as_object()["tier"] = lower_case(text_at(environment, "/tier"));
  return std::optional<api_request>();
}

api_request first_releases(const api_place& place) { return releases_after(place, nullptr); }

result<api_page> read_releases(const api_place& place, const api_request&, const api_answer& answer) {
  const std::string connection = "/data/project/releases";
  if (!value_at(answer.body, connection).is_object())
    return error(errc::unknown, "no such project, or the token may not read its releases");
  api_page page;
  if (flag_at(answer.body, connection + "/pageInfo/hasNextPage"))
    page.next = releases_after(place, value_at(answer.body, connection + "/pageInfo/endCursor"));
  for (const auto& node : elements_at(answer.body, connection + "/nodes")) {
    const auto released_at = time_at(node, "/releasedAt");
    if (released_at && *released_at < place.since) {
      page.next.reset();
      break;
    }
    page.objects.push_back(as_in_rest(node));
    page.objects.back()["project"] = {{"path_with_namespace", place.scope}};
  }
  return page;
}

}
