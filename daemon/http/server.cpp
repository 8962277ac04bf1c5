#include "daemon/http/server.hpp"

#include <map>
#include <optional>
#include <set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/url.hpp>

// A rule of this file, for GCC 12: in a line with co_await nothing is built with braces and no lambda captures by
// value; such temporaries are destroyed twice. They get a name on the line above.

namespace releasehealth::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using tcp = asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr auto handshake_deadline = std::chrono::seconds(10);
constexpr auto first_head_deadline = std::chrono::seconds(1);  // of who connected just before the end
constexpr auto goodbye_deadline = std::chrono::seconds(1);

using message = bhttp::response<bhttp::string_body>;

message to_message(response r, unsigned version, bool keep_alive, bool head_only) {
  message m{static_cast<bhttp::status>(r.status), version};
  if (!r.content_type.empty()) m.set(bhttp::field::content_type, r.content_type);
  for (const auto& [name, value] : r.header) m.set(name, value);
  m.keep_alive(keep_alive);
  m.content_length(r.body.size());
  if (!head_only) m.body() = std::move(r.body);
  return m;
}

request head_of(const bhttp::request<bhttp::string_body>& in, const std::string& peer) {
  request r;
  r.method = std::string(in.method_string());
  r.peer = peer;
  const auto target = in.target();
  const auto mark = std::min(target.find('?'), target.size());
  const auto path = boost::urls::make_pct_string_view(target.substr(0, mark));
  if (path) r.path = path->decode();
  if (mark < target.size()) r.query = std::string(target.substr(mark + 1));
  for (const auto& field : in) r.header.add(std::string(field.name_string()), std::string(field.value()));
  return r;
}

response refusal(const error_code& ec) {
  if (ec == bhttp::error::body_limit)
    return problem(413, "Content Too Large", "the body is larger than this endpoint takes");
  if (ec == bhttp::error::header_limit)
    return problem(431, "Request Header Fields Too Large", "the head is larger than 16 KiB");
  return problem(400, "Bad Request", "not HTTP: " + ec.message());
}

bool is_mistake_of_sender(const error_code& ec) {
  static const error_code any_http_error = bhttp::error::end_of_stream;
  return ec.category() == any_http_error.category() && ec != bhttp::error::end_of_stream &&
         ec != bhttp::error::partial_message;
}

}

struct server::state : std::enable_shared_from_this<state> {
  asio::io_context& io;
  tcp::acceptor acceptor;
  service serves;
  limits bounds;
  std::optional<tls> secure;
  std::size_t connections = 0;
  std::map<std::string, std::size_t, std::less<>> by_peer;
  std::set<beast::tcp_stream*> idle, fresh;  ///< waiting for a head; for their first
  bool draining = false;
  asio::steady_timer drained;
  std::set<beast::tcp_stream*> open;

