#pragma once
// A second timeline beside the real one, in temporary tables that nobody else sees: what other rules would make of the
// events, or what was known at a past instant.
#include <memory>
#include <optional>
#include <vector>

#include "daemon/derivation/derive.hpp"
#include "daemon/queries/reads.hpp"

namespace releasehealth::ledger {

/// A deployment that is of another kind in the shadow.
struct moved_deployment {
  place where;
  std::string source, subject, version;
  timestamp finished_at;
  std::string kind_before, reason_before, kind, reason;
};

/// Holds a connection and a transaction for as long as it lives. Takes as long as deriving everything does.
class shadow {
 public:
  /// `received_before`: only events received before that instant (figures.md §10, as_of). Throws postgres_failure.
  shadow(const session&, const derive_settings&, std::optional<timestamp> received_before = {});
  ~shadow();
  shadow(const shadow&) = delete;

  /// Reads this timeline instead of the real one.
  reader& read();
  /// What differs from the real one, in the order of their finish.
  std::vector<moved_deployment> moved();

 private:
  struct opened;
  std::unique_ptr<opened> opened_;
};

}
