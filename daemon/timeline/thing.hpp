#pragma once
// How the ledger recognises what events are about.
#include <compare>
#include <string>

namespace releasehealth {

/// A thing among those of its type: whose it is, and what its source calls it.
struct thing_id {
  std::string source, subject;
  auto operator<=>(const thing_id&) const = default;
};

}
