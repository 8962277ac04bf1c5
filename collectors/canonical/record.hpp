#pragma once
// Records of imports, which are stricter than reports: they need a time, because receipt is not a valid default.
#include <string>

#include "collectors/base/json.hpp"

namespace releasehealth::canonical {

/// Sets a missing `time` of a record to the latest of its own times (finished_at of a deployment, resolved_at of an
/// incident, ...). Returns the problem if it has none, else an empty string.
std::string supply_time(json::object& record);

}
