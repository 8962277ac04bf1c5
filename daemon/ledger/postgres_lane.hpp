#pragma once
// PostgreSQL's lane: deliveries wait in a queue, and a thread writes them, one transaction after another.
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "daemon/ledger/gathering.hpp"
#include "daemon/ledger/lane_policy.hpp"
#include "daemon/ledger/postgres_writer.hpp"
#include "daemon/ledger/waiter.hpp"
#include "daemon/system/worker.hpp"

namespace boost::asio {
class io_context;
}

namespace releasehealth::ledger {

/// The io thread calls every public function and begins every run of attempts. It handles the result of an attempt only
/// after the requests that arrived meanwhile, so the lane's thread takes the next batch from the queue by itself as
/// long as attempts succeed. After any other attempt the lane is busy until the io thread has handled its result.
///
/// Owners: the lane's thread owns the writer, the io thread owns `ended_`. The mutex guards the rest and is only held
/// while a batch is moved.
class postgres_lane {
 public:
  /// Receives the result of an attempt, on the io thread. The deliveries are no longer in the lane.
  using report = std::function<void(waiters, attempt)>;

  /// `older`: the spool, whose deliveries are written first; null: no spool.
  postgres_lane(boost::asio::io_context&, session, spool* older, report);
  ~postgres_lane();  ///< waits for the attempt in progress; queued deliveries are dropped without an answer

  /// Adds to the end of the queue. Returns the lane's new state.
  lane_state push(std::shared_ptr<waiter>);
  /// Puts a batch back to the front of the queue, in its order.
  void put_back(waiters);
  lane_state state() const;

  /// Begins an attempt with the waiting deliveries, possibly none, and continues with those that arrive meanwhile. Must
  /// not be called while the lane is busy.
  void begin();

  /// Returns the open deliveries that have waited since before `limit`. Those being written to PostgreSQL also stay in
  /// the lane: their commit may still succeed, in which case the spooled copy is later a duplicate.
  waiters overdue(std::chrono::steady_clock::time_point limit);

  /// Starts no more attempts. The io context waits for the one in progress.
  void stop();

 private:
  void write(waiters batch);
  void settle(waiters batch, attempt);
  waiters take();
  lane_state state_locked() const;

  boost::asio::io_context& io_;
  report ended_;
  postgres_writer writer_;

  mutable std::mutex mutex_;
  std::deque<std::shared_ptr<waiter>> waiting_;
  std::deque<std::shared_ptr<waiter>> in_flight_;  ///< taken by the lane's thread, not settled on the io thread yet
  gathering gathering_;
  bool is_busy_ = false, is_stopped_ = false;

  worker thread_{"append"};
};

}
