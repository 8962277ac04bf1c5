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

// A rule of these files, for GCC 12: in a line with co_await nothing is built with braces and no lambda captures by
// value; such temporaries are destroyed twice. They get a name on the line above.

namespace releasehealth::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

// The executor by its own type: Asio's any_io_executor costs a call through a pointer and a copy at each step.
using executor = asio::io_context::executor_type;
using tcp_socket = asio::basic_stream_socket<tcp, executor>;
using tcp_acceptor = asio::basic_socket_acceptor<tcp, executor>;
using tls_stream = beast::ssl_stream<tcp_socket>;
template <class T>
using awaitable = asio::awaitable<T, executor>;
inline constexpr asio::use_awaitable_t<executor> use_awaitable;

/// Of who connected just before the end, or came too many.
inline constexpr auto first_head_deadline = std::chrono::seconds(1);
/// Most requests in one read: Beast would begin with 512 bytes.
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
  /// Says 503 to whoever asks at once; a TLS handshake is not worth it.
  awaitable<void> turn_away(tcp_socket);
  awaitable<void> serve_plain(tcp_socket, connections::entry& own);
  awaitable<void> serve_secured(tcp_socket, connections::entry& own);
  /// Whoever still sends what is not read would lose the answer: closing resets the connection then. What comes within
  /// the deadline is thrown away.
  awaitable<void> linger(tcp_socket&, deadlines::one&);
  static void close(tcp_socket&);

  /// What follows an answer; `linger`: the request was refused before all of it was read.
  enum class then { next, close, linger };

  /// The part of a body that counts among all that are on their way in.
  struct share {
    /// Is always taken: what all connections may send of these is bounded.
    static constexpr std::size_t small_body = std::size_t{64} * 1024;
    state& of;
    std::size_t bytes = 0;
    explicit share(state& s) : of(s) {}
    share(const share&) = delete;
    ~share() { of.buffered -= bytes; }
    bool grow_to(std::size_t size) {
      const auto counted = size <= small_body ? 0 : size;
      of.buffered += counted - bytes;
      bytes = counted;
      return of.buffered <= of.bounds.buffered_bytes || counted == 0;
    }
  };

  /// One request after the other.
  template <class Stream>
  awaitable<then> converse(Stream&, connections::entry& own, deadlines::one&);
  /// Reads and answers one request.
  template <class Stream>
  awaitable<then> one_request(Stream&, beast::flat_buffer&, header_memory&, connections::entry& own, deadlines::one&);
  /// In one piece, by one operation.
  template <class Stream>
  awaitable<error_code> say(Stream&, const response&, unsigned version, bool keep, bool head_only = false);
  template <class Stream>
  awaitable<then> refuse(Stream&, error_code why);
  /// Waits for the handler's answer; whatever it throws becomes a 500 that discloses nothing.
  awaitable<response> handle(request&);
};

}
