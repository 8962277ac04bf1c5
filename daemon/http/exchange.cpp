// One request of a connection: reads it within the limits and sends the handler's response or an error.
#include <array>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http.hpp>

#include "daemon/http/problem.hpp"
#include "daemon/http/server_state.hpp"

namespace releasehealth::http {
namespace {

constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::size_t header_bytes = 2048;  // enough for the parsed header of most requests

}

response come_back_later(std::string_view why) {
  auto out = problem(503, why);
  out.header.emplace_back("Retry-After", "5");
  return out;
}

template <class Stream>
awaitable<error_code> server::state::say(Stream& stream, const response& answer, unsigned version, bool keep,
                                         bool head_only) {
  const auto head = head_text(answer, version, keep);
  const auto body = head_only ? asio::const_buffer() : asio::buffer(answer.body);
  const std::array<asio::const_buffer, 2> parts = {asio::buffer(head), body};
  error_code ec;
  co_await asio::async_write(stream, parts, asio::redirect_error(use_awaitable, ec));
  co_return ec;
}

template <class Stream>
awaitable<server::state::then> server::state::refuse(Stream& stream, error_code why) {
  if (why == bhttp::error::header_limit) serves.reached("max_header_bytes");
  if (!is_mistake_of_sender(why)) co_return then::close;
  const auto answer = refusal(why);
  co_await say(stream, answer, 11, false);
  co_return then::linger;
}

awaitable<response> server::state::handle(request& asked) {
  auto start = [this, &asked](auto completion) {
    auto guard = asio::make_work_guard(completion);
    auto held =
        std::make_shared<std::pair<decltype(completion), decltype(guard)>>(std::move(completion), std::move(guard));
    auto reply = [held](response r) {
      auto run = [held, r = std::move(r)]() mutable {
        held->second.reset();  // a stored responder must not keep the io context running
        std::move(held->first)(std::move(r));
      };
      asio::post(held->second.get_executor(), std::move(run));  // never within the handler's call stack
    };
    try {
      serves.handle(asked, reply);
    } catch (const std::exception&) {
      reply(problem(500, "the request could not be served"));
    }
  };
  return asio::async_initiate<const asio::use_awaitable_t<executor>&, void(response)>(std::move(start), use_awaitable);
}

template <class Stream>
awaitable<server::state::then> server::state::one_request(Stream& stream, beast::flat_buffer& buffer,
                                                          header_memory& headers, connections::entry& own,
                                                          deadlines::one& deadline) {
  incoming_parser parser(std::piecewise_construct, std::tuple<>(), std::tuple(header_allocator(&headers)));
  parser.header_limit(bounds.header_bytes);
  parser.body_limit(bounds.body_bytes);  // before the header: lowering it later has no effect for Content-Length bodies
  error_code ec;
  deadline.expires_after(bounds.idle_deadline);
  own.phase = stage::waits;
  co_await bhttp::async_read_header(stream, buffer, parser, asio::redirect_error(use_awaitable, ec));
  own.has_asked = true;
  if (deadline.has_passed() && buffer.size() > 0) serves.reached("idle_timeout");
  if (ec) co_return co_await refuse(stream, ec);

  own.phase = stage::receives;
  request asked = head_of(parser.get(), own.peer);
  const bool head_only = asked.method == "HEAD";
  if (head_only) asked.method = "GET";
  deadline.expires_after(bounds.request_deadline);
  response out;
  share held(*this);
  bool keep = parser.get().keep_alive();
  const auto limit = serves.body_limit(asked);
  const auto length = parser.content_length();
  if (length && *length > limit) {
    out = refusal(bhttp::error::body_limit);
    keep = false;
  } else {
    if (!length) parser.body_limit(limit);  // chunked: this limit applies
    if (beast::iequals(parser.get()[bhttp::field::expect], "100-continue")) {
      co_await asio::async_write(stream, asio::buffer(go_on), asio::redirect_error(use_awaitable, ec));
      if (ec) co_return then::close;
    }
    if (!parser.is_done()) {  // most bodies arrive together with their header
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
      std::string().swap(parser.get().body());  // at once, so that other senders are not rejected for this one
      held.grow_to(0);
      out = come_back_later("too many large request bodies are being received");
      keep = false;
    } else {
      asked.body = std::move(parser.get().body());
      own.phase = stage::is_served;
      deadline.expires_never();
      out = co_await handle(asked);
    }
  }
  serves.done(asked, out);
  keep = keep && !draining;
  deadline.expires_after(bounds.request_deadline);
  ec = co_await say(stream, out, parser.get().version(), keep, head_only);
  if (ec) co_return then::close;
  if (!parser.is_done()) co_return then::linger;
  co_return keep ? then::next : then::close;
}

template <class Stream>
awaitable<server::state::then> server::state::converse(Stream& stream, connections::entry& own,
                                                       deadlines::one& deadline) {
  beast::flat_buffer buffer;
  buffer.reserve(read_ahead);
  std::array<std::byte, header_bytes> begin{};
  header_memory headers(begin.data(), begin.size());
  auto step = co_await one_request(stream, buffer, headers, own,
                                   deadline);  // also while draining: the client connected in time
  while (step == then::next && !draining) {
    headers.release();
    step = co_await one_request(stream, buffer, headers, own, deadline);
  }
  own.phase = stage::waits;
  co_return step;
}

template awaitable<server::state::then> server::state::converse(tcp_socket&, connections::entry&, deadlines::one&);
template awaitable<server::state::then> server::state::converse(tls_stream&, connections::entry&, deadlines::one&);
template awaitable<error_code> server::state::say(tcp_socket&, const response&, unsigned, bool, bool);

}
