// The listener over real sockets on loopback.
#include "daemon/http/server.hpp"

#include <map>
#include <thread>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "tests/check.hpp"

using namespace releasehealth;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

/// A server that echoes bodies, rejects those over 100 bytes at /small, throws at /throw and answers /later on request.
struct echo_server {
  asio::io_context io;
  std::vector<http::responder> waiting;
  std::map<std::string, int> reached;
  http::server server;
  std::thread thread;

  explicit echo_server(http::limits limits = {})
      : server(io, {"127.0.0.1", 0},
               {.body_limit = [](const http::request& r) { return std::size_t(r.path == "/small" ? 100 : 1 << 20); },
                .handle =
                    [this](http::request& r, http::responder answer) {
                      if (r.path == "/throw") throw std::runtime_error("secret detail");
                      if (r.path == "/later")
                        waiting.push_back(std::move(answer));
                      else
                        answer({200, "text/plain", r.method + ' ' + r.body, {}});
                    },
                .done = [](const http::request&, const http::response&) {},
                .reached = [this](std::string_view limit) { ++reached[std::string(limit)]; }},
               limits),
        thread([this] { io.run(); }) {}
  ~echo_server() {
    bool drained = false;
    asio::post(io, [&] { server.drain(std::chrono::seconds(5), [&] { drained = true; }); });
    thread.join();
    CHECK(drained);
  }
};

struct client {
  asio::io_context io;
  tcp::socket socket{io};

  /// `from`: the client's address on the loopback network.
  explicit client(const echo_server& s, const char* from = "127.0.0.1") {
    socket.open(tcp::v4());
    socket.bind({asio::ip::make_address(from), 0});
    socket.connect({asio::ip::make_address("127.0.0.1"), s.server.port()});
  }
  client& send(const std::string& bytes) {
    boost::system::error_code ignored;  // the server may have closed already: only its response counts
    asio::write(socket, asio::buffer(bytes), ignored);
    return *this;
  }
  /// Reads until `end` has arrived or the connection is closed.
  std::string receive(const std::string& end = {}) {
    std::string all;
    boost::system::error_code ec;
    char c = 0;
    while (!ec && (end.empty() || all.find(end) == all.npos))
      if (asio::read(socket, asio::buffer(&c, 1), ec) == 1) all += c;
    return all;
  }
};

