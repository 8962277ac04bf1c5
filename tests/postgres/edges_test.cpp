// Every GET route with extreme parameter values: each request is answered, and none ends the daemon.
#include <cstdlib>

#include "collectors/base/form.hpp"
#include "tests/check.hpp"
#include "tests/postgres/running_app.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

// URL-encoded; some are not valid text.
std::vector<std::string> edge_values() {
  std::vector<std::string> all = {"", "%ff", "%00", "a%00b", "%C0%A0", "%ED%A0%80"};
  for (const auto* text : {"0001-01-01T00:00:00Z",
                           "1969-12-31T23:59:59Z",
                           "1970-01-01T00:00:00Z",
                           "1990-01-01T00:00:00Z",
                           "1990-01-01T00:00:00+23:59",
                           "9999-12-31T23:59:59Z",
                           "9999-12-31T23:59:59-23:59",
                           "10000-01-01T00:00:00Z",
                           "2026-02-30T00:00:00Z",
                           "-1",
                           "0",
                           "1",
                           "1001",
                           "99999999999999999999",
                           "-9223372036854775808",
                           "1e400",
                           "NaN",
                           "'",
                           "\"",
                           "\\",
                           "[",
                           "{",
                           "<script>",
                           "..",
                           "../..",
                           "nobody",
                           "\xF0\x9F\x9A\x80",
                           "0001-01",
                           "1969-12",
                           "1970-01",
                           "1972-01",
                           "2026-13",
                           "2026-11",
                           "9999-12",
                           "0001-Q1",
                           "1970-Q1",
                           "2026-Q4",
                           "9999-Q4",
                           "2026-11-02T00:00:00Z/2026-11-01T00:00:00Z",
                           "0001-01-01T00:00:00Z/9999-12-31T23:59:59Z",
                           "1970-01-01T00:00:00Z/9999-12-31T23:59:59Z",
                           "1970-01-01T00:00:00Z/1970-01-01T00:00:00.000001Z",
                           "7d",
                           "999999d",
                           "[]",
                           "[1]",
                           "[null]",
                           "[-1]",
                           "[9223372036854775807]",
                           "[99999999999999999999]",
                           "[1e400]",
                           R"(["2026-11-01T00:00:00Z","x"])",
                           R"(["0001-01-01T00:00:00Z","x"])",
                           R"(["9999-12-31T23:59:59Z","x"])",
                           R"(["x","y"])",
                           R"(["a\u0000","b"])",
                           R"(["\ud800","b"])"})
    all.push_back(encode_part(text));
  all.emplace_back(5000, 'x');
  all.push_back(encode_part(std::string(1500, '[')));
  return all;
}

// Parameters that pages read; they ignore others.
constexpr std::string_view of_pages[] = {"month", "team", "environment", "service"};

struct asked_route {
  std::string path;
  std::vector<std::string> parameters;
};

std::vector<asked_route> get_routes(const json::value& document) {
  std::vector<asked_route> all;
  for (const auto& [path, methods] : document.at("paths").as_object()) {
    const auto* get = methods.as_object().if_contains("get");
    if (!get || methods.as_object().contains("servers")) continue;
    asked_route r{std::string(path), {}};
    if (const auto* known = get->as_object().if_contains("parameters"))
      for (const auto& p : known->as_array())
        if (text_at(p, "/in") == "query") r.parameters.push_back(text_at(p, "/name"));
    if (text_at(*get, "/tags/0") == "pages") r.parameters.assign(std::begin(of_pages), std::end(of_pages));
    all.push_back(std::move(r));
  }
  return all;
}

std::string with_name(std::string path, const std::string& name) {
  const auto begin = path.find('{');
  if (begin != path.npos) path.replace(begin, path.find('}') - begin + 1, name);
  return path;
}

// Each value in every fourth parameter; RELEASEHEALTH_EDGES tests all values in all parameters.
struct inquirer {
  running_app& app;
  std::size_t step = std::getenv("RELEASEHEALTH_EDGES") ? 1 : 4;
  std::size_t turn = 0;
  int asked = 0;
  template <class Target>
  void ask_some(const std::vector<std::string>& values, Target target) {
    ++turn;
    for (std::size_t i = turn % step; i < values.size(); i += step) ask(target(values[i]));
  }
  void ask(const std::string& target) {
    ++asked;
    CAPTURE(target.substr(0, 200));
    const auto answer = app.operations("GET", target);
    CHECK_MESSAGE(answer.status < 500, answer.status, " ", answer.body.substr(0, 300));
  }
};

}

