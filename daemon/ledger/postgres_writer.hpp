#pragma once
// One attempt to write to PostgreSQL: spooled deliveries first, then the batch; a probe if there is neither.
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/ledger/append.hpp"
#include "daemon/ledger/spool.hpp"

namespace releasehealth::ledger {

/// The result of an attempt.
struct attempt {
  std::vector<result<stored>> results;  ///< of the batch, in its order; empty: only a part of the spool was drained
  std::vector<claim> claims;
  bool is_away = false;       ///< PostgreSQL was unavailable
  std::string_view reason;    ///< one of failure_reasons()
  std::string said;           ///< the error's text
  bool is_durable = true;     ///< appender::is_durable()
  bool has_drained = false;   ///< spooled deliveries were moved to PostgreSQL
  std::string drain_failure;  ///< not empty: reading the spool, or removing drained deliveries, failed
  spool::contents spooled;    ///< after the attempt

  /// Whether the lane may write the next batch at once; otherwise the io thread decides.
  bool is_well() const { return !is_away && drain_failure.empty() && spooled.deliveries == 0; }
};

inline bool is_unavailable(const result<stored>& r) { return !r && r.error().code == errc::unavailable; }

/// Owns the connection for appending, and drains the spool. Belongs to the thread of PostgreSQL's lane.
class postgres_writer {
 public:
  /// `older`: the spool, whose deliveries are written first; null: no spool.
  postgres_writer(session s, spool* older) : appender_(std::move(s)), spool_(older) {}

  /// While the spool holds deliveries, an attempt writes only those, because the first of two deliveries with one id
  /// counts. If draining fails, the batch is written all the same, and draining is retried after a second.
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
