#pragma once
// An HTTP/1.1 listener on the io thread: sockets, limits, deadlines and a graceful end. Knows requests, not what they
// mean.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "daemon/http/message.hpp"
#include "daemon/http/tls.hpp"

namespace boost::asio {
class io_context;
}

namespace releasehealth::http {

struct endpoint {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one
  std::optional<tls_settings> tls = {};
  std::optional<int> inherited = {};  ///< a listening socket that somebody else made: it goes on when this server ends
};

/// Every limit of a listener, by name. What it is when nothing is configured stands in daemon/system/limits.hpp.
struct limits {
  std::uint32_t header_bytes = 16 * 1024;
  std::size_t body_bytes = std::size_t{100} * 1024 * 1024;  ///< the most that any route takes
  std::size_t buffered_bytes =
      std::size_t{256} * 1024 * 1024;                  ///< of all bodies on their way in, small ones not counted
  std::chrono::milliseconds request_deadline{30'000};  ///< from the end of its head to the end of its body
  std::chrono::milliseconds idle_deadline{60'000};     ///< from one answer to the end of the next head
  std::size_t connections = 512;
  std::size_t connections_per_peer = 256;  ///< of one address
};

class server {
 public:
  /// Binds and listens, or listens on what was inherited; throws boost::system::system_error if it cannot.
  server(boost::asio::io_context&, const endpoint&, service, limits);
  ~server();
  server(server&&) noexcept;

  std::uint16_t port() const;

  /// Other limits, from the next connection on.
  void use(const limits&);

  /// Stops accepting, lets the requests in progress end, closes idle connections at once and the rest after the
  /// deadline; then calls `done`.
  void drain(std::chrono::milliseconds deadline, std::function<void()> done);

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}
