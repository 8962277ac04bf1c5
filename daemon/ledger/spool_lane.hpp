#pragma once
// The spool's lane: a thread writes deliveries to the spool while PostgreSQL is unavailable.
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

#include "daemon/ledger/spool.hpp"
#include "daemon/ledger/waiter.hpp"
#include "daemon/system/worker.hpp"

namespace boost::asio {
class io_context;
}

namespace releasehealth::ledger {

/// The io thread calls every public function. The lane's thread writes one batch after another until the queue is
/// empty.
///
/// Owners: the lane's thread calls the spool's put() and try_disk(), PostgreSQL's lane calls the functions that drain
/// it; the io thread owns `ended_`; the mutex guards the rest.
class spool_lane {
 public:
  /// Receives the results of a batch, in its order, and the spool's contents after it, on the io thread. After
  /// try_disk() the batch is empty.
  using report = std::function<void(waiters, std::vector<result<stored>>, const spool::contents&)>;

  /// `clock` is called by the lane's thread.
  spool_lane(boost::asio::io_context&, spool&, std::function<timestamp()> clock, report);
  ~spool_lane();  ///< waits for the transaction in progress; queued deliveries are dropped without an answer

  void push(waiters);
  /// Checks whether a full or broken disk is writable again. Returns false if the lane is busy: the transaction in
  /// progress shows it.
  bool try_disk();

 private:
  waiters take();
  void write(waiters batch);
  void post(waiters, std::vector<result<stored>>);

  boost::asio::io_context& io_;
  spool& spool_;
  std::function<timestamp()> clock_;
  report ended_;

  std::mutex mutex_;
  std::deque<std::shared_ptr<waiter>> waiting_;
  bool is_busy_ = false;

  worker thread_{"spool"};
};

}
