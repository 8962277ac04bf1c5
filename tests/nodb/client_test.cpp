// The HTTP client of the commands, against a test server on loopback.
#include "daemon/http/client.hpp"

#include <cstdlib>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "daemon/http/server.hpp"
#include "tests/check.hpp"

using namespace releasehealth;
namespace asio = boost::asio;

namespace {

/// Sends `answer` to every request on a free port until the end of the test.
class served {
 public:
  explicit served(std::function<http::response(const http::request&)> answer)
      : server_(io_, {"127.0.0.1", 0},
                {.body_limit = [](const http::request&) { return std::size_t{1} << 20; },
                 .handle = [answer = std::move(answer)](http::request& r, http::responder to) { to(answer(r)); },
                 .done = [](const http::request&, const http::response&) {}},
                {}),
        thread_([this] { io_.run(); }) {}
  ~served() {
    asio::post(io_, [this] { server_.drain(std::chrono::seconds(5), [] {}); });
    thread_.join();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }

 private:
  asio::io_context io_;
  http::server server_;
  std::thread thread_;
};

http::response repeat(const http::request& r) {
  std::string said = r.method + ' ' + r.path + '?' + r.query + '\n';
  for (const auto* name : {"Accept", "Authorization", "Content-Length", "Content-Type", "Expect", "User-Agent"})
    if (const auto value = r.header.get(name); !value.empty())
      said += std::string(name) + ": " + std::string(value) + '\n';
  return {200, "text/plain", said + r.body, {{"X-Seen", "yes"}}};
}

const std::string agent = "User-Agent: releasehealthd/" RELEASEHEALTH_VERSION "\n";

}

TEST_SUITE("nodb") {
  TEST_CASE("a request has the given headers and no other significant ones") {
    const served s(repeat);
    const auto got =
        http::send("GET", s.url() + "/a%2Fb?c=d#e", "", {{"Authorization", "Bearer t"}, {"Accept", "x/y"}});
    REQUIRE(got);
    CHECK(got->status == 200);
    CHECK(got->content_type == "text/plain");
    CHECK(std::ranges::count(got->header, std::pair<std::string, std::string>("X-Seen", "yes")) == 1);
    CHECK(got->body == "GET /a/b?c=d\nAccept: x/y\nAuthorization: Bearer t\n" + agent);
    const std::string large(1 << 20, 'x');
    CHECK(http::send("POST", s.url(), large, {{"Content-Type", "text/plain"}})->body ==
          "POST /?\nContent-Length: 1048576\nContent-Type: text/plain\n" + agent + large);
    CHECK(http::send("POST", s.url(), "", {})->body == "POST /?\nContent-Length: 0\n" + agent);
    CHECK(http::send("PATCH", s.url(), "{}", {})->body == "PATCH /?\nContent-Length: 2\n" + agent + "{}");
    CHECK(http::send("HEAD", s.url(), "", {})->body.empty());
  }

  TEST_CASE("proxies from the environment and redirects are not followed") {
    const served s([](const http::request&) {
      return http::response{302, "text/plain", "elsewhere", {{"Location", "http://127.0.0.1:1/"}}};
    });
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    const auto got = http::send("GET", s.url(), "", {});
    unsetenv("http_proxy");
    REQUIRE(got);
    CHECK(got->status == 302);
    CHECK(got->body == "elsewhere");
  }

  TEST_CASE("a response has a size limit") {
    const served s([](const http::request&) {
      return http::response{200, "text/plain", std::string((std::size_t{64} << 20) + 1, 'x'), {}};
    });
    const auto got = http::send("GET", s.url(), "", {});
    REQUIRE_FALSE(got);
    CHECK(got.error().code == errc::unavailable);
    CHECK(got.error().text() == s.url() + "/: the response exceeds 64 MiB");
  }

  TEST_CASE("an error names the URL without its password") {
    for (const auto* url :
         {"", "nothing", "localhost:9621/", "127.0.0.1:9620", "ftp://x/", "file:///etc/passwd", "http://"})
      CHECK(http::send("GET", url, "", {}).error().text() ==
            "invalid URL \"" + std::string(url) + "\"; expected one like http://127.0.0.1:9620");
    for (const auto* url : {"ftp://user:secret@x/", "http://user:secret@", "user:secret@x y"})
      CHECK(http::send("GET", url, "", {}).error().text().find("secret") == std::string::npos);
    const auto refused = http::send("GET", "http://user:secret@127.0.0.1:1/a?b=c", "", {});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::unavailable);
    CHECK(refused.error().text() == "http://127.0.0.1:1/a?b=c: Connection refused");
  }
}
