#pragma once
// Deadlines of a listener's connections, with one timer for all: extending a deadline, which every request does several
// times, only stores a time.
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
    clock::time_point expires_at = clock::time_point::max();
    bool has_passed = false;
  };

 public:
  explicit deadlines(boost::asio::io_context& io) : timer_(io) {}

  /// The deadline of one connection, initially none. For use on the io thread only.
  class one {
   public:
    /// Calls `missed` once for each deadline that passes.
    one(const std::shared_ptr<deadlines>& all, std::function<void()> missed);
    one(const one&) = delete;
    one& operator=(const one&) = delete;
    ~one();

    /// Replaces the previous deadline.
    void expires_after(clock::duration);
    void expires_never() { self_->expires_at = clock::time_point::max(); }
    /// Whether the deadline that was set last has passed.
    bool has_passed() const { return self_->has_passed; }

   private:
    std::shared_ptr<deadlines> all_;
    std::list<entry>::iterator self_;
  };

 private:
  void wake_at(clock::time_point);
  void look();

  boost::asio::steady_timer timer_;
  clock::time_point wakes_at_ = clock::time_point::max();  // no later than the earliest deadline
  std::list<entry> entries_;
};

}
