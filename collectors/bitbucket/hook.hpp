#pragma once
// The readers of the event types of Bitbucket Cloud and Data Center. Included by this folder only.
#include "collectors/api.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::bitbucket {

/// acme/checkout in Cloud, ACME/checkout in Data Center.
std::string repository_at(const json::value& document, const std::string& pointer);

// cloud.cpp
result<decoded> commit_status(const hook&, timestamp now);
result<decoded> push(const hook&, timestamp now);
result<decoded> pull_request(const hook&, timestamp now);
result<decoded> issue(const hook&, timestamp now);
/// Bitbucket's own deployments, which its API lists and no webhook reports.
result<decoded> deployment(const hook&, timestamp now);
// data_center.cpp
result<decoded> refs_changed(const hook&, timestamp now);
result<decoded> merged(const hook&, timestamp now);

// history.cpp
extern const api_shape history[4];
// api.cpp
extern const tool_api api;

/// A pushed or deleted tag, as a deployment or its retraction; empty if tags do not represent deployments.
std::optional<event> tagged(const hook&, const std::string& tag, const std::string& commit, bool gone, timestamp now);

}
