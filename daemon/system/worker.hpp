#pragma once
// A named thread that works off what it is given. Every thread but the main one is a worker.
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

/// Runs one piece of work after the other, in the order in which they were posted. An exception out of a piece of work
/// ends the process: work reports its failures itself. A class whose work uses its members declares the worker last, so
/// that it ends first.
class worker {
 public:
  using task = std::function<void()>;

  explicit worker(thread_name);
  ~worker();  ///< as join()

  /// Any thread.
  void post(task);

  /// Runs `work()` on this thread, then `then(its result)` on the thread of `io`, whose run() does not return before
  /// that. The results are copyable. Any thread.
  template <class Work, class Then>
  void run(boost::asio::io_context& io, Work work, Then then) {
    work_and_reply(io, [work = std::move(work), then = std::move(then)]() mutable -> task {
      return [result = work(), then = std::move(then)]() mutable { then(std::move(result)); };
    });
  }

  /// Runs `work()` on this thread. The future has its result, or what it threw. Any thread.
  template <class Work>
  auto start(Work work) {
    const auto packaged = std::make_shared<std::packaged_task<decltype(work())()>>(std::move(work));
    auto result = packaged->get_future();
    post([packaged] { (*packaged)(); });
    return result;
  }

  /// Is requested by join(), for work that goes on until then.
  std::stop_token stopping() const;

  /// Returns when all that was posted is done. Nothing may be posted later. Any thread but this one.
  void join();

 private:
  void work_and_reply(boost::asio::io_context&, std::function<task()> work);
  struct state;
  std::unique_ptr<state> state_;
};

}
