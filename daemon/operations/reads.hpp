#pragma once
// The thread that asks PostgreSQL for the operations listener. Of its two files only.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "daemon/database/failure.hpp"
#include "daemon/intake/answer.hpp"
#include "daemon/operations/operations.hpp"
#include "daemon/operations/remembered.hpp"

namespace releasehealth {

/// What a read gives: itself if it may fail on its own.
template <class T>
struct outcome_of {
  using type = result<T>;
};
template <class T>
struct outcome_of<result<T>> {
  using type = result<T>;
};

/// One thread for what would hold up the io thread.
struct operations::worker {
  boost::asio::io_context& io;
  const logger& log;
  boost::asio::thread_pool thread{1};

  /// Runs `work()` on the thread and `then(result)` on the io thread; an exception is as ledger::failure_of() says.
  template <class Work, class Then>
  void run(Work work, Then then) {
    boost::asio::post(thread, [this, work = std::move(work), then = std::move(then),
                               guard = boost::asio::make_work_guard(io)]() mutable {
      typename outcome_of<decltype(work())>::type out = error();
      try {
        out = work();
      } catch (const std::exception& e) {
        auto why = ledger::failure_of(e);
        if (ledger::is_timeout(e)) why.limit = "figures.timeout";
        if (why.code == errc::internal) log.error("request failed", {{"err", why.log}});
        out = std::move(why);
      }
      boost::asio::post(io, [out = std::move(out), then = std::move(then)]() mutable { then(std::move(out)); });
    });
  }
};

/// Reads of the API: a thread with its own connection.
struct operations::reads : worker {
  ledger::reader reader;  // used by the thread only, and so is
  remembered_answers known = {};

  /// As worker::run(), of `read(reader)`.
  template <class Read, class Then>
  void run(Read read, Then then) {
    worker::run([this, read = std::move(read)]() mutable { return read(reader); }, std::move(then));
  }
};

/// Gives what a thread wrote.
inline auto pass_on(http::responder answer) {
  return [answer = std::move(answer)](result<http::response> found) {
    answer(found ? std::move(*found) : refuse(found.error()));
  };
}

}
