#pragma once
// The lane of PostgreSQL: deliveries wait in a line, and a thread writes them, one transaction after another.
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

/// The io thread calls every public function and begins every run of attempts; it hears of an attempt after all the
/// requests that came meanwhile. So the lane's thread takes the next batch from the line by itself, as long as
/// PostgreSQL takes what it gets. After any other attempt the lane is busy until the io thread has handled that.
///
/// Owners: the lane's thread has the writer; the io thread has `ended_`; the mutex guards the rest, and is held for no
/// longer than it takes to move a batch.
class postgres_lane {
 public:
  /// What an attempt came to; runs on the io thread. The deliveries are no longer in the lane.
  using report = std::function<void(waiters, attempt)>;

  /// `older`: the spool, whose deliveries are written first; null: there is none.
  postgres_lane(boost::asio::io_context&, session, spool* older, report);
  ~postgres_lane();  ///< waits for the attempt on its way; deliveries behind it are dropped without an answer

  /// To the end of the line. Returns the lane's state after it.
  lane_state push(std::shared_ptr<waiter>);
  /// To the front of the line, in their order.
  void put_back(waiters);
  lane_state state() const;

  /// Begins an attempt with what waits, if anything does, and goes on with what comes meanwhile. Not while it is busy.
  void begin();

  /// The open deliveries that have waited since before `limit`. Those on their way to PostgreSQL stay in the lane, too:
  /// whether their commit succeeds is in doubt, and if it does, what the spool drains later is a duplicate.
  waiters overdue(std::chrono::steady_clock::time_point limit);

  /// No more attempts. The io context waits for the one on its way.
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
  std::deque<std::shared_ptr<waiter>> in_flight_;  ///< taken by the thread, and not settled on the io thread yet
  gathering gathering_;
  bool is_busy_ = false, is_stopped_ = false;

  worker thread_{"append"};
};

}
