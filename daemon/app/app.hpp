#pragma once
// The daemon: its parts, constructed in order of lifetime, and its shutdown.
#include <filesystem>
#include <functional>
#include <memory>

#include "daemon/config/config.hpp"

namespace releasehealth {

class app {
 public:
  /// `file`: the configuration file, for reloads, which also reconfigure the logger. Starts the private PostgreSQL if
  /// none is configured, and binds both listeners. Throws std::exception if that fails. Main thread.
  app(const config&, std::filesystem::path file, logger&, std::function<timestamp()> clock);
  ~app();

  /// Serves until stop(), SIGTERM or SIGINT, then lets the requests in progress finish.
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
