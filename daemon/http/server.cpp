#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>

#include "daemon/http/server_state.hpp"

namespace releasehealth::http {
namespace {

constexpr auto descriptors_pause = std::chrono::milliseconds(200);
constexpr std::size_t accepts_at_once = 64;

}

server::state::state(asio::io_context& i, const endpoint& listener, service s, limits l)
    : io(i), acceptor(i), serves(std::move(s)), bounds(l), times(std::make_shared<deadlines>(i)), drained(i) {
  if (listener.tls) secure.emplace(*listener.tls);
  if (listener.inherited) {
    sockaddr_storage bound{};
    socklen_t size = sizeof bound;
    (void)getsockname(*listener.inherited, reinterpret_cast<sockaddr*>(&bound), &size);
    acceptor.assign(bound.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), *listener.inherited);
    return;
  }
  const tcp::endpoint where(asio::ip::make_address(listener.address), listener.port);
  acceptor.open(where.protocol());
  acceptor.set_option(asio::socket_base::reuse_address(true));
  acceptor.bind(where);
  acceptor.listen();
}

awaitable<void> server::state::accept_loop() {
  const auto self = shared_from_this();
  asio::steady_timer pause(io);
  acceptor.non_blocking(true);
  while (!draining) {
    error_code ec;
    tcp_socket socket = co_await acceptor.async_accept(asio::redirect_error(use_awaitable, ec));
    // Accepts a batch at a time: in a flood the kernel's queue must not fill up, as dropped clients retry after a
    // second.
    for (std::size_t n = 1; !ec; ++n) {
      asio::co_spawn(io, serve(std::move(socket)), asio::detached);
      if (n == accepts_at_once) break;
      socket = tcp_socket(io);
      acceptor.accept(socket, ec);
    }
    if (ec == asio::error::operation_aborted) break;
    if (ec && draining) break;
    // For example out of descriptors: pause and continue; clients in the kernel's queue are not lost.
    if (ec && ec != asio::error::would_block) {
      if (ec == asio::error::no_descriptors || ec == boost::system::errc::too_many_files_open_in_system)
        serves.reached("open_files");
      pause.expires_after(descriptors_pause);
      co_await pause.async_wait(asio::redirect_error(use_awaitable, ec));
    }
  }
}

awaitable<void> server::state::drain(std::chrono::milliseconds deadline, std::function<void()> done) {
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

server::server(asio::io_context& io, const endpoint& listener, service s, limits l)
    : state_(std::make_shared<state>(io, listener, std::move(s), l)) {
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
