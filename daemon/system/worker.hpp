#pragma once
// A named thread with a queue of tasks. Every thread except the main one is a worker.
#include <functional>
#include <future>
#include <memory>
#include <stop_token>
#include <utility>

#include "daemon/system/threads.hpp"

namespace boost::asio {
class io_context;
}

namespace releasehealth {

/// Runs tasks one at a time, in the order in which they were posted. An exception from a task ends the process: tasks
/// report their own failures. A class whose tasks use its members declares the worker last, so that it ends first.
class worker {
 public:
  using task = std::function<void()>;

  explicit worker(thread_name);
  ~worker();  ///< calls join()

  /// Any thread.
  void post(task);

  /// Runs `work()` on this thread, then `then(result)` on the thread of `io`, whose run() does not return before that.
  /// The result must be copyable. Any thread.
  template <class Work, class Then>
  void run(boost::asio::io_context& io, Work work, Then then) {
    work_and_reply(io, [work = std::move(work), then = std::move(then)]() mutable -> task {
      return [result = work(), then = std::move(then)]() mutable { then(std::move(result)); };
    });
  }

  /// Runs `work()` on this thread. The future holds its result or its exception. Any thread.
  template <class Work>
  auto start(Work work) {
    const auto packaged = std::make_shared<std::packaged_task<decltype(work())()>>(std::move(work));
    auto result = packaged->get_future();
    post([packaged] { (*packaged)(); });
    return result;
  }

  /// Stop is requested by join(), for tasks that run until then.
  std::stop_token stopping() const;

  /// Returns when all posted tasks are done. Nothing may be posted afterwards. Any thread but this one.
  void join();

 private:
  void work_and_reply(boost::asio::io_context&, std::function<task()> work);
  struct state;
  std::unique_ptr<state> state_;
};

}
