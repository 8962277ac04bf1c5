#pragma once
// How long a listener waits for each of its connections, with one timer for all: to put a deadline off, as every
// request does several times, is to write a number.
#include <chrono>
#include <functional>
#include <list>
#include <memory>

#include <boost/asio/steady_timer.hpp>

namespace releasehealth::http {

class deadlines : public std::enable_shared_from_this<deadlines> {
  using clock = std::chrono::steady_clock;
  struct entry {
    std::function<void()> missed;
    clock::time_point at = clock::time_point::max();
    bool has_passed = false;
  };

 public:
  explicit deadlines(boost::asio::io_context& io) : timer_(io) {}

  /// That of one connection, none at first. Used on the io thread, as are all of a listener's.
  class one {
   public:
    /// Calls `missed` once for each deadline that passes.
    one(const std::shared_ptr<deadlines>& all, std::function<void()> missed);
    one(const one&) = delete;
    one& operator=(const one&) = delete;
    ~one();

    /// From now on. Takes the place of the one before.
    void expires_after(clock::duration);
    void expires_never() { self_->at = clock::time_point::max(); }
    /// The last that was set.
    bool has_passed() const { return self_->has_passed; }

   private:
    std::shared_ptr<deadlines> all_;
    std::list<entry>::iterator self_;
  };

 private:
  void wake_at(clock::time_point);
  void look();

  boost::asio::steady_timer timer_;
  clock::time_point wakes_at_ = clock::time_point::max();  // no later than the earliest
  std::list<entry> entries_;
};

}
