#include "daemon/http/routes.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

std::string ask(const char* method, const char* path) {
  const std::vector<http::route> routes = {
      {"GET", "/named/{id...}/why",
       [](http::request&, const http::parameters& p, http::responder a) {
         a({200, "", "why " + p.find("id")->second, {}});
       }},
      {"GET", "/named/{id...}",
       [](http::request&, const http::parameters& p, http::responder a) {
         a({200, "", p.find("id")->second, {}});
       }},
      {"GET", "/things/{id}",
       [](http::request&, const http::parameters& p, http::responder a) {
         a({200, "", p.find("id")->second, {}});
       }},
      {"PATCH", "/things/{id}",
       [](http::request&, const http::parameters&, http::responder a) {
         a({202, "", "", {}});
       }},
      {"GET", "/",
       [](http::request&, const http::parameters&, http::responder a) {
         a({200, "", "home", {}});
       }},
  };
  http::request r;
  r.method = method;
  r.path = path;
  std::string out;
  http::dispatch(routes, r, [&](http::response a) {
    out = std::to_string(a.status) + ' ' + (a.status < 300 ? a.body : a.header.empty() ? "" : a.header[0].second);
  });
  return out;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("404 and 405 follow from the route table") {
    CHECK(ask("GET", "/") == "200 home");
    CHECK(ask("GET", "/things/7") == "200 7");
    CHECK(ask("PATCH", "/things/7") == "202 ");
    CHECK(ask("POST", "/things/7") == "405 GET, PATCH");
    for (const auto* path : {"/things", "/things/", "/things/7/8", "", "/other"}) {
      CAPTURE(path);
      CHECK(ask("GET", path).starts_with("404"));
    }
  }

  TEST_CASE("a name with a slash is one path parameter, also before further path segments") {
    CHECK(ask("GET", "/named/acme/checkout") == "200 acme/checkout");
    CHECK(ask("GET", "/named/acme/checkout/why") == "200 why acme/checkout");
    CHECK(ask("GET", "/named/why") == "200 why");
    CHECK(ask("GET", "/named//why") == "200 /why");
    CHECK(ask("GET", "/named/").starts_with("404"));
  }

  TEST_CASE("queries are decoded") {
    http::request r;
    r.query = "service=a%20b&environment=x+y&empty";
    CHECK(http::query_value(r, "service") == "a b");
    CHECK(http::query_value(r, "environment") == "x y");
    CHECK(http::query_value(r, "absent").empty());
    r.query.clear();
    CHECK(http::query_value(r, "service").empty());
    r.query = "service=%zz";
    CHECK(http::query_value(r, "service").empty());
  }
}
