// A listener over a real connection: for any bytes, every response is HTTP, and the server accepts the next request.
// This also covers paths, queries and Accept headers of scrapers.
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "collectors/credentials.hpp"
#include "daemon/api/negotiate.hpp"
#include "daemon/http/routes.hpp"
#include "daemon/http/server.hpp"

using namespace releasehealth;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

void answer_all(http::request& r, http::responder answer) {
  (void)api::negotiate_format(r.header.get("Accept"));
  (void)api::accepts_gzip(r.header.get("Accept-Encoding"));
  (void)basic_credentials(r.header);
  const auto period = http::query_value(r, "period");
  static const std::vector<http::route> routes = {
      {"GET", "/api/v1/deployments/{id}",
       [](http::request&, const http::parameters&, http::responder a) {
         a({200, "text/plain", "found\n", {}});
       }},
      {"POST", "/webhooks/{name}/{path...}", [](http::request& in, const http::parameters&, http::responder a) {
         a({202, "text/plain", in.body, {}});
       }}};
  http::dispatch(routes, r, answer);
}

// The fuzzer's own timer must not interrupt calls that would restart.
struct without_alarms {
  sigset_t before{};
  without_alarms() {
    sigset_t alarms;
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarms, &before);
  }
  ~without_alarms() { pthread_sigmask(SIG_SETMASK, &before, nullptr); }
};

struct listener {
  asio::io_context io;
  http::server server{io,
                      {"127.0.0.1", 0},
                      {.body_limit = [](const http::request&) { return std::size_t{1000}; },
                       .handle = [](http::request& r, http::responder a) { answer_all(r, std::move(a)); },
                       .done = [](const http::request&, const http::response&) {}},
                      {}};
};

}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static listener l;
  tcp::socket client(l.io);
  {
    const without_alarms quiet;
    client.connect({asio::ip::make_address("127.0.0.1"), l.server.port()});
  }
  client.non_blocking(true);
  boost::system::error_code ec;
  asio::write(client, asio::buffer(data, size), ec);  // inputs are smaller than a socket's buffer
  client.shutdown(tcp::socket::shutdown_send, ec);
  std::string all;
  char part[4096];
  constexpr int most_steps = 100'000;
  for (int step = 0; step < most_steps; ++step) {
    l.io.poll();
    const auto n = client.read_some(asio::buffer(part), ec);
    all.append(part, n);
    if (ec && ec != asio::error::would_block) break;
  }
  if (ec == asio::error::would_block) std::abort();  // the server does not close the connection
  client.close();
  l.io.poll();
  if (!all.empty() && !all.starts_with("HTTP/1.")) std::abort();
  return 0;
}
