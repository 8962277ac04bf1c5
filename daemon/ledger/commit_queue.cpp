#include "daemon/ledger/commit_queue.hpp"

#include <deque>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

namespace releasehealth::ledger {

namespace asio = boost::asio;

struct commit_queue::state : std::enable_shared_from_this<state> {
  state(asio::io_context& i, session s) : io(i), writer(std::move(s)) {}

  asio::io_context& io;
  appender writer;  // used by the thread only
  asio::thread_pool thread{1};
  std::deque<std::pair<entry, done>> waiting;
  std::size_t waiting_bytes = 0;
  bool busy = false;

  void next() {
    if (busy || waiting.empty()) return;
    busy = true;
    auto entries = std::make_shared<std::vector<entry>>();
    auto dones = std::make_shared<std::vector<done>>();
    while (!waiting.empty() && entries->size() < appender::max_batch) {
      waiting_bytes -= waiting.front().first.body.size();
      entries->push_back(std::move(waiting.front().first));
      dones->push_back(std::move(waiting.front().second));
      waiting.pop_front();
    }
    // the guard keeps the io context running while nothing but a commit is on its way
    asio::post(thread, [self = shared_from_this(), entries, dones, guard = asio::make_work_guard(io)] {
      auto results = std::make_shared<std::vector<result<stored>>>(self->writer.append(*entries));
      asio::post(self->io, [self, dones, results] {
        self->busy = false;
        for (std::size_t i = 0; i < dones->size(); ++i) (*dones)[i](std::move((*results)[i]));
        self->next();
      });
    });
  }
};

commit_queue::commit_queue(asio::io_context& io, session s) : state_(std::make_shared<state>(io, std::move(s))) {}

commit_queue::~commit_queue() {
  state_->waiting.clear();
  state_->thread.join();
}

void commit_queue::append(entry e, done d) {
  auto& s = *state_;
  if (s.waiting.size() >= max_waiting || s.waiting_bytes + e.body.size() > max_waiting_bytes)
    return d(error(errc::unavailable, "too many deliveries wait for PostgreSQL"));
  s.waiting_bytes += e.body.size();
  s.waiting.emplace_back(std::move(e), std::move(d));
  s.next();
}

}
