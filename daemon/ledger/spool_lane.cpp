#include "daemon/ledger/spool_lane.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace releasehealth::ledger {

namespace asio = boost::asio;

spool_lane::spool_lane(asio::io_context& io, spool& s, std::function<timestamp()> clock, report r)
    : io_(io), spool_(s), clock_(std::move(clock)), ended_(std::move(r)) {}

spool_lane::~spool_lane() {
  const std::lock_guard lock(mutex_);
  waiting_.clear();
}

// ---- the io thread

void spool_lane::push(waiters more) {
  waiters batch;
  {
    const std::lock_guard lock(mutex_);
    waiting_.insert(waiting_.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
    if (is_busy_) return;
    batch = take();
  }
  // The guard keeps the io context running while this transaction is the only work in progress.
  thread_.post(
      [this, batch = std::move(batch), guard = asio::make_work_guard(io_)]() mutable { write(std::move(batch)); });
}

bool spool_lane::try_disk() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(is_busy_, true)) return false;
  }
  thread_.post([this, guard = asio::make_work_guard(io_)] {
    spool_.try_disk();
    post({}, {});
    waiters batch;
    {
      const std::lock_guard lock(mutex_);
      batch = take();
    }
    write(std::move(batch));
  });
  return true;
}

// ---- either thread, with the mutex locked

// Takes as many deliveries as one transaction allows, and marks the lane busy if there are any.
waiters spool_lane::take() {
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), appender::max_batch));
  waiters batch(std::move_iterator(waiting_.begin()), std::move_iterator(end));
  waiting_.erase(waiting_.begin(), end);
  is_busy_ = !batch.empty();
  return batch;
}

// ---- the lane's thread

void spool_lane::write(waiters batch) {
  while (!batch.empty()) {
    auto results = spool_.put(entries_of(batch), clock_());
    auto written = std::exchange(batch, {});
    {
      const std::lock_guard lock(mutex_);
      batch = take();
    }
    post(std::move(written), std::move(results));
  }
}

void spool_lane::post(waiters batch, std::vector<result<stored>> results) {
  asio::post(io_, [this, batch = std::move(batch), results = std::move(results), now = spool_.count()]() mutable {
    ended_(std::move(batch), std::move(results), now);
  });
}

}
