#pragma once
// The readers of GitHub's event types. Included by this folder only.
#include "collectors/hook.hpp"

namespace releasehealth::github {

// deployments.cpp
result<decoded> deployment(const hook&, timestamp now);
result<decoded> deployment_status(const hook&, timestamp now);
result<decoded> release(const hook&, timestamp now);
result<decoded> workflow_run(const hook&, timestamp now);
// commits.cpp
result<decoded> pull_request(const hook&, timestamp now);
result<decoded> push(const hook&, timestamp now);
// issues.cpp
result<decoded> issues(const hook&, timestamp now);

// history.cpp
extern const api_shape history[7];
// api.cpp
extern const tool_api api;
// app.cpp
extern const api_key_exchange app_keys;

}