TEST_SUITE("postgres") {
  TEST_CASE("every GET route answers every edge value of every parameter, and the daemon lives") {
    const database db;
    running_app app(db.where());
    app.send_events(deployed("a", R"("version":"1")"));
    app.send_events(deployed("b", R"("version":"2","kind":"hotfix")"));
    app.send_events(
        R"({"id":"i","type":"incident","service":"checkout","state":"open","time":"2026-11-20T11:30:00Z"})");
    app.derived(db);
    const auto routes = get_routes(json::parse(app.operations("GET", "/openapi.yaml").body));
    CHECK(routes.size() > 15);
    inquirer all{app};
    const auto values = edge_values();
    for (const auto& r : routes) {
      const bool has_name = r.path.find('{') != r.path.npos;
      if (has_name)
        all.ask_some(values, [&](const std::string& v) { return with_name(r.path, v.empty() ? "%20" : v); });
      const auto path = with_name(r.path, r.path.find("figure") != r.path.npos ? "hotfixes" : "checkout");
      for (const auto& name : r.parameters)
        all.ask_some(values, [&](const std::string& v) { return path + '?' + name + '=' + v; });
      all.ask(path + "?unheard=of");
      all.ask(path + "?%ff=%00");
      all.ask(path + "?=&&==");
      all.ask(path + "?since=2026-11-02T00:00:00Z&until=2026-11-01T00:00:00Z");
    }
    CHECK(all.asked > 500);
    CHECK(app.operations("GET", "/-/healthy").status == 200);
  }

  TEST_CASE("a 503 names its cause, without PostgreSQL's words") {
    const database db;
    running_app app(db.where());
    db.query("ALTER TABLE incident RENAME TO gone");
    for (const auto* path : {"/api/v1/incidents", "/api/v1/incidents/x"}) {
      const auto answer = app.operations("GET", path);
      CHECK(answer.status == 503);
      CHECK(answer.body.find("PostgreSQL is unavailable (schema)") != std::string::npos);
      CHECK(answer.body.find("relation") == std::string::npos);
    }
    CHECK(app.operations("GET", "/").body.find("PostgreSQL is unavailable (schema)") != std::string::npos);
    db.query("ALTER TABLE gone RENAME TO incident");
    auto away = db.where();
    away.dsn += "_not_there";
    running_app other(away, "[spool]\nmax_bytes = 0\n");
    const auto refused = other.send_events(deployed("a", R"("version":"1")"));
    CHECK(refused.status == 503);
    CHECK(refused.body.find("PostgreSQL is unavailable (connection)") != std::string::npos);
  }

  TEST_CASE("a PATCH of fields that cannot be amended is 400 with their pointer, and changes nothing") {
    const database db;
    running_app app(db.where());
    app.send_events(deployed("a", R"("version":"1")"));
    app.derived(db);
    const auto id = db.query("SELECT id FROM deployment");
    const auto patch = [&](const std::string& body) {
      return app.operations("PATCH", "/api/v1/deployments/" + id, body,
                            {{"Authorization", "Bearer sesame"}, {"Content-Type", "application/json"}});
    };
    const std::pair<const char*, const char*> cases[] = {
        {R"({"knid":"hotfix","reason":"x"})", "/knid"},
        {R"({"service":"other","reason":"x"})", "/service"},
        {R"({"severity":1,"reason":"x"})", "/severity"},
        {R"({"kind":"odd","reason":"x"})", "/kind"},
        {R"({"failed":"yes","reason":"x"})", "/failed"},
        {R"({"failed":true})", "/reason"},
        {R"({"lines_changed":1e400,"reason":"x"})", "/lines_changed"},
        {R"({"reason":"x"})", ""},
        {R"({"kind":"hotfix","reason":7})", "/reason"},
        {R"({"finished_at":"1970-01-01T00:00:00Z","reason":"x"})", "/finished_at"}};
    for (const auto& [body, pointer] : cases) {
      CAPTURE(body);
      const auto answer = patch(body);
      CHECK(answer.status == 400);
      CHECK(answer.body.find("\"pointer\":\"" + std::string(pointer) + '"') != std::string::npos);
    }
    CHECK(db.query("SELECT count(*) FROM event WHERE is_override") == "0");
    CHECK(patch(R"({"failed":true,"reason":"customers could not pay"})").status == 202);
    app.derived(db);
    CHECK(db.query("SELECT failed, issue_at IS NULL FROM deployment") == "t|t");
    const auto why = app.operations("GET", "/api/v1/deployments/" + id + "/explain").body;
    CHECK(why.find("yes, set by all: customers could not pay") != std::string::npos);
    app.set_clock("2026-11-20T12:01:00Z");
    CHECK(patch(R"({"failed":null,"reason":"it was another"})").status == 202);
    app.derived(db);
    CHECK(db.query("SELECT failed FROM deployment") == "f");
  }

  TEST_CASE("a batch with one bad number is rejected, and nothing of it is stored") {
    const database db;
    running_app app(db.where());
    const auto answer =
        app.send_events('[' + deployed("a", R"("version":"1")") + ',' + deployed("b", R"("cost":1e400)") + ']');
    CHECK(answer.status == 400);
    CHECK(answer.body.find("\"pointer\":\"/1/cost\"") != std::string::npos);
    CHECK(db.query("SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM delivery)") == "0|0");
  }

  TEST_CASE("the other commits of a push with an unreadable one count, and lists and metrics report it") {
    const database db;
    running_app app(db.where());
    const std::string body =
        R"({"ref":"refs/heads/main","repository":{"full_name":"acme/shop","default_branch":"main"},"commits":[{"id":"0123456789abcdef0123456789abcdef01234567","message":"Fix"},{"id":"","message":"odd"}]})";
    const std::string id(2700, 'd');
    CHECK(app.github("push", id, body).status == 202);
    CHECK(db.query("SELECT (SELECT count(*) FROM event), (SELECT octet_length(key) FROM delivery)") == "1|71");
    CHECK(app.github("push", id, body).body.find("\"duplicates\":1") != std::string::npos);
    CHECK(app.operations("GET", "/api/v1/deliveries?outcome=partly_dead").body.find("1 of 2 elements left out") !=
          std::string::npos);
    CHECK(app.operations("GET", "/api/v1/deliveries?outcome=accepted").body.find("left out") == std::string::npos);
    CHECK(app.metric("releasehealth_unreadable_elements_total{source=\"github\"}", "1") == "1");
    CHECK(app.metric("releasehealth_partly_dead_deliveries", "1") == "1");
    CHECK(app.metric("releasehealth_deliveries_total{outcome=\"accepted\",source=\"github\"}", "1") == "1");
  }

  TEST_CASE("one wrong date does not make decades complete") {
    const database db;
    running_app app(db.where());
    app.send_events(deployed("old", R"("version":"0","time":"1990-05-01T00:00:00Z")"));
    app.send_events(deployed("a", R"("version":"1","time":"2026-09-10T00:00:00Z")"));
    app.send_events(deployed("b", R"("version":"2","time":"2026-11-10T00:00:00Z")"));
    app.derived(db);
    const auto is_partial = [&](const std::string& month) {
      return json::parse(app.operations("GET", "/api/v1/figures?period=" + month).body).at("partial").as_bool();
    };
    CHECK(is_partial("2020-01"));
    CHECK(is_partial("2026-09"));
    CHECK_FALSE(is_partial("2026-10"));
    CHECK(app.send_events(deployed("older", R"("version":"0","time":"1970-05-01T00:00:00Z")")).status == 400);
  }

  TEST_CASE("a past instant before 1990 is rejected by the name of its parameter") {
    const database db;
    running_app app(db.where());
    for (const auto* path : {"/api/v1/months?as_of=1970-01-01T00:00:00Z", "/api/v1/figures?as_of=1989-12-31T23:59:59Z",
                             "/api/v1/months?months=120&as_of=1970-01-01T00:00:00Z"}) {
      CAPTURE(path);
      const auto answer = app.operations("GET", path);
      CHECK(answer.status == 400);
      CHECK(answer.body.find("as_of: invalid time") != std::string::npos);
    }
    CHECK(app.operations("GET", "/api/v1/months?months=120&as_of=1990-01-01T00:00:00Z").status == 200);
    const auto bad = app.operations("GET", "/api/v1/figures?service=%ff");
    CHECK(bad.status == 400);
    CHECK(bad.body.find("service: invalid value") != std::string::npos);
    CHECK(app.operations("GET", "/services/%ff").status == 400);
    app.set_clock("1970-01-01T01:00:00Z");  // a machine without a battery
    CHECK(app.operations("GET", "/api/v1/months").status == 400);
    CHECK(app.operations("GET", "/").status >= 400);
    CHECK(app.operations("GET", "/-/healthy").status == 200);
  }
}
