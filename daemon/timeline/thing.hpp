#pragma once
// The ledger's identifier of the subject of events.
#include <compare>
#include <string>

namespace releasehealth {

/// Identifies a thing among those of its type: its source, and its name there.
struct thing_id {
  std::string source, subject;
  auto operator<=>(const thing_id&) const = default;
};

}
