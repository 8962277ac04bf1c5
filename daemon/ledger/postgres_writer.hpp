#pragma once
// One attempt to write to PostgreSQL: the spool first, then the batch, and a probe if there is neither.
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ledger/append.hpp"
#include "daemon/ledger/spool.hpp"

namespace releasehealth::ledger {

/// What became of an attempt.
struct attempt {
  std::vector<result<stored>> results;  ///< of the batch, in its order; empty: the spool went first and holds more
  std::vector<claim> claims;
  bool is_away = false;       ///< PostgreSQL was unavailable
  std::string_view reason;    ///< why, one of failure_reasons()
  std::string said;           ///< the error's text
  bool is_durable = true;     ///< as appender::is_durable()
  bool has_drained = false;   ///< deliveries of the spool are in PostgreSQL now
  std::string drain_failure;  ///< not empty: the spool could not be read, or what was drained not removed
  spool::contents spooled;    ///< after the attempt

  /// Whether PostgreSQL gets the next batch at once; otherwise the io thread decides.
  bool is_well() const { return !is_away && drain_failure.empty() && spooled.deliveries == 0; }
};

inline bool is_unavailable(const result<stored>& r) { return !r && r.error().code == errc::unavailable; }

/// Owns the connection that appends, and drains the spool. Belongs to the thread of PostgreSQL's lane.
class postgres_writer {
 public:
  /// `older`: the spool, whose deliveries go first; null: there is none.
  postgres_writer(session s, spool* older) : appender_(std::move(s)), spool_(older) {}

  /// While the spool holds deliveries, an attempt writes those alone: of two deliveries with one id the first counts.
  /// A spool that cannot be drained does not keep the batch from being written; it is tried again after a second.
  attempt write(const std::vector<const entry*>& batch);

 private:
  void drain(attempt&);
  void drain_oldest(attempt&);
  void note(attempt&, const result<stored>&) const;

  appender appender_;
  spool* spool_;
  std::chrono::steady_clock::time_point drain_failed_at_{};
};

}
