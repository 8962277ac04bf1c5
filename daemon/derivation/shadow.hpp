#pragma once
// A second timeline in temporary tables, invisible to other sessions: the result of different rules on the same events,
// or the state of knowledge at a past instant.
#include <memory>
#include <optional>
#include <vector>

#include "daemon/derivation/derive.hpp"
#include "daemon/queries/reads.hpp"

namespace releasehealth::ledger {

/// A deployment whose kind differs in the shadow.
struct moved_deployment {
  place where;
  std::string source, subject, version;
  timestamp finished_at;
  std::string kind_before, reason_before, kind, reason;
};

/// Holds a connection and a transaction for its lifetime. Construction takes as long as deriving all events.
class shadow {
 public:
  /// `received_before`: only events received before that instant (figures.md §10, as_of). Throws postgres_failure.
  shadow(const session&, const derive_settings&, std::optional<timestamp> received_before = {});
  ~shadow();
  shadow(const shadow&) = delete;

  /// A reader of this timeline.
  reader& read();
  /// The deployments whose kind differs from the real timeline, in order of finish.
  std::vector<moved_deployment> moved();

 private:
  struct opened;
  std::unique_ptr<opened> opened_;
};

}