std::string post(const std::string& path, const std::string& body, const std::string& more = {}) {
  return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + more +
         "\r\n" + body;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("requests on one connection are answered in order, HEAD without its body") {
    echo_server s;
    client c(s);
    CHECK(c.send(post("/", "one")).receive("POST one").starts_with("HTTP/1.1 200 OK"));
    CHECK(c.send(post("/", "two")).receive("POST two").find("200") != std::string::npos);
    const auto head = c.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n").receive("\r\n\r\n");
    CHECK(head.find("Content-Length: 4") != head.npos);
    CHECK(c.send(post("/", "three", "Connection: close\r\n")).receive().ends_with("POST three"));
  }

  TEST_CASE("a body over the route's limit is rejected by its headers, and while reading chunks") {
    echo_server s;
    CHECK(client(s).send(post("/small", std::string(100, 'x'), "Connection: close\r\n")).receive().find(" 200 ") !=
          std::string::npos);
    CHECK(client(s)
              .send("POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n")
              .receive()
              .starts_with("HTTP/1.1 413"));
    CHECK(client(s)
              .send("POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" +
                    std::string(101, 'x') + "\r\n0\r\n\r\n")
              .receive()
              .starts_with("HTTP/1.1 413"));
    CHECK(client(s)
              .send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n")
              .receive()
              .starts_with("HTTP/1.1 413"));
  }

  TEST_CASE("invalid HTTP and oversized headers are rejected") {
    echo_server s;
    CHECK(client(s).send("hello\r\n\r\n").receive().starts_with("HTTP/1.1 400"));
    CHECK(client(s)
              .send("GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n")
              .receive()
              .starts_with("HTTP/1.1 431"));
    CHECK(client(s)
              .send("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")
              .receive()
              .starts_with("HTTP/1.1 400"));
  }

  TEST_CASE("Expect: 100-continue is answered before the body") {
    echo_server s;
    client c(s);
    c.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    CHECK(c.receive("\r\n\r\n").starts_with("HTTP/1.1 100"));
    CHECK(c.send("hello").receive("POST hello").starts_with("HTTP/1.1 200"));
  }

  TEST_CASE("a throwing handler gives a 500 that discloses nothing") {
    echo_server s;
    const auto answer = client(s).send(post("/throw", "", "Connection: close\r\n")).receive();
    CHECK(answer.starts_with("HTTP/1.1 500"));
    CHECK(answer.find("secret") == answer.npos);
  }

  TEST_CASE("a slow sender is cut off while others are served") {
    http::limits limits;
    limits.idle_deadline = std::chrono::seconds(1);
    limits.request_deadline = std::chrono::seconds(1);
    echo_server s(limits);
    client slow_head(s), slow_body(s);
    slow_head.send("POST / HT");
    slow_body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
    CHECK(client(s).send(post("/", "quick", "Connection: close\r\n")).receive().ends_with("POST quick"));
    CHECK(slow_head.receive().empty());
    CHECK(slow_body.receive().empty());
  }

  TEST_CASE("a client that does not read its response is cut off") {
    http::limits limits;
    limits.request_deadline = std::chrono::seconds(1);
    echo_server s(limits);
    client c(s);
    std::string answer(30'000'000, 'x');  // more than the kernel buffers for both
    c.send(post("/later", ""));
    std::atomic<bool> is_answered = false;
    while (!is_answered) {
      asio::post(s.io, [&] {
        if (is_answered || s.waiting.empty()) return;
        s.waiting.front()({200, "text/plain", answer, {}});
        is_answered = true;
      });
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    std::this_thread::sleep_for(std::chrono::seconds(2));
    boost::system::error_code ec;
    CHECK(asio::read(c.socket, asio::buffer(answer), ec) < answer.size());
    CHECK(ec);
  }

  TEST_CASE("a rejected sender gets the response although the rest of its request is not read") {
    const std::string much(3'000'000, 'x');
    echo_server s;
    for (int n = 0; n < 20; ++n) {
      CHECK(client(s).send(post("/", much)).receive().substr(0, 12) == "HTTP/1.1 413");
      CHECK(client(s).send("nonsense\r\n\r\n" + much).receive().substr(0, 12) == "HTTP/1.1 400");
    }
    http::limits limits;
    limits.connections_per_peer = 1;
    echo_server few(limits);
    client first(few);
    CHECK(first.send(post("/", "1")).receive("POST 1").starts_with("HTTP/1.1 200"));
    CHECK(client(few).send(post("/", much)).receive().substr(0, 12) == "HTTP/1.1 503");
  }

  TEST_CASE("connections over the limit get a 503 with Retry-After") {
    http::limits limits;
    limits.connections = 2;
    echo_server s(limits);
    client one(s), two(s);
    CHECK(one.send(post("/", "1")).receive("POST 1").find(" 200 ") != std::string::npos);
    CHECK(two.send(post("/", "2")).receive("POST 2").find(" 200 ") != std::string::npos);
    const auto answer = client(s).send(post("/", "3")).receive();
    CHECK(answer.starts_with("HTTP/1.1 503"));
    CHECK(answer.find("Retry-After: 5") != answer.npos);
  }

  TEST_CASE("the busiest peer's idle connection is closed to make room, then one with an unfinished request") {
    http::limits limits;
    limits.connections = 3;
    echo_server s(limits);
    client first(s, "127.0.0.2"), second(s, "127.0.0.2"), third(s, "127.0.0.2");
    CHECK(first.send(post("/", "1")).receive("POST 1").starts_with("HTTP/1.1 200"));
    second.send(post("/later", ""));  // being served: not cut off
    third.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
    CHECK(client(s).send(post("/", "other", "Connection: close\r\n")).receive().ends_with("POST other"));
    CHECK(first.receive().empty());  // it was idle
    client own(s);
    CHECK(own.send(post("/", "2")).receive("POST 2").starts_with("HTTP/1.1 200"));
    client another(s, "127.0.0.3");
    CHECK(another.send(post("/", "3")).receive("POST 3").starts_with("HTTP/1.1 200"));
    CHECK(third.receive().empty());  // no connection was idle any more: one with a partial body
    std::atomic<bool> waits = false;
    while (!waits)
      asio::post(s.io, [&] { waits = !s.waiting.empty(); }), std::this_thread::sleep_for(std::chrono::milliseconds(5));
    asio::post(s.io, [&] { s.waiting.front()({200, "text/plain", "served", {}}); });
    CHECK(second.receive("served").starts_with("HTTP/1.1 200"));
    std::atomic<int> counted = 0;
    asio::post(s.io, [&] { counted = s.reached["max_connections"]; });
    while (counted == 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    CHECK(counted == 2);
  }

  TEST_CASE("one address has a share of the connections") {
    http::limits limits;
    limits.connections_per_peer = 2;
    echo_server s(limits);
    client one(s, "127.0.0.2"), two(s, "127.0.0.2");
    CHECK(one.send(post("/", "1")).receive("POST 1").starts_with("HTTP/1.1 200"));
    CHECK(two.send(post("/", "2")).receive("POST 2").starts_with("HTTP/1.1 200"));
    CHECK(client(s, "127.0.0.2").send(post("/", "3")).receive().starts_with("HTTP/1.1 503"));
    CHECK(client(s, "127.0.0.2").receive().empty());  // a silent connection is not waited for
    CHECK(client(s).send(post("/", "4", "Connection: close\r\n")).receive().ends_with("POST 4"));
  }

  TEST_CASE("the total size of large request bodies being received is limited, small ones pass") {
    http::limits limits;
    limits.buffered_bytes = 1'000'000;
    echo_server s(limits);
    const auto send = [&](std::size_t bytes) {
      return client(s).send(post("/", std::string(bytes, 'x'), "Connection: close\r\n")).receive().substr(0, 12);
    };
    CHECK(send(900'000) == "HTTP/1.1 200");
    const auto refused = send(1'040'000);
    CHECK((refused.empty() || refused == "HTTP/1.1 503"));  // a reset may overtake the response
    client holder(s);
    holder.send("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 950001\r\n\r\n" +
                std::string(950'000, 'x'));
    CHECK(send(60'000) == "HTTP/1.1 200");
    CHECK(holder.send("x").receive().starts_with("HTTP/1.1 200"));  // completes the body, which counts until then
    CHECK(send(900'000) == "HTTP/1.1 200");                         // nothing is buffered any more
    std::atomic<int> counted = -1;
    asio::post(s.io, [&] { counted = s.reached["max_buffered_bytes"]; });
    while (counted < 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    CHECK(counted == 1);
  }

  TEST_CASE("draining completes requests in progress and closes idle connections") {
    echo_server s;
    client busy(s), idle(s);
    CHECK(idle.send(post("/", "x")).receive("POST x").find(" 200 ") != std::string::npos);
    busy.send(post("/later", ""));
    std::atomic<bool> waits = false;
    while (!waits)
      asio::post(s.io, [&] { waits = !s.waiting.empty(); }), std::this_thread::sleep_for(std::chrono::milliseconds(5));
    std::atomic<bool> drained = false;
    asio::post(s.io, [&] { s.server.drain(std::chrono::seconds(5), [&] { drained = true; }); });
    CHECK(idle.receive().empty());
    CHECK_FALSE(drained);
    asio::post(s.io, [&] { s.waiting.front()({200, "text/plain", "at last", {}}); });
    const auto answer = busy.receive();
    CHECK(answer.ends_with("at last"));
    CHECK(answer.find("Connection: close") != answer.npos);
  }
}