  state(asio::io_context& i, const endpoint& at, service s, limits l)
      : io(i), acceptor(i), serves(std::move(s)), bounds(l), drained(i) {
    if (at.tls) secure.emplace(*at.tls);
    if (at.inherited) {
      sockaddr_storage bound{};
      socklen_t size = sizeof bound;
      (void)getsockname(*at.inherited, reinterpret_cast<sockaddr*>(&bound), &size);
      acceptor.assign(bound.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), *at.inherited);
      return;
    }
    const tcp::endpoint where(asio::ip::make_address(at.address), at.port);
    acceptor.open(where.protocol());
    acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.bind(where);
    acceptor.listen();
  }

  asio::awaitable<void> accept_loop() {
    const auto self = shared_from_this();
    asio::steady_timer pause(io);
    while (!draining) {
      error_code ec;
      tcp::socket socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, ec));
      if (ec == asio::error::operation_aborted) break;
      if (ec && draining) break;
      if (ec) {  // out of descriptors, say: neither spin nor give up
        pause.expires_after(std::chrono::milliseconds(200));
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        continue;
      }
      asio::co_spawn(io, serve(std::move(socket)), asio::detached);
    }
  }

  asio::awaitable<void> serve(tcp::socket socket) {
    const auto self = shared_from_this();
    error_code ec;
    const auto remote = socket.remote_endpoint(ec);
    const std::string peer = ec ? std::string() : remote.address().to_string();
    socket.set_option(tcp::no_delay(true), ec);
    ++connections;
    ++by_peer[peer];
    if (secure)
      co_await serve_secured(std::move(socket), peer);
    else
      co_await serve_plain(std::move(socket), peer);
    --connections;
    if (--by_peer[peer] == 0) by_peer.erase(peer);
  }

  asio::awaitable<void> serve_plain(tcp::socket socket, std::string peer) {
    beast::tcp_stream stream(std::move(socket));
    co_await converse(stream, peer);
    error_code ec;
    stream.socket().shutdown(tcp::socket::shutdown_send, ec);
  }

  asio::awaitable<void> serve_secured(tcp::socket socket, std::string peer) {
    const auto context = secure->current();
    beast::ssl_stream<beast::tcp_stream> stream(beast::tcp_stream(std::move(socket)), *context);
    auto& plain = beast::get_lowest_layer(stream);
    error_code ec;
    plain.expires_after(handshake_deadline);
    co_await stream.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, ec));
    if (ec) co_return;
    co_await converse(stream, peer);
    plain.expires_after(goodbye_deadline);
    co_await stream.async_shutdown(asio::redirect_error(asio::use_awaitable, ec));
  }

  template <class Stream>
  asio::awaitable<void> converse(Stream& stream, const std::string& peer) {
    auto& plain = beast::get_lowest_layer(stream);
    open.insert(&plain);
    fresh.insert(&plain);
    beast::flat_buffer buffer;
    bool keep = co_await one_request(stream, buffer, peer);  // also while it drains: somebody connected in time
    while (keep && !draining) keep = co_await one_request(stream, buffer, peer);
    fresh.erase(&plain);
    open.erase(&plain);
  }

  bool is_crowded(const std::string& peer) const {
    const auto of_peer = by_peer.find(peer);
    return connections > bounds.connections ||
           (of_peer != by_peer.end() && of_peer->second > bounds.connections_per_peer);
  }

  /// Reads and answers one request. False when the connection is done.
  template <class Stream>
  asio::awaitable<bool> one_request(Stream& stream, beast::flat_buffer& buffer, const std::string& peer) {
    auto& plain = beast::get_lowest_layer(stream);
    bhttp::request_parser<bhttp::string_body> parser;
    parser.header_limit(bounds.header_bytes);
    parser.body_limit(bounds.body_bytes);  // before the head: lowering it later is ignored for Content-Length bodies
    error_code ec;
    plain.expires_after(bounds.idle_deadline);
    idle.insert(&plain);
    co_await bhttp::async_read_header(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, ec));
    idle.erase(&plain);
    fresh.erase(&plain);
    if (ec) co_return co_await refuse(stream, ec);

    request in = head_of(parser.get(), peer);
    const bool head_only = in.method == "HEAD";
    if (head_only) in.method = "GET";
    plain.expires_after(bounds.request_deadline);
    response out;
    bool keep = parser.get().keep_alive();
    const auto limit = serves.body_limit(in);
    const auto length = parser.content_length();
    if (is_crowded(peer)) {
      out = problem(503, "Service Unavailable", "too many connections");
      out.header.emplace_back("Retry-After", "5");
      keep = false;
    } else if (length && *length > limit) {
      out = refusal(bhttp::error::body_limit);
      keep = false;
    } else {
      if (!length) parser.body_limit(limit);  // chunked: this is the limit that counts
      if (beast::iequals(parser.get()[bhttp::field::expect], "100-continue")) {
        message go_on(bhttp::status::continue_, parser.get().version());
        co_await bhttp::async_write(stream, go_on, asio::redirect_error(asio::use_awaitable, ec));
        if (ec) co_return false;
      }
      co_await bhttp::async_read(stream, buffer, parser, asio::redirect_error(asio::use_awaitable, ec));
      if (ec && !is_mistake_of_sender(ec)) co_return false;
      if (ec) {
        out = refusal(ec);
        keep = false;
      } else {
        in.body = std::move(parser.get().body());
        plain.expires_never();
        out = co_await handle(in);
      }
    }
    serves.done(in, out);
    keep = keep && !draining;
    message reply = to_message(std::move(out), parser.get().version(), keep, head_only);
    plain.expires_after(bounds.request_deadline);
    bhttp::response_serializer<bhttp::string_body> serializer(reply);
    if (head_only)
      co_await bhttp::async_write_header(stream, serializer, asio::redirect_error(asio::use_awaitable, ec));
    else
      co_await bhttp::async_write(stream, serializer, asio::redirect_error(asio::use_awaitable, ec));
    co_return keep && !ec;
  }

  template <class Stream>
  asio::awaitable<bool> refuse(Stream& stream, error_code why) {
    if (!is_mistake_of_sender(why)) co_return false;
    message reply = to_message(refusal(why), 11, false, false);
    error_code ec;
    co_await bhttp::async_write(stream, reply, asio::redirect_error(asio::use_awaitable, ec));
    co_return false;
  }

  /// Waits for the handler's answer; whatever it throws becomes a 500 that discloses nothing.
  asio::awaitable<response> handle(request& in) {
    auto start = [this, &in](auto completion) {
      auto guard = asio::make_work_guard(completion);
      auto held =
          std::make_shared<std::pair<decltype(completion), decltype(guard)>>(std::move(completion), std::move(guard));
      auto reply = [held](response r) {
        auto run = [held, r = std::move(r)]() mutable {
          held->second.reset();  // whoever keeps the responder must not keep the io context running
          std::move(held->first)(std::move(r));
        };
        asio::post(held->second.get_executor(), std::move(run));  // never from within the handler's own stack
      };
      try {
        serves.handle(in, reply);
      } catch (const std::exception&) {
        reply(problem(500, "Internal Server Error", "the request could not be served"));
      }
    };
    return asio::async_initiate<const asio::use_awaitable_t<>&, void(response)>(std::move(start), asio::use_awaitable);
  }

  asio::awaitable<void> drain(std::chrono::milliseconds deadline, std::function<void()> done) {
    const auto self = shared_from_this();
    draining = true;
    error_code ec;
    acceptor.close(ec);
    const auto begin = std::chrono::steady_clock::now(), end = begin + deadline;
    while (connections > 0 && std::chrono::steady_clock::now() < end) {
      const bool is_late = std::chrono::steady_clock::now() > begin + first_head_deadline;
      for (auto* stream : std::set(idle))
        if (is_late || !fresh.contains(stream)) stream->close();
      drained.expires_after(std::chrono::milliseconds(20));
      co_await drained.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    }
    for (auto* stream : std::set(open)) stream->close();
    done();
  }
};

server::server(asio::io_context& io, const endpoint& at, service s, limits l)
    : state_(std::make_shared<state>(io, at, std::move(s), l)) {
  asio::co_spawn(io, state_->accept_loop(), asio::detached);
}
server::~server() = default;
server::server(server&&) noexcept = default;

std::uint16_t server::port() const { return state_->acceptor.local_endpoint().port(); }

void server::drain(std::chrono::milliseconds deadline, std::function<void()> done) {
  asio::co_spawn(state_->io, state_->drain(deadline, std::move(done)), asio::detached);
}

}
