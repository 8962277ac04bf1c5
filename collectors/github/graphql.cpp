#include "collectors/github/graphql.hpp"

#include <algorithm>

#include "collectors/base/text.hpp"
#include "collectors/facts.hpp"

namespace releasehealth::github {
namespace {

constexpr std::string_view statuses_of_nodes =
    "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Deployment { id statuses(first: 30) { "
    "nodes { state createdAt updatedAt environment logUrl environmentUrl description } "
    "pageInfo { hasNextPage endCursor } } } } }";
constexpr std::string_view more_statuses =
    "query($ids: [ID!]!, $after: String) { nodes(ids: $ids) { ... on Deployment { id statuses(first: 100, after: "
    "$after) { "
    "nodes { state createdAt updatedAt environment logUrl environmentUrl description } "
    "pageInfo { hasNextPage endCursor } } } } }";

constexpr std::string_view lines_of_nodes =
    "query($ids: [ID!]!) { nodes(ids: $ids) { ... on PullRequest { id additions deletions } } }";

json::array node_ids(const std::vector<json::object>& objects) {
  json::array ids;
  for (const auto& one : objects)
    if (auto id = text_at(one, "/node_id"); !id.empty()) ids.emplace_back(std::move(id));
  return ids;
}

// A status of GraphQL in the form of REST and of webhooks.
json::object status_of(const json::value& node) {
  return {{"state", lower_case(text_at(node, "/state"))}, {"created_at", value_at(node, "/createdAt")},
          {"updated_at", value_at(node, "/updatedAt")},   {"environment", value_at(node, "/environment")},
          {"log_url", value_at(node, "/logUrl")},         {"environment_url", value_at(node, "/environmentUrl")},
          {"description", value_at(node, "/description")}};
}

// Returns the object that has the id of a node; null if there is none.
json::object* object_of(std::vector<json::object>& objects, const json::value& node) {
  const auto id = text_at(node, "/id");
  const auto found = std::ranges::find(objects, id, [](const json::object& one) { return text_at(one, "/node_id"); });
  return id.empty() || found == objects.end() ? nullptr : &*found;
}

}

api_request graphql(std::string_view query, json::object variables) {
  return {"/graphql", json::serialize(json::object{{"query", query}, {"variables", std::move(variables)}})};
}

// GraphQL answers 200 with `errors`.
std::optional<error> failure_in(const api_answer& answer) {
  const auto all = elements_at(answer.body, "/errors");
  if (!answer.body.is_object() || all.empty()) return {};
  const auto type = text_at(all.front(), "/type");
  const auto code = type == "RATE_LIMITED" || type.empty()                 ? errc::unavailable
                    : type == "FORBIDDEN" || type == "INSUFFICIENT_SCOPES" ? errc::unauthorized
                    : type == "NOT_FOUND"                                  ? errc::unknown
                                                                           : errc::malformed;
  return error(code, text_at(all.front(), "/message"));
}

// The request for the page after the one that `connection` describes; nothing if it is the last.
std::optional<api_request> next_by_cursor(const api_request& asked, const api_answer& answer,
                                          const std::string& connection) {
  if (!flag_at(answer.body, connection + "/pageInfo/hasNextPage")) return {};
  auto body = parse_own(asked.body).as_object();
  body["variables"].as_object()["after"] = text_at(answer.body, connection + "/pageInfo/endCursor");
  return api_request{asked.path, json::serialize(body)};
}

std::vector<api_request> ask_for_statuses(const api_place&, const std::vector<json::object>& objects) {
  auto ids = node_ids(objects);
  if (ids.empty()) return {};
  return {graphql(statuses_of_nodes, {{"ids", std::move(ids)}})};
}

// A deployment with more statuses than one page holds is asked for alone, the next one after it: the request names
// those that are left.
result<std::optional<api_request>> add_statuses(std::vector<json::object>& objects, const api_request& asked,
                                                const api_answer& answer) {
  json::array unfinished;  // of [id, cursor]
  const auto question = parse_own(asked.body);
  for (const auto& left : elements_at(question, "/variables/unfinished")) unfinished.push_back(left);
  for (const auto& node : elements_at(answer.body, "/data/nodes")) {
    auto* const deployment = object_of(objects, node);
    if (!deployment) continue;
    auto& statuses = (*deployment)["statuses"].as_array();
    for (const auto& status : elements_at(node, "/statuses/nodes")) statuses.push_back(status_of(status));
    if (flag_at(node, "/statuses/pageInfo/hasNextPage"))
      unfinished.push_back(json::array{value_at(node, "/id"), value_at(node, "/statuses/pageInfo/endCursor")});
  }
  if (unfinished.empty()) return std::optional<api_request>();
  const auto next = unfinished.back();
  unfinished.pop_back();
  return std::optional(graphql(more_statuses, {{"ids", json::array{value_at(next, "/0")}},
                                               {"after", value_at(next, "/1")},
                                               {"unfinished", std::move(unfinished)}}));
}

std::vector<api_request> ask_for_lines(const api_place&, const std::vector<json::object>& objects) {
  auto ids = node_ids(objects);
  if (ids.empty()) return {};
  return {graphql(lines_of_nodes, {{"ids", std::move(ids)}})};
}

result<std::optional<api_request>> add_lines(std::vector<json::object>& objects, const api_request&,
                                             const api_answer& answer) {
  for (const auto& node : elements_at(answer.body, "/data/nodes"))
    if (auto* const pull_request = object_of(objects, node))
      for (const auto* name : {"additions", "deletions"})
        (*pull_request)[name] = value_at(node, '/' + std::string(name));
  return std::optional<api_request>();
}

}
