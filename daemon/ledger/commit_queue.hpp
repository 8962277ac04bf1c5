#pragma once
// Group commit: deliveries that arrive while a transaction is being committed are written together in the next one.
// While PostgreSQL is unavailable or too slow, deliveries go to the spool, which is drained to PostgreSQL later.
#include <functional>
#include <memory>

#include "daemon/ledger/append.hpp"
#include "daemon/ledger/spool.hpp"
#include "daemon/system/touch_signal.hpp"

namespace boost::asio {
class io_context;
}

namespace releasehealth::ledger {

/// Two lanes and a policy: postgres_lane and spool_lane each have a thread and a queue of deliveries; lane_policy
/// decides which lane a delivery goes to and when. Belongs to the io thread, on which completions run. The io context
/// must not run after the queue is destroyed.
class commit_queue {
 public:
  using done = std::function<void(result<stored>)>;

  /// Settings that a reload may change.
  struct limits {
    duration patience;              ///< how long a delivery waits for PostgreSQL before it goes to the spool
    std::size_t max_waiting;        ///< unanswered deliveries
    std::size_t max_waiting_bytes;  ///< their approximate size in memory
    spool_limits room;
  };
  struct settings {
    std::unique_ptr<spool> overflow;  ///< null: deliveries are rejected while PostgreSQL is unavailable
    limits bounds;
    std::function<timestamp()> clock;                          ///< called from any thread
    touch_signal& touched;                                     ///< after each commit of spooled deliveries
    std::function<void(const spool::contents&)> spooled;       ///< whenever the spool's contents change
    std::function<void(const std::string& why)> spool_failed;  ///< draining fails although PostgreSQL is available
    /// An event's id is already stored from another sender or with different content.
    std::function<void(const claim&)> claimed;
    /// After each attempt to append: why PostgreSQL was unavailable (one of failure_reasons(); empty: it was
    /// available), the error's text, and whether the server runs with fsync enabled.
    std::function<void(std::string_view reason, const std::string& said, bool is_durable)> appended;
  };

  commit_queue(boost::asio::io_context& io, session, settings);
  ~commit_queue();  ///< waits for the commit in progress; queued deliveries are dropped without an answer

  /// Calls back with errc::unavailable at once if a limit on waiting deliveries is reached.
  void append(entry, done);

  /// Applies new limits from the next delivery on.
  void use(const limits&);

  /// Deliveries that were acknowledged but are not in PostgreSQL yet.
  const spool::contents& spooled() const;
  /// Whether PostgreSQL was unavailable for the last attempt.
  bool is_postgres_away() const;
  /// Whether there is a spool with room.
  bool can_spool() const;

  /// Stops draining: spooled deliveries stay for the next start.
  void stop();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}
