#pragma once
// An HTTP/1.1 listener on the io thread: sockets, limits, deadlines and a graceful shutdown. Independent of the meaning
// of requests.
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
  std::optional<int> inherited = {};  ///< a listening socket made elsewhere; it stays open after this server ends
};

/// The limits of a listener. Configured defaults are in daemon/system/limits.hpp.
struct limits {
  std::uint32_t header_bytes = 16 * 1024;
  std::size_t body_bytes = std::size_t{100} * 1024 * 1024;  ///< the highest limit of any route
  std::size_t buffered_bytes =
      std::size_t{256} * 1024 * 1024;                  ///< total of request bodies being received, without small ones
  std::chrono::milliseconds request_deadline{30'000};  ///< from the end of a request header to the end of its body
  std::chrono::milliseconds idle_deadline{60'000};     ///< from one response to the end of the next request header
  std::size_t connections = 512;
  std::size_t connections_per_peer = 256;  ///< from one address
};

class server {
 public:
  /// Binds and listens, or uses the inherited socket; throws boost::system::system_error on failure.
  server(boost::asio::io_context&, const endpoint&, service, limits);
  ~server();
  server(server&&) noexcept;

  std::uint16_t port() const;

  /// New limits, for connections from now on.
  void use(const limits&);

  /// Stops accepting, completes requests in progress, closes idle connections at once and the rest after the deadline;
  /// then calls `done`.
  void drain(std::chrono::milliseconds deadline, std::function<void()> done);

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}
