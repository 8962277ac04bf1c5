#pragma once
// Group commit: while one transaction is on its way to the disk, whatever arrives waits and goes with the next. While
// PostgreSQL is away or too slow, it goes to the spool instead, and from there to PostgreSQL when that is back.
#include <functional>
#include <memory>

#include "daemon/ledger/append.hpp"
#include "daemon/ledger/spool.hpp"
#include "daemon/system/touch_signal.hpp"

namespace boost::asio {
class io_context;
}

namespace releasehealth::ledger {

/// Belongs to the io thread; each of its two threads owns what it writes to. Completions run on the io thread.
class commit_queue {
 public:
  using done = std::function<void(result<stored>)>;

  /// What a reload may change.
  struct limits {
    duration patience;              ///< how long a delivery waits for PostgreSQL before it goes to the spool
    std::size_t max_waiting;        ///< deliveries that are not answered yet
    std::size_t max_waiting_bytes;  ///< what they hold in memory, about
    spool_limits room;
  };
  struct settings {
    std::unique_ptr<spool> overflow;  ///< none: what PostgreSQL does not take is refused
    limits bounds;
    std::function<timestamp()> clock;
    touch_signal& touched;                                     ///< after each commit of what was spooled
    std::function<void(const spool::contents&)> spooled;       ///< whenever the spool holds something else
    std::function<void(const std::string& why)> spool_failed;  ///< it cannot be drained, though PostgreSQL is there
    /// PostgreSQL holds an event's id already, for somebody else or with another content.
    std::function<void(const claim&)> claimed;
    /// After each attempt to append: why PostgreSQL was away for it (one of failure_reasons(), empty: it was not), with
    /// what it said; and whether the server brings to the disk what it says that it did.
    std::function<void(std::string_view reason, const std::string& said, bool is_durable)> appended;
  };

  commit_queue(boost::asio::io_context& io, session, settings);
  ~commit_queue();  ///< waits for the commit on its way; what waits behind it is dropped unanswered

  /// errc::unavailable at once if too much waits already.
  void append(entry, done);

  /// Other limits, from the next delivery on.
  void use(const limits&);

  /// What was acknowledged and is not in PostgreSQL yet.
  const spool::contents& spooled() const;
  /// Whether PostgreSQL took what it was last given, or would have.
  bool is_postgres_away() const;
  /// Whether there is a spool that would take more.
  bool can_spool() const;

  /// No more attempts to drain: what is spooled stays for the next start.
  void stop();

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}
