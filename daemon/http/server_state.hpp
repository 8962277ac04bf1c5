#pragma once
// A listener and its connections, for the files that implement the server: server.cpp accepts and drains,
// connection.cpp serves one connection, exchange.cpp one request.
#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/ssl.hpp>

#include "daemon/http/beast_messages.hpp"
#include "daemon/http/connections.hpp"
#include "daemon/http/deadlines.hpp"
#include "daemon/http/server.hpp"

// Rule for these files, because of GCC 12: a line with co_await contains no braced initialisation and no lambda that
// captures by value, as it destroys such temporaries twice. They get a name on the line above.

namespace releasehealth::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

// A concrete executor type: Asio's any_io_executor costs an indirect call and a copy at each step.
using executor = asio::io_context::executor_type;
using tcp_socket = asio::basic_stream_socket<tcp, executor>;
using tcp_acceptor = asio::basic_socket_acceptor<tcp, executor>;
using tls_stream = beast::ssl_stream<tcp_socket>;
template <class T>
using awaitable = asio::awaitable<T, executor>;
inline constexpr asio::use_awaitable_t<executor> use_awaitable;

/// Time for the first request header of clients that connected just before shutdown or beyond the limit.
inline constexpr auto first_head_deadline = std::chrono::seconds(1);
/// Holds most requests in one read; Beast would start with 512 bytes.
inline constexpr std::size_t read_ahead = std::size_t{16} * 1024;

response come_back_later(std::string_view why);

struct server::state : std::enable_shared_from_this<state> {
  using stage = connections::stage;

  asio::io_context& io;
  tcp_acceptor acceptor;
  service serves;
  limits bounds;
  std::optional<tls> secure;
  connections all;
  std::shared_ptr<deadlines> times;
  std::size_t turned_away = 0, buffered = 0;
  bool draining = false;
  asio::steady_timer drained;

  state(asio::io_context&, const endpoint&, service, limits);

  awaitable<void> accept_loop();
  awaitable<void> drain(std::chrono::milliseconds deadline, std::function<void()> done);

  awaitable<void> serve(tcp_socket);
  /// Responds 503 to a client that sends its request at once; not over TLS, as the handshake costs too much.
  awaitable<void> turn_away(tcp_socket);
  awaitable<void> serve_plain(tcp_socket, connections::entry& own);
  awaitable<void> serve_secured(tcp_socket, connections::entry& own);
  /// Discards what the client still sends, until the deadline. Closing a socket with unread data resets the connection,
  /// and the client would lose the response.
  awaitable<void> linger(tcp_socket&, deadlines::one&);
  static void close(tcp_socket&);

  /// The next step after a response; `linger`: the request was rejected before all of it was read.
  enum class then { next, close, linger };

  /// A request body's share of the total size of bodies being received.
  struct share {
    /// Always granted: the total of small bodies is bounded by the number of connections.
    static constexpr std::size_t small_body = std::size_t{64} * 1024;
    state& owner;
    std::size_t bytes = 0;
    explicit share(state& s) : owner(s) {}
    share(const share&) = delete;
    ~share() { owner.buffered -= bytes; }
    bool grow_to(std::size_t size) {
      const auto counted = size <= small_body ? 0 : size;
      owner.buffered += counted - bytes;
      bytes = counted;
      return owner.buffered <= owner.bounds.buffered_bytes || counted == 0;
    }
  };

  /// Serves the requests of a connection one after the other.
  template <class Stream>
  awaitable<then> converse(Stream&, connections::entry& own, deadlines::one&);
  /// Reads one request and responds to it.
  template <class Stream>
  awaitable<then> one_request(Stream&, beast::flat_buffer&, header_memory&, connections::entry& own, deadlines::one&);
  /// Writes a whole response with one operation.
  template <class Stream>
  awaitable<error_code> say(Stream&, const response&, unsigned version, bool keep, bool head_only = false);
  template <class Stream>
  awaitable<then> refuse(Stream&, error_code why);
  /// Waits for the handler's response; an exception becomes a 500 without details.
  awaitable<response> handle(request&);
};

}
