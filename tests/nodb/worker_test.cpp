// Workers: named threads that process queued tasks.
#include "daemon/system/worker.hpp"

#include <set>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <pthread.h>

#include "tests/check.hpp"

using releasehealth::thread_rules;
using releasehealth::worker;

TEST_SUITE("nodb") {
  TEST_CASE("a worker runs its tasks in order, and finishes queued ones before it ends") {
    std::vector<int> done;
    worker thread("append");
    for (int i = 0; i < 100; ++i) thread.post([&done, i] { done.push_back(i); });
    thread.join();
    REQUIRE(done.size() == 100);
    for (int i = 0; i < 100; ++i) CHECK(done[static_cast<std::size_t>(i)] == i);
  }

  TEST_CASE("a worker's thread has its name in the table") {
    std::string name;
    worker thread("retention");
    thread.post([&] {
      char text[16] = {};
      REQUIRE(pthread_getname_np(pthread_self(), text, sizeof text) == 0);
      name = text;
    });
    thread.join();
    CHECK(name == "retention");
  }

  TEST_CASE("a task's result returns to the waiting io thread") {
    boost::asio::io_context io;
    std::thread::id worked, replied;
    int result = 0;
    worker thread("password");
    thread.run(
        io,
        [&] {
          worked = std::this_thread::get_id();
          return 42;
        },
        [&](int r) {
          replied = std::this_thread::get_id();
          result = r;
        });
    io.run();
    CHECK(result == 42);
    CHECK(replied == std::this_thread::get_id());
    CHECK(worked != replied);
  }

  TEST_CASE("a long task is notified that it should stop") {
    bool was_told = false;
    {
      worker thread("refresh");
      thread.post([&, stop = thread.stopping()] {
        while (!stop.stop_requested()) std::this_thread::yield();
        was_told = true;
      });
    }
    CHECK(was_told);
  }

  TEST_CASE("every thread name fits the kernel's limit and is unique") {
    constexpr std::size_t longest = 15;
    std::set<std::string> names;
    for (const auto& r : thread_rules) {
      CAPTURE(r.name);
      CHECK(std::string(r.name).size() <= longest);
      CHECK(names.insert(r.name).second);
      CHECK_FALSE(r.work.empty());
      CHECK_FALSE(r.owns.empty());
    }
  }
}
