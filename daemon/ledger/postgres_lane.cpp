#include "daemon/ledger/postgres_lane.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace releasehealth::ledger {

namespace asio = boost::asio;

postgres_lane::postgres_lane(asio::io_context& io, session s, spool* older, report r)
    : io_(io), ended_(std::move(r)), writer_(std::move(s), older) {}

postgres_lane::~postgres_lane() {
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
  waiting_.clear();
}

// ---- the io thread

lane_state postgres_lane::push(std::shared_ptr<waiter> w) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(w));
  return state_locked();
}

void postgres_lane::put_back(waiters batch) {
  const std::lock_guard lock(mutex_);
  waiting_.insert(waiting_.begin(), std::move_iterator(batch.begin()), std::move_iterator(batch.end()));
}

lane_state postgres_lane::state() const {
  const std::lock_guard lock(mutex_);
  return state_locked();
}

lane_state postgres_lane::state_locked() const {
  return {is_busy_ || is_stopped_, waiting_.size(), gathering_.waits(waiting_.size())};
}

void postgres_lane::begin() {
  waiters batch;
  {
    const std::lock_guard lock(mutex_);
    is_busy_ = true;
    batch = take();
  }
  // The guard keeps the io context running while a commit is the only work in progress.
  thread_.post(
      [this, batch = std::move(batch), guard = asio::make_work_guard(io_)]() mutable { write(std::move(batch)); });
}

waiters postgres_lane::overdue(std::chrono::steady_clock::time_point limit) {
  waiters out;
  const std::lock_guard lock(mutex_);
  std::ranges::copy_if(in_flight_, std::back_inserter(out),
                       [&](const auto& w) { return w->since < limit && w->is_open(); });
  while (!waiting_.empty() && waiting_.front()->since < limit) {
    out.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return out;
}

void postgres_lane::settle(waiters batch, attempt a) {
  {
    const std::lock_guard lock(mutex_);
    in_flight_.erase(in_flight_.begin(), in_flight_.begin() + static_cast<std::ptrdiff_t>(batch.size()));
    if (!a.is_well()) is_busy_ = false;
  }
  ended_(std::move(batch), std::move(a));
}

void postgres_lane::stop() {
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
}

// ---- either thread, with the mutex locked

// Takes a batch from the front of the queue, as large as one transaction allows.
waiters postgres_lane::take() {
  waiters batch;
  std::size_t bytes = 0;
  while (!waiting_.empty() && batch.size() < appender::max_batch) {
    bytes += waiting_.front()->delivery.body.size();
    if (bytes > appender::max_batch_bytes && !batch.empty()) break;
    in_flight_.push_back(waiting_.front());
    batch.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return batch;
}

// ---- the lane's thread

// Writes this batch, then the deliveries that wait by then, until an attempt does not succeed.
void postgres_lane::write(waiters batch) {
  for (bool goes_on = true; goes_on;) {
    const auto began = std::chrono::steady_clock::now();
    auto out = writer_.write(entries_of(batch));
    auto written = std::exchange(batch, {});
    {
      const std::lock_guard lock(mutex_);
      gathering_.committed(written.size(), waiting_.size(), std::chrono::steady_clock::now() - began);
      if (out.is_well() && !is_stopped_ && !gathering_.waits(waiting_.size())) batch = take();
      goes_on = !batch.empty();
      is_busy_ = goes_on || !out.is_well();
    }
    asio::post(io_, [this, written = std::move(written), out = std::move(out)]() mutable {
      settle(std::move(written), std::move(out));
    });
  }
}

}
