#pragma once
// The migrations of schema/migrations/, as data: a test links a program with an additional migration, like a newer
// release.
#include <span>
#include <string_view>
#include <utility>

namespace releasehealth::ledger {

/// All migrations that this program knows: name and statements, in the order of application.
std::span<const std::pair<std::string_view, std::string_view>> migrations();

}
