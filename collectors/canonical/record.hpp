#pragma once
// Records of histories, which are stricter than reports: they happened at some time, and that is not now.
#include <string>

#include "collectors/base/json.hpp"

namespace releasehealth::canonical {

/// Gives a record that has no `time` the last of its own times (finished_at of a deployment, resolved_at of an
/// incident,
/// ...). What is wrong where it has none; empty: nothing.
std::string supply_time(json::object& record);

}
