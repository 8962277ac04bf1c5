#pragma once
// The lane of the spool: a thread makes deliveries durable there that PostgreSQL does not take now.
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

/// The io thread calls every public function. The lane's thread takes one batch after the other, until none waits.
///
/// Owners: the lane's thread has the spool's put() and try_disk(), PostgreSQL's lane has what drains it; the io thread
/// has `ended_`; the mutex guards the rest.
class spool_lane {
 public:
  /// What became of each delivery of a batch, in its order, and what the spool holds since; runs on the io thread.
  /// After try_disk() the batch is empty.
  using report = std::function<void(waiters, std::vector<result<stored>>, const spool::contents&)>;

  /// `clock` is called by the lane's thread.
  spool_lane(boost::asio::io_context&, spool&, std::function<timestamp()> clock, report);
  ~spool_lane();  ///< waits for the transaction on its way; deliveries behind it are dropped without an answer

  void push(waiters);
  /// Sees whether a full or broken disk takes writes again. False: not now, as a transaction on its way shows it.
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
