#pragma once
// The thread that asks PostgreSQL for the operations listener. Of its two files only.
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>

#include "daemon/ledger/failure.hpp"
#include "daemon/operations/operations.hpp"

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

/// Reads of the API: one thread with its own connection, so that a slow one never holds up the io thread.
struct operations::reads {
  boost::asio::io_context& io;
  ledger::reader reader;  // used by the thread only
  boost::asio::thread_pool thread{1};

  /// Runs `read(reader)` on the thread and `then(result)` on the io thread; a failure is errc::unavailable.
  template <class Read, class Then>
  void run(Read read, Then then) {
    boost::asio::post(thread, [this, read = std::move(read), then = std::move(then),
                               guard = boost::asio::make_work_guard(io)]() mutable {
      typename outcome_of<decltype(read(reader))>::type out = error();
      try {
        out = read(reader);
      } catch (const std::exception& e) {
        error why(errc::unavailable, e.what());
        if (ledger::is_timeout(e)) why.limit = "figures.timeout";
        out = std::move(why);
      }
      boost::asio::post(io, [out = std::move(out), then = std::move(then)]() mutable { then(std::move(out)); });
    });
  }
};

}
