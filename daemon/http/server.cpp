#include "daemon/http/server.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include "daemon/http/beast_messages.hpp"
#include "daemon/http/connections.hpp"
#include "daemon/http/deadlines.hpp"

// A rule of this file, for GCC 12: in a line with co_await nothing is built with braces and no lambda captures by
// value; such temporaries are destroyed twice. They get a name on the line above.

namespace releasehealth::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

// The executor by its own type: Asio's any_io_executor costs a call through a pointer and a copy at each step.
using executor = asio::io_context::executor_type;
using tcp_socket = asio::basic_stream_socket<tcp, executor>;
using tcp_acceptor = asio::basic_socket_acceptor<tcp, executor>;
template <class T>
using awaitable = asio::awaitable<T, executor>;
constexpr asio::use_awaitable_t<executor> use_awaitable;

namespace {

constexpr auto handshake_deadline = std::chrono::seconds(10);
constexpr auto first_head_deadline = std::chrono::seconds(1);  // of who connected just before the end, or came too many
constexpr auto goodbye_deadline = std::chrono::seconds(1);
constexpr auto descriptors_pause = std::chrono::milliseconds(200);
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::size_t accepts_at_once = 64;
constexpr std::size_t read_ahead =
    std::size_t{16} * 1024;                 // most requests in one read: Beast would begin with 512 bytes
constexpr std::size_t header_bytes = 2048;  // of most heads, parsed
constexpr std::size_t small_body =
    std::size_t{64} * 1024;                   // is always taken: what all connections may send of these is bounded
constexpr std::size_t most_turned_away = 64;  // at a time; more are closed without a word

response come_back_later(std::string_view why) {
  auto out = problem(503, "Service Unavailable", why);
  out.header.emplace_back("Retry-After", "5");
  return out;
}

}

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

  state(asio::io_context& i, const endpoint& at, service s, limits l)
      : io(i), acceptor(i), serves(std::move(s)), bounds(l), times(std::make_shared<deadlines>(i)), drained(i) {
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

  awaitable<void> accept_loop() {
    const auto self = shared_from_this();
    asio::steady_timer pause(io);
    acceptor.non_blocking(true);
    while (!draining) {
      error_code ec;
      tcp_socket socket = co_await acceptor.async_accept(asio::redirect_error(use_awaitable, ec));
      // all at once: a flood must not fill the kernel's queue, where who is dropped waits for a second
      for (std::size_t n = 1; !ec; ++n) {
        asio::co_spawn(io, serve(std::move(socket)), asio::detached);
        if (n == accepts_at_once) break;
        socket = tcp_socket(io);
        acceptor.accept(socket, ec);
      }
      if (ec == asio::error::operation_aborted) break;
      if (ec && draining) break;
      // out of descriptors, say: neither spin nor give up; who waits in the kernel's queue is not lost
      if (ec && ec != asio::error::would_block) {
        if (ec == asio::error::no_descriptors || ec == boost::system::errc::too_many_files_open_in_system)
          serves.reached("open_files");
        pause.expires_after(descriptors_pause);
        co_await pause.async_wait(asio::redirect_error(use_awaitable, ec));
      }
    }
  }

  awaitable<void> serve(tcp_socket socket) {
    const auto self = shared_from_this();
    error_code ec;
    const auto remote = socket.remote_endpoint(ec);
    const std::string peer = ec ? std::string() : remote.address().to_string();
    socket.set_option(tcp::no_delay(true), ec);
    const auto admission = all.enter(peer, bounds.connections, bounds.connections_per_peer);
    if (!admission.limit.empty()) serves.reached(admission.limit);
    if (!admission.as) {
      co_await turn_away(std::move(socket));
      co_return;
    }
    const auto own = *admission.as;
    if (secure)
      co_await serve_secured(std::move(socket), *own);
    else
      co_await serve_plain(std::move(socket), *own);
    all.leave(own);
  }

  /// Says 503 to whoever asks at once; a TLS handshake is not worth it.
  awaitable<void> turn_away(tcp_socket socket) {
    if (secure || turned_away >= most_turned_away) co_return;
    ++turned_away;
    deadlines::one deadline(times, [&socket] { close(socket); });
    beast::flat_buffer buffer;
    bhttp::request_parser<bhttp::string_body> parser;
    parser.header_limit(bounds.header_bytes);
    parser.body_limit(boost::none);  // it is not read
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

  awaitable<void> serve_plain(tcp_socket socket, connections::entry& own) {
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

  /// Whoever still sends what is not read would lose the answer: closing resets the connection then. What comes within
  /// the deadline is thrown away.
  awaitable<void> linger(tcp_socket& socket, deadlines::one& deadline) {
    std::array<char, read_ahead> rest{};
    error_code ec;
    socket.shutdown(tcp::socket::shutdown_send, ec);
    deadline.expires_after(goodbye_deadline);
    const auto into = asio::buffer(rest);
    while (!ec) co_await socket.async_read_some(into, asio::redirect_error(use_awaitable, ec));
  }

  awaitable<void> serve_secured(tcp_socket socket, connections::entry& own) {
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

  static void close(tcp_socket& socket) {
    error_code ec;
    socket.close(ec);
  }

  /// What follows an answer; `linger`: the request was refused before all of it was read.
  enum class then { next, close, linger };

  template <class Stream>
  awaitable<then> converse(Stream& stream, connections::entry& own, deadlines::one& deadline) {
    beast::flat_buffer buffer;
    buffer.reserve(read_ahead);
    std::array<std::byte, header_bytes> begin{};
    header_memory headers(begin.data(), begin.size());
    auto after = co_await one_request(stream, buffer, headers, own,
                                      deadline);  // also while it drains: somebody connected in time
    while (after == then::next && !draining) {
      headers.release();
      after = co_await one_request(stream, buffer, headers, own, deadline);
    }
    own.at = stage::waits;
    co_return after;
  }

  /// The part of a body that counts among all that are on their way in.
  struct share {
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

  /// Reads and answers one request.
  template <class Stream>
  awaitable<then> one_request(Stream& stream, beast::flat_buffer& buffer, header_memory& headers,
                              connections::entry& own, deadlines::one& deadline) {
    incoming_parser parser(std::piecewise_construct, std::tuple<>(), std::tuple(header_allocator(&headers)));
    parser.header_limit(bounds.header_bytes);
    parser.body_limit(bounds.body_bytes);  // before the head: lowering it later is ignored for Content-Length bodies
    error_code ec;
    deadline.expires_after(bounds.idle_deadline);
    own.at = stage::waits;
    co_await bhttp::async_read_header(stream, buffer, parser, asio::redirect_error(use_awaitable, ec));
    own.has_asked = true;
    if (deadline.has_passed() && buffer.size() > 0) serves.reached("idle_timeout");
    if (ec) co_return co_await refuse(stream, ec);

    own.at = stage::receives;
    request in = head_of(parser.get(), own.peer);
    const bool head_only = in.method == "HEAD";
    if (head_only) in.method = "GET";
    deadline.expires_after(bounds.request_deadline);
    response out;
    share held(*this);
    bool keep = parser.get().keep_alive();
    const auto limit = serves.body_limit(in);
    const auto length = parser.content_length();
    if (length && *length > limit) {
      out = refusal(bhttp::error::body_limit);
      keep = false;
    } else {
      if (!length) parser.body_limit(limit);  // chunked: this is the limit that counts
      if (beast::iequals(parser.get()[bhttp::field::expect], "100-continue")) {
        co_await asio::async_write(stream, asio::buffer(go_on), asio::redirect_error(use_awaitable, ec));
        if (ec) co_return then::close;
      }
      if (!parser.is_done()) {  // most bodies came with their heads
        const auto read = parser.put(buffer.data(), ec);
        buffer.consume(read);
        if (ec == bhttp::error::need_more) ec = {};
      }
      bool has_room = held.grow_to(parser.get().body().size());
      while (!ec && has_room && !parser.is_done()) {
        co_await bhttp::async_read_some(stream, buffer, parser, asio::redirect_error(use_awaitable, ec));
        has_room = held.grow_to(parser.get().body().size());
      }
      if (deadline.has_passed()) serves.reached("request_timeout");
      if (ec && !is_mistake_of_sender(ec)) co_return then::close;
      if (ec) {
        out = refusal(ec);
        keep = false;
      } else if (!has_room) {
        serves.reached("max_buffered_bytes");
        std::string().swap(parser.get().body());  // at once: the others who send are not to be refused for this one
        held.grow_to(0);
        out = come_back_later("too many large bodies are on their way in");
        keep = false;
      } else {
        in.body = std::move(parser.get().body());
        own.at = stage::is_served;
        deadline.expires_never();
        out = co_await handle(in);
      }
    }
    serves.done(in, out);
    keep = keep && !draining;
    deadline.expires_after(bounds.request_deadline);
    ec = co_await say(stream, out, parser.get().version(), keep, head_only);
    if (ec) co_return then::close;
    if (!parser.is_done()) co_return then::linger;
    co_return keep ? then::next : then::close;
  }

  /// In one piece, by one operation.
  template <class Stream>
  awaitable<error_code> say(Stream& stream, const response& answer, unsigned version, bool keep,
                            bool head_only = false) {
    const auto head = head_text(answer, version, keep);
    const auto body = head_only ? asio::const_buffer() : asio::buffer(answer.body);
    const std::array<asio::const_buffer, 2> parts = {asio::buffer(head), body};
    error_code ec;
    co_await asio::async_write(stream, parts, asio::redirect_error(use_awaitable, ec));
    co_return ec;
  }

  template <class Stream>
  awaitable<then> refuse(Stream& stream, error_code why) {
    if (why == bhttp::error::header_limit) serves.reached("max_header_bytes");
    if (!is_mistake_of_sender(why)) co_return then::close;
    const auto answer = refusal(why);
    co_await say(stream, answer, 11, false);
    co_return then::linger;
  }

  /// Waits for the handler's answer; whatever it throws becomes a 500 that discloses nothing.
  awaitable<response> handle(request& in) {
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
    return asio::async_initiate<const asio::use_awaitable_t<executor>&, void(response)>(std::move(start),
                                                                                        use_awaitable);
  }

  awaitable<void> drain(std::chrono::milliseconds deadline, std::function<void()> done) {
    const auto self = shared_from_this();
    draining = true;
    error_code ec;
    acceptor.close(ec);
    const auto begin = std::chrono::steady_clock::now(), end = begin + deadline;
    while (all.count() > 0 && std::chrono::steady_clock::now() < end) {
      const bool is_late = std::chrono::steady_clock::now() > begin + first_head_deadline;
      all.close_waiting(is_late);
      drained.expires_after(std::chrono::milliseconds(20));
      co_await drained.async_wait(asio::redirect_error(use_awaitable, ec));
    }
    all.close_all();
    done();
  }
};

server::server(asio::io_context& io, const endpoint& at, service s, limits l)
    : state_(std::make_shared<state>(io, at, std::move(s), l)) {
  asio::co_spawn(io, state_->accept_loop(), asio::detached);
}
server::~server() = default;
server::server(server&&) noexcept = default;

void server::use(const limits& l) { state_->bounds = l; }

std::uint16_t server::port() const { return state_->acceptor.local_endpoint().port(); }

void server::drain(std::chrono::milliseconds deadline, std::function<void()> done) {
  asio::co_spawn(state_->io, state_->drain(deadline, std::move(done)), asio::detached);
}

}
