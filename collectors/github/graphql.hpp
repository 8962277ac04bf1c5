#pragma once
// What GitHub's REST lists lack, from its GraphQL API: a hundred objects by the id that both APIs have. Included by
// this folder only.
#include "collectors/api.hpp"

namespace releasehealth::github {

api_request graphql(std::string_view query, json::object variables);

/// The error in an answer 200, if any.
std::optional<error> failure_in(const api_answer&);

/// The request for the page after that of `connection`, a pointer into the answer; nothing if it is the last. The query
/// has the variable $after.
std::optional<api_request> next_by_cursor(const api_request&, const api_answer&, const std::string& connection);

/// The statuses of deployments, as `statuses` in the form of REST.
std::vector<api_request> ask_for_statuses(const api_place&, const std::vector<json::object>& deployments);
result<std::optional<api_request>> add_statuses(std::vector<json::object>& deployments, const api_request&,
                                                const api_answer&);

/// The numbers of lines that pull requests added and deleted.
std::vector<api_request> ask_for_lines(const api_place&, const std::vector<json::object>& pull_requests);
result<std::optional<api_request>> add_lines(std::vector<json::object>& pull_requests, const api_request&,
                                             const api_answer&);

}
