#pragma once
// The positions of `sync` in each list of each source, and what its runs found.
#include <optional>
#include <string>
#include <vector>

#include "collectors/event.hpp"
#include "daemon/database/session.hpp"

namespace releasehealth::ledger {

/// How far a list of one scope has been read. What changed in [since, until) has been read completely. A reading in
/// progress of what changed since `reading_since` began at `began_at` and continues with the request `next_path` and
/// `next_body`.
struct sync_position {
  std::string source, list, scope;
  std::optional<timestamp> since = {}, until = {};
  std::optional<timestamp> reading_since = {}, began_at = {};
  std::string next_path = {}, next_body = {};
  std::string etag = {}, etag_path = {};  ///< of the first page of the last complete reading, and its request
};

/// A run of `sync` for a source.
struct sync_run {
  std::string source;
  timestamp began_at, ended_at;
  std::int64_t requests = 0, events = 0;
  std::int64_t unreported = 0;  ///< things that no delivery had reported
  std::int64_t failures = 0;    ///< lists that could not be read
  std::string failure;          ///< the first one
};

class sync_log {
 public:
  explicit sync_log(session);
  ~sync_log();

  /// Takes the lock of a source until destruction; false if another process syncs it.
  bool lock(const std::string& source);

  std::vector<sync_position> positions(const std::string& source);
  void write(const sync_position&);
  /// Removes runs that ended more than 90 days before this one.
  void write(const sync_run&);
  /// How many of the things of these events have no event of this source yet.
  std::size_t count_unreported(const std::string& source, const std::vector<event>&);

 private:
  struct connected;
  std::unique_ptr<connected> connected_;
};

}
