#include "daemon/system/worker.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <pthread.h>

namespace releasehealth {

namespace asio = boost::asio;

struct worker::state {
  std::stop_source stop;
  asio::thread_pool thread{1};
};

worker::worker(thread_name name) : state_(std::make_unique<state>()) {
  post([name] { (void)pthread_setname_np(pthread_self(), name.text()); });
}

worker::~worker() { join(); }

void worker::post(task work) { asio::post(state_->thread, std::move(work)); }

void worker::work_and_reply(asio::io_context& io, std::function<task()> work) {
  post([&io, work = std::move(work), guard = asio::make_work_guard(io)] { asio::post(io, work()); });
}

std::stop_token worker::stopping() const { return state_->stop.get_token(); }

void worker::join() {
  state_->stop.request_stop();
  state_->thread.join();
}

}
