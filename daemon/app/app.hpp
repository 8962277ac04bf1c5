#pragma once
// The daemon: its parts, built in lifetime order, and its end.
#include <filesystem>
#include <functional>
#include <memory>

#include "daemon/config/config.hpp"

namespace releasehealth {

class app {
 public:
  /// `file` is where the configuration came from, for reloads, which also change the logger. Starts the private
  /// PostgreSQL, if there is to be one; binds both listeners. Throws what stops it. Belongs to the main thread.
  app(const config&, std::filesystem::path file, logger&, std::function<timestamp()> clock);
  ~app();

  /// Serves until stop() or SIGTERM or SIGINT, then lets the requests in progress end.
  void run();
  /// Any thread.
  void stop();

  std::uint16_t intake_port() const;
  std::uint16_t operations_port() const;

 private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

}
