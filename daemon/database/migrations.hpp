#pragma once
// The steps of the schema, schema/migrations/, as data: a test links a program of the next release with one more of
// them.
#include <span>
#include <string_view>
#include <utility>

namespace releasehealth::ledger {

/// Every migration that this program knows, its name and its statements, in the order in which they are applied.
std::span<const std::pair<std::string_view, std::string_view>> migrations();

}
