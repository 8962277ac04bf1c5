// The whole daemon in this process, on free ports.
#include "collectors/signature.hpp"
#include "tests/check.hpp"
#include "tests/postgres/running_app.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

const std::string hotfixes =
    "releasehealth_deployments{service_name=\"checkout\",team_name=\"\",deployment_environment=\"production\",kind="
    "\"hotfix\",period=\"month\"}";

}

TEST_SUITE("postgres") {
  TEST_CASE("every response of interface.md section 2 occurs") {
    const database db;
    running_app app(db.where());
    CHECK(app.send_events(deployed("1", R"("version":"1")")).body ==
          "{\"accepted\":1,\"duplicates\":0,\"ignored\":0}\n");
    CHECK(app.send_events(deployed("1", R"("version":"1")")).body ==
          "{\"accepted\":0,\"duplicates\":1,\"ignored\":0}\n");
    CHECK(
        app.send_events('[' + deployed("1", R"("version":"2")") + ',' + deployed("2", R"("version":"2")") + ']').body ==
        "{\"accepted\":1,\"duplicates\":1,\"ignored\":0}\n");
    CHECK(app.send_events("[]").status == 202);
    CHECK(app.send_events("{").status == 400);
    CHECK(app.send_events("{}").status == 400);
    CHECK(app.send_events("{}", "wrong").status == 401);
    CHECK(app.intake("POST", "/api/v1/events", "{}", {{"Content-Type", "application/json"}}).status == 401);
    CHECK(app.send_events("{}", "sesame", "text/plain").status == 415);
    CHECK(app.send_events(std::string(1024 * 1024 + 1, ' ')).status == 413);
    std::string many = "[";
    for (int i = 0; i < 10'001; ++i) many += R"({"id":"1","type":"work"},)";
    many.back() = ']';
    CHECK(app.send_events(many).status == 413);
    CHECK(app.metric("releasehealth_deliveries_total{outcome=\"too_large\",source=\"api\"}", "2") == "2");
    CHECK(header_of(app.intake("GET", "/api/v1/events", "", {}), "Allow") == "POST");
    CHECK(header_of(app.send_events("{}", "wrong"), "WWW-Authenticate") == "Bearer");
    CHECK(app.intake("GET", "/api/v1/events", "", {}).status == 405);
    CHECK(app.intake("POST", "/webhooks/gitlab", "", {}).status == 404);
    CHECK(app.github("ping", "p", "{}").body ==
          "{\"accepted\":0,\"duplicates\":0,\"ignored\":1,\"reason\":\"ping\"}\n");
    CHECK(app.github("ping", "p", "{}", "guess").status == 401);
    CHECK(app.github("deployment_status", "d", "not json").status == 400);
    const auto problem = app.send_events(R"({"id":"x","type":"deployment","state":"done"})");
    CHECK(problem.content_type == "application/problem+json");
    CHECK(problem.body.find(R"("pointer":"/state")") != problem.body.npos);
    CHECK(app.operations("GET", "/-/healthy").status == 200);
    CHECK(app.operations("GET", "/nowhere").status == 404);
    CHECK(app.operations("POST", "/metrics").status == 405);
  }

  TEST_CASE(
      "the same body under another delivery id changes no figure; compressed bodies are rejected (groups 20, 21)") {
    const database db;
    running_app app(db.where());
    const std::string body =
        R"({"deployment_status":{"state":"success","created_at":"2026-11-20T11:00:00Z"},"deployment":{"id":1,"sha":"aaaaaaa1","ref":"hotfix/1","environment":"production","created_at":"2026-11-20T10:59:00Z"},"repository":{"full_name":"checkout"}})";
    CHECK(app.github("deployment_status", "1", body).status == 202);
    CHECK(app.metric(hotfixes, "1") == "1");
    CHECK(app.github("deployment_status", "2", body).body.find("\"accepted\":1") != std::string::npos);
    CHECK(app.metric("releasehealth_deliveries_total{outcome=\"accepted\",source=\"github\"}", "2") == "2");
    CHECK(app.metric(hotfixes, "1") == "1");
    const auto packed = gzip(body);
    CHECK(app.intake("POST", "/webhooks/github", packed,
                     {{"Content-Type", "application/json"},
                      {"Content-Encoding", "gzip"},
                      {"X-GitHub-Event", "deployment_status"},
                      {"X-Hub-Signature-256", "sha256=" + hmac_sha256_hex("hush", packed)}})
              .status == 415);
    CHECK(app.intake("POST", "/webhooks/github", packed,
                     {{"Content-Type", "application/json"},
                      {"Content-Encoding", "gzip"},
                      {"X-GitHub-Event", "deployment_status"},
                      {"X-Hub-Signature-256", "sha256=" + hmac_sha256_hex("hush", body)}})
              .status == 401);
  }

  TEST_CASE(
      "canonical events may be signed as Standard Webhooks with a token, and the CloudEvents handshake succeeds") {
    const database db;
    running_app app(db.where(), "[[token]]\nname = 'signer'\nscopes = ['send']\ntoken = 'whsec_cGxhaW4ga2V5'\n");
    const auto body = deployed("1", R"("version":"1")");
    const auto at = std::to_string(parse_time("2026-11-20T12:00:00Z")->time_since_epoch().count() / 1'000'000);
    const auto send = [&](const std::string& key, const std::string& prefix = "webhook-") {
      return app
          .intake("POST", "/api/v1/events", body,
                  {{"Content-Type", "application/json"},
                   {prefix + "id", "msg-1"},
                   {prefix + "timestamp", at},
                   {prefix + "signature", "v1," + standard_webhook_signature(secret(key), "msg-1", at, body)}})
          .status;
    };
    CHECK(send("wrong") == 401);
    CHECK(app.send_events(body, "whsec_cGxhaW4ga2V5").status == 401);  // a signing secret is no bearer token
    CHECK(send("whsec_cGxhaW4ga2V5") == 202);
    CHECK(send("whsec_cGxhaW4ga2V5", "svix-") == 202);
    CHECK(db.query("SELECT count(*), min(key) FROM delivery") == "1|msg-1");
    const auto asked =
        app.intake("OPTIONS", "/webhooks/github", "", {{"WebHook-Request-Origin", "eventemitter.example.com"}});
    CHECK(asked.status == 200);
    CHECK(header_of(asked, "WebHook-Allowed-Origin") == "*");
    CHECK(app.intake("OPTIONS", "/webhooks/nobody", "", {}).status == 404);
  }

  TEST_CASE("an authentic but unreadable GitHub delivery is dead-lettered, counted and answered 202") {
    const database db;
    running_app app(db.where());
    CHECK(app.github("deployment_status", "d1", R"({"deployment_status":{"state":"success"}})").status == 202);
    CHECK(db.query("SELECT outcome, detail <> '', headers ? 'x-hub-signature-256' FROM delivery") == "dead|t|f");
    CHECK(app.metric("releasehealth_dead_deliveries", "1") == "1");
    CHECK(app.metric("releasehealth_deliveries_total{outcome=\"dead\",source=\"github\"}", "1") == "1");
  }

  TEST_CASE("a hotfix is on /metrics within five seconds, once, and an override withdraws it") {
    const database db;
    running_app app(db.where());
    app.send_events(deployed("a", R"("version":"1.0.0")"));
    CHECK(app.metric(hotfixes, "0") == "0");
    app.send_events(deployed("b", R"("version":"1.0.1","ref":"hotfix/1.0.1")"));
    app.send_events(deployed("b", R"("version":"1.0.1","ref":"hotfix/1.0.1")"));
    CHECK(app.metric(hotfixes, "1") == "1");
    const auto id = db.query("SELECT id FROM deployment WHERE subject = 'b'");
    const std::vector<std::pair<std::string, std::string>> amend = {{"Authorization", "Bearer sesame"},
                                                                    {"Content-Type", "application/merge-patch+json"}};
    CHECK(app.operations("PATCH", "/api/v1/deployments/" + id, R"({"kind":"planned"})", amend).status == 400);
    CHECK(app.operations("PATCH", "/api/v1/deployments/" + id, R"({"kind":"planned","reason":"it was"})",
                         {{"Authorization", "Bearer only-send"}, {"Content-Type", "application/json"}})
              .status == 403);
    CHECK(app.operations("PATCH", "/api/v1/deployments/" + id, R"({"kind":"planned","reason":"it was"})",
                         {{"Content-Type", "application/json"}})
              .status == 401);
    CHECK(
        app.operations("PATCH", "/api/v1/deployments/none", R"({"kind":"planned","reason":"it was"})", amend).status ==
        404);
    CHECK(
        app.operations("PATCH", "/api/v1/deployments/" + id, R"({"kind":"planned","reason":"it was"})", amend).status ==
        202);
    CHECK(app.metric(hotfixes, "0") == "0");
    const auto shown = app.operations("GET", "/api/v1/deployments/" + id);
    CHECK(shown.body.find("override by all: it was") != shown.body.npos);
  }

  TEST_CASE("the month changes without an event, in the configured zone") {
    const database db;
    running_app app(db.where(), "[calendar]\ntime_zone = 'Europe/Berlin'\n");
    app.set_clock("2026-11-30T22:59:00Z");
    app.send_events(deployed("a", R"("kind":"hotfix","time":"2026-11-30T22:58:00Z")"));
    CHECK(app.metric(hotfixes, "1") == "1");
    app.set_clock("2026-11-30T23:00:00Z");
    CHECK(app.metric(hotfixes, "0") == "0");
    const auto previous = std::string(hotfixes).replace(hotfixes.find("month"), 5, "previous_month");
    CHECK(app.metric(previous, "1") == "1");
  }

  TEST_CASE("two daemons on one database serve the same figures") {
    const database db;
    running_app one(db.where()), other(db.where());
    one.send_events(deployed("a", R"("kind":"hotfix")"));
    other.send_events(deployed("b", R"("kind":"hotfix")"));
    CHECK(one.metric(hotfixes, "2") == "2");
    CHECK(other.metric(hotfixes, "2") == "2");
  }

  TEST_CASE("without a database deliveries are spooled with 202, the daemon is ready, and metrics show the backlog") {
    const database db;
    auto away = db.where();
    away.dsn += "_not_there";
    running_app app(away);
    const auto a = deployed("a", R"("version":"1")"), b = deployed("b", R"("version":"2")");
    CHECK(json::parse(app.send_events(a).body).at("accepted") == 1);
    CHECK(app.send_events(b).status == 202);
    CHECK(json::parse(app.send_events(a).body).at("duplicates") == 1);
    CHECK(app.operations("GET", "/-/ready").status == 200);
    CHECK(app.metric("releasehealth_spooled_deliveries", "2") == "2");
    CHECK(app.metric("releasehealth_database_up", "0") == "0");
    CHECK(app.metric("releasehealth_oldest_spooled_delivery_timestamp_seconds", "1795176000") == "1795176000");
  }

  TEST_CASE("without a database and a spool deliveries get 503 with Retry-After, and /metrics still responds") {
    const database db;
    auto away = db.where();
    away.dsn += "_not_there";
    running_app app(away, "[spool]\nmax_bytes = 0\n");
    const auto refused = app.send_events(deployed("a", R"("version":"1")"));
    CHECK(refused.status == 503);
    CHECK(header_of(refused, "Retry-After") == "10");
    CHECK(app.operations("GET", "/-/ready").status == 503);
    CHECK(app.metric("releasehealth_database_up", "0") == "0");
    CHECK(app.metric("releasehealth_deliveries_total{outcome=\"unavailable\",source=\"api\"}", "1") == "1");
  }

  TEST_CASE("configured services have series at 0 from the first refresh") {
    const database db;
    running_app app(db.where(), "[[service]]\nname = 'checkout'\nteam = 'payments'\n");
    CHECK(app.metric("releasehealth_deployments{service_name=\"checkout\",team_name=\"payments\",deployment_"
                     "environment=\"production\",kind=\"hotfix\",period=\"month\"}",
                     "0") == "0");
    CHECK(app.metric("releasehealth_threshold{service_name=\"checkout\",team_name=\"payments\",deployment_environment="
                     "\"production\",figure=\"hotfixes\",period=\"month\",bound=\"above\"}",
                     "5") == "5");
  }

  TEST_CASE("both formats end correctly, plain and compressed") {
    const database db;
    running_app app(db.where());
    app.send_events(deployed("a", R"("version":"1")"));
    app.metric(hotfixes, "0");
    const auto text = app.operations("GET", "/metrics");
    CHECK(text.content_type == "text/plain; version=0.0.4; charset=utf-8");
    const auto open = app.operations("GET", "/metrics", "", {{"Accept", "application/openmetrics-text;version=1.0.0"}});
    CHECK(open.content_type == "application/openmetrics-text; version=1.0.0; charset=utf-8");
    CHECK(open.body.ends_with("# EOF\n"));
    CHECK(open.body.find("# EOF") == open.body.rfind("# EOF"));
    const auto packed = app.operations("GET", "/metrics", "", {{"Accept-Encoding", "gzip"}});
    CHECK(packed.body.substr(0, 2) == "\x1f\x8b");
  }
}
