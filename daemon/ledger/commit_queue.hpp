#pragma once
// Group commit: while one transaction is on its way to the disk, whatever arrives waits and goes with the next.
#include <functional>
#include <memory>

#include "daemon/ledger/append.hpp"

namespace boost::asio {
class io_context;
}

namespace releasehealth::ledger {

/// Belongs to the io thread; its own thread owns the connection. Completions run on the io thread.
class commit_queue {
 public:
  using done = std::function<void(result<stored>)>;

  commit_queue(boost::asio::io_context& io, session);
  ~commit_queue();  ///< waits for the commit on its way; what waits behind it is dropped unanswered

  /// errc::unavailable at once if too much waits already.
  void append(entry, done);

  static constexpr std::size_t max_waiting = 4096;                                  ///< entries
  static constexpr std::size_t max_waiting_bytes = std::size_t{256} * 1024 * 1024;  ///< of bodies

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}
