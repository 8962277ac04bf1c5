#pragma once
// The steps of the schema, schema/migrations/, as data: a test links a program of the next release with one more of
// them.
#include <span>
#include <string_view>

namespace releasehealth::ledger {

struct migration {
  std::string_view name, statements;
};

/// Every migration that this program knows, in the order in which they are applied.
std::span<const migration> migrations();

}
