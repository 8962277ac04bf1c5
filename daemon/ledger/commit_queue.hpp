#pragma once
// Group commit: while one transaction is on its way to the disk, the deliveries that arrive wait and go with the next.
// While PostgreSQL is unavailable or too slow they go to the spool instead, and from there to PostgreSQL later.
#include <functional>
#include <memory>

#include "daemon/ledger/append.hpp"
#include "daemon/ledger/spool.hpp"
#include "daemon/system/touch_signal.hpp"

namespace boost::asio {
class io_context;
}

namespace releasehealth::ledger {

/// Two lanes and a policy: postgres_lane and spool_lane each have a thread and a line of deliveries, lane_policy
/// decides which lane a delivery goes to and when. Belongs to the io thread, on which completions run; the io context
/// runs nothing after the queue's end.
class commit_queue {
 public:
  using done = std::function<void(result<stored>)>;

  /// What a reload may change.
  struct limits {
    duration patience;              ///< how long a delivery waits for PostgreSQL before it goes to the spool
    std::size_t max_waiting;        ///< deliveries without an answer
    std::size_t max_waiting_bytes;  ///< what they hold in memory, about
    spool_limits room;
  };
  struct settings {
    std::unique_ptr<spool> overflow;  ///< none: deliveries that PostgreSQL does not take are rejected
    limits bounds;
    std::function<timestamp()> clock;                          ///< any thread
    touch_signal& touched;                                     ///< after each commit of spooled deliveries
    std::function<void(const spool::contents&)> spooled;       ///< whenever the spool holds something else
    std::function<void(const std::string& why)> spool_failed;  ///< it cannot be drained, though PostgreSQL is there
    /// PostgreSQL holds an event's id already, of another sender or with another content.
    std::function<void(const claim&)> claimed;
    /// After each attempt to append: why PostgreSQL was unavailable for it (one of failure_reasons(), empty: it was
    /// not), the error's text, and whether the server makes commits durable (fsync).
    std::function<void(std::string_view reason, const std::string& said, bool is_durable)> appended;
  };

  commit_queue(boost::asio::io_context& io, session, settings);
  ~commit_queue();  ///< waits for the commit on its way; deliveries behind it are dropped without an answer

  /// errc::unavailable at once if a limit on waiting deliveries is reached.
  void append(entry, done);

  /// Other limits, from the next delivery on.
  void use(const limits&);

  /// Deliveries that were acknowledged and are not in PostgreSQL yet.
  const spool::contents& spooled() const;
  /// Whether PostgreSQL was unavailable for the last attempt.
  bool is_postgres_away() const;
  /// Whether there is a spool that would take more.
  bool can_spool() const;

  /// No more attempts to drain: what is spooled stays for the next start.
  void stop();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}
