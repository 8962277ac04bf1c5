#pragma once
// The readers of GitLab's event types. Included by this folder only.
#include "collectors/api.hpp"
#include "collectors/hook.hpp"

namespace releasehealth::gitlab {

inline std::string project_of(const hook& h) { return h.text("/project/path_with_namespace"); }

// deployments.cpp
result<decoded> deployment(const hook&, timestamp now);
result<decoded> release(const hook&, timestamp now);
result<decoded> pipeline(const hook&, timestamp now);
result<decoded> tag_push(const hook&, timestamp now);
// commits.cpp
result<decoded> merge_request(const hook&, timestamp now);
result<decoded> push(const hook&, timestamp now);
// incidents.cpp
result<decoded> issue(const hook&, timestamp now);
result<decoded> feature_flag(const hook&, timestamp now);

// history.cpp
extern const api_shape history[7];
// api.cpp
extern const tool_api api;

}
