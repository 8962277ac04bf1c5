#pragma once
// What `sync` asks of GitLab by GraphQL. Included by this folder only.
#include "collectors/api.hpp"

namespace releasehealth::gitlab {

/// The error of an answer 200 with `errors`.
std::optional<error> failure_in(const api_answer&);

/// Adds the tier to the environment of each deployment, by which GitLab tells which are production.
std::vector<api_request> ask_for_tiers(const api_place&, const std::vector<json::object>& deployments);
result<std::optional<api_request>> add_tiers(std::vector<json::object>& deployments, const api_request&,
                                             const api_answer&);

/// Releases as REST lists them, with the number that webhooks report.
api_request first_releases(const api_place&);
result<api_page> read_releases(const api_place&, const api_request&, const api_answer&);

}
