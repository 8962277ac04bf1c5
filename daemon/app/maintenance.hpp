#pragma once
// The daemon's periodic work.
#include <functional>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/database/private_postgres.hpp"
#include "daemon/database/session.hpp"
#include "daemon/ledger/source_journal.hpp"
#include "daemon/log/log.hpp"
#include "daemon/system/process.hpp"
#include "daemon/system/worker.hpp"
#include "daemon/telemetry/metrics.hpp"

namespace releasehealth {

/// Periodic work: each second the system's clock and the private PostgreSQL are checked, each hour old bodies are
/// dropped, at most each minute the journal of sources is written (both on a thread of its own), and the service
/// manager's watchdog is notified. Belongs to the io thread.
class maintenance {
 public:
  struct parts {
    boost::asio::io_context& io;
    session database;
    ledger::private_postgres* postgres;  ///< null: an external server
    const logger& log;
    metrics& own;
    ledger::source_journal& journal;
    std::function<timestamp()> clock;
  };
  explicit maintenance(parts);

  void start();
  /// How long bodies are kept after receipt; 0: forever. Called at the start and after a reload.
  void keep_bodies(duration length) { keep_bodies_ = length; }
  /// Starts no more rounds; work on the thread finishes by itself.
  void stop();
  /// Waits for the thread.
  void join() { thread_.join(); }

 private:
  void repeat(boost::asio::steady_timer&, duration, void (maintenance::*round)());
  void look();
  void look_at_clock();
  void look_at_postgres();
  void keep_house();
  void write_journal();
  void stay_alive();

  parts parts_;
  duration keep_bodies_{0};
  bool is_stopped_ = false;
  boost::asio::steady_timer second_, journal_, hour_, watchdog_;
  std::optional<std::chrono::steady_clock::time_point> journal_written_;
  clock_watch clocks_;
  worker thread_{"retention"};
};

}
