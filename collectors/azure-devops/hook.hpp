#pragma once
// The readers of Azure DevOps' event types. Included by this folder only.
#include "collectors/api.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::azure_devops {

// deployments.cpp
result<decoded> release_started(const hook&, timestamp now);
result<decoded> release_completed(const hook&, timestamp now);
result<decoded> stage(const hook&, timestamp now);
result<decoded> run(const hook&, timestamp now);
result<decoded> build(const hook&, timestamp now);
// commits.cpp
result<decoded> push(const hook&, timestamp now);
result<decoded> pull_request(const hook&, timestamp now);
// history.cpp
extern const api_shape history[5];
// api.cpp
extern const tool_api api;

}
