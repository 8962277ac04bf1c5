// A connection: admission or rejection, optional TLS, and a close that does not lose the last response.
#include <array>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>

#include "daemon/http/server_state.hpp"

namespace releasehealth::http {
namespace {

constexpr auto handshake_deadline = std::chrono::seconds(10);
constexpr auto goodbye_deadline = std::chrono::seconds(1);
constexpr std::size_t most_turned_away = 64;  // at a time; further ones are closed without a response

}

awaitable<void> server::state::serve(tcp_socket socket) {
  const auto self = shared_from_this();
  error_code ec;
  const auto remote = socket.remote_endpoint(ec);
  const std::string peer = ec ? std::string() : remote.address().to_string();
  socket.set_option(tcp::no_delay(true), ec);
  const auto admission = all.enter(peer, bounds.connections, bounds.connections_per_peer);
  if (!admission.limit.empty()) serves.reached(admission.limit);
  if (!admission.admitted) {
    co_await turn_away(std::move(socket));
    co_return;
  }
  const auto own = *admission.admitted;
  if (secure)
    co_await serve_secured(std::move(socket), *own);
  else
    co_await serve_plain(std::move(socket), *own);
  all.leave(own);
}

awaitable<void> server::state::turn_away(tcp_socket socket) {
  if (secure || turned_away >= most_turned_away) co_return;
  ++turned_away;
  deadlines::one deadline(times, [&socket] { close(socket); });
  beast::flat_buffer buffer;
  bhttp::request_parser<bhttp::string_body> parser;
  parser.header_limit(bounds.header_bytes);
  parser.body_limit(boost::none);  // the body is not read
  error_code ec;
  deadline.expires_after(first_head_deadline);
  co_await bhttp::async_read_header(socket, buffer, parser, asio::redirect_error(use_awaitable, ec));
  if (!ec) {
    const auto answer = come_back_later("too many connections");
    co_await say(socket, answer, 11, false);
    co_await linger(socket, deadline);
  }
  --turned_away;
}

awaitable<void> server::state::serve_plain(tcp_socket socket, connections::entry& own) {
  own.close = [&socket] { close(socket); };
  deadlines::one deadline(times, own.close);
  const auto last = co_await converse(socket, own, deadline);
  error_code ec;
  if (last == then::linger)
    co_await linger(socket, deadline);
  else
    socket.shutdown(tcp::socket::shutdown_send, ec);
  own.close = nullptr;
}

awaitable<void> server::state::linger(tcp_socket& socket, deadlines::one& deadline) {
  std::array<char, read_ahead> rest{};
  error_code ec;
  socket.shutdown(tcp::socket::shutdown_send, ec);
  deadline.expires_after(goodbye_deadline);
  const auto discarded = asio::buffer(rest);
  while (!ec) co_await socket.async_read_some(discarded, asio::redirect_error(use_awaitable, ec));
}

awaitable<void> server::state::serve_secured(tcp_socket socket, connections::entry& own) {
  const auto context = secure->current();
  beast::ssl_stream<tcp_socket> stream(std::move(socket), *context);
  auto& plain = stream.next_layer();
  own.close = [&plain] { close(plain); };
  deadlines::one deadline(times, own.close);
  error_code ec;
  deadline.expires_after(handshake_deadline);
  co_await stream.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(use_awaitable, ec));
  if (deadline.has_passed()) serves.reached("idle_timeout");
  auto last = then::close;
  if (!ec) last = co_await converse(stream, own, deadline);
  if (!ec) {
    deadline.expires_after(goodbye_deadline);
    co_await stream.async_shutdown(asio::redirect_error(use_awaitable, ec));
    if (last == then::linger) co_await linger(plain, deadline);
  }
  own.close = nullptr;
}

void server::state::close(tcp_socket& socket) {
  error_code ec;
  socket.close(ec);
}

}
