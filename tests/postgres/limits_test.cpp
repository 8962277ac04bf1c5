// Requests over a limit, with the whole daemon in this process.
#include "tests/check.hpp"
#include "tests/postgres/running_app.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

TEST_SUITE("postgres") {
  TEST_CASE(
      "requests over a limit are rejected and counted by the limit's key, and a server without fsync is reported") {
    const database db;
    running_app app(db.where(), "[[source]]\nname = 'few'\nkind = 'github'\nsecret = 'x'\nmax_body_bytes = 1024\n");
    const auto reached = [&](const std::string& limit, const char* times) {
      return app.metric("releasehealth_limits_reached_total{limit=\"" + limit + "\"}", times);
    };
    CHECK(reached("intake.max_batch", "0") == "0");
    std::string batch = "[";
    for (int n = 0; n <= 10'000; ++n) batch += (n > 0 ? "," : "") + std::string(R"({"id":"x","type":"work"})");
    CHECK(app.send_events(batch + ']').status == 413);
    CHECK(reached("intake.max_batch", "1") == "1");
    CHECK(app.send_events(std::string(50, '[') + std::string(50, ']')).status == 400);
    CHECK(reached("intake.max_json_depth", "1") == "1");
    std::string services = "[";
    for (int n = 0; n < 170; ++n) {
      const auto name = std::to_string(n);
      services += (n > 0 ? R"(,{"id":"d)" : R"({"id":"d)") + name +
                  R"(","type":"deployment","state":"succeeded","service":"s)" + name + "\"}";
    }
    CHECK(app.send_events(services + ']').status == 202);
    app.derived(db);
    const auto too_much = app.operations("GET", "/api/v1/months?months=120");
    CHECK(too_much.status == 400);
    CHECK(too_much.body.find("20400 deployment targets times periods; expected at most 20000") != std::string::npos);
    CHECK(reached("operations.max_answer", "1") == "1");
    CHECK(app.operations("GET", "/api/v1/months?months=120&service=s7").status == 200);
    CHECK(app.send_events("[{\"id\":\"" + std::string(1'100'000, 'x') + "\"}]").status == 413);
    CHECK(reached("intake.max_body_bytes", "1") == "1");
    CHECK(app.intake("POST", "/webhooks/few", std::string(2000, 'x'), {}).status == 413);
    CHECK(reached("source.max_body_bytes", "1") == "1");
    CHECK(app.metric("releasehealth_deliveries_total{outcome=\"too_large\",source=\"few\"}", "1") == "1");
    CHECK(app.send_events(deployed("1", R"("version":"1")")).status == 202);
    const auto flushes = db.query("SHOW fsync") == "on" ? "1" : "0";
    CHECK(app.metric("releasehealth_database_durable", flushes) == flushes);
  }
}
