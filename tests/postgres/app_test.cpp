// The whole daemon in this process, on free ports.
#include "tests/check.hpp"
#include "tests/postgres/running_app.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

std::string header(const http::response& r, std::string_view name) {
  for (const auto& [key, value] : r.header)
    if (key == name) return value;
  return {};
}

const std::string hotfixes =
    "releasehealth_deployments{service_name=\"checkout\",team_name=\"\",deployment_environment=\"production\",kind="
    "\"hotfix\",period=\"month\"}";

}

TEST_SUITE("postgres") {
  TEST_CASE("every answer of interface.md section 2") {
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
    CHECK(header(app.intake("GET", "/api/v1/events", "", {}), "Allow") == "POST");
    CHECK(header(app.send_events("{}", "wrong"), "WWW-Authenticate") == "Bearer");
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
      "the same body under another delivery id changes no figure; compressed bodies are refused (groups 20, 21)") {
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

  TEST_CASE("canonical events may be signed as Standard Webhooks with a token; CloudEvents' handshake is answered") {
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
    CHECK(app.send_events(body, "whsec_cGxhaW4ga2V5").status == 401);  // it signs, and is never shown
    CHECK(send("whsec_cGxhaW4ga2V5") == 202);
    CHECK(send("whsec_cGxhaW4ga2V5", "svix-") == 202);
    CHECK(db.query("SELECT count(*), min(key) FROM delivery") == "1|msg-1");
    const auto asked =
        app.intake("OPTIONS", "/webhooks/github", "", {{"WebHook-Request-Origin", "eventemitter.example.com"}});
    CHECK(asked.status == 200);
    CHECK(header(asked, "WebHook-Allowed-Origin") == "*");
    CHECK(app.intake("OPTIONS", "/webhooks/nobody", "", {}).status == 404);
  }

  TEST_CASE("what GitHub sends is authentic but unreadable: kept as dead, counted, answered 202") {
    const database db;
    running_app app(db.where());
    CHECK(app.github("deployment_status", "d1", R"({"deployment_status":{"state":"success"}})").status == 202);
    CHECK(db.query("SELECT outcome, detail <> '', headers ? 'x-hub-signature-256' FROM delivery") == "dead|t|f");
    CHECK(app.metric("releasehealth_dead_deliveries", "1") == "1");
    CHECK(app.metric("releasehealth_deliveries_total{outcome=\"dead\",source=\"github\"}", "1") == "1");
  }

  TEST_CASE("a hotfix is on /metrics within five seconds, once, and an override takes it back") {
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

  TEST_CASE("the month turns without an event, in the configured zone") {
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

  TEST_CASE("without a database: 202 from the spool, ready, and the metrics say what waits") {
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

  TEST_CASE("without a database and a spool: 503 with Retry-After, not ready, and /metrics goes on answering") {
    const database db;
    auto away = db.where();
    away.dsn += "_not_there";
    running_app app(away, "[spool]\nmax_bytes = 0\n");
    const auto refused = app.send_events(deployed("a", R"("version":"1")"));
    CHECK(refused.status == 503);
    CHECK(header(refused, "Retry-After") == "10");
    CHECK(app.operations("GET", "/-/ready").status == 503);
    CHECK(app.metric("releasehealth_database_up", "0") == "0");
    CHECK(app.metric("releasehealth_deliveries_total{outcome=\"unavailable\",source=\"api\"}", "1") == "1");
  }

  TEST_CASE("configured services are there at 0 from the first refresh") {
    const database db;
    running_app app(db.where(), "[[service]]\nname = 'checkout'\nteam = 'payments'\n");
    CHECK(app.metric("releasehealth_deployments{service_name=\"checkout\",team_name=\"payments\",deployment_"
                     "environment=\"production\",kind=\"hotfix\",period=\"month\"}",
                     "0") == "0");
    CHECK(app.metric("releasehealth_threshold{service_name=\"checkout\",team_name=\"payments\",deployment_environment="
                     "\"production\",figure=\"hotfixes\",period=\"month\",bound=\"above\"}",
                     "5") == "5");
  }

  TEST_CASE("the API answers figures of any period, with numerators, denominators and null for nothing") {
    const database db;
    running_app app(db.where());
    app.send_events(deployed("a", R"("version":"1")"));
    app.send_events(deployed("b", R"("version":"2","kind":"hotfix")"));
    app.send_events(
        R"({"id":"c","type":"deployment","service":"search","state":"failed","time":"2026-11-19T00:00:00Z"})");
    app.derived(db);
    const auto ask = [&](const std::string& path) { return json::parse(app.operations("GET", path).body); };
    const auto find = [](const json::value& all, std::string_view service, std::string_view figure) {
      for (const auto& row : all.at("figures").as_array())
        if (text_at(row, "/service") == service && text_at(row, "/figure") == figure) return row.as_object();
      return json::object();
    };
    const auto month_now = ask("/api/v1/figures?period=month");
    CHECK(month_now.at("partial") == true);
    const auto rework = find(month_now, "checkout", "rework_ratio");
    CHECK(rework.at("value") == 0.5);
    CHECK(rework.at("numerator") == 1);
    CHECK(rework.at("denominator") == 2);
    CHECK(find(month_now, "search", "rework_ratio").at("value").is_null());
    CHECK(find(month_now, "search", "failed_deployments").at("value") == 1);
    CHECK(find(ask("/api/v1/figures?period=2026-Q3&service=checkout"), "checkout", "deployments")
              .at("value")
              .is_null());  // before all data
    CHECK(ask("/api/v1/figures?service=checkout").at("period") == "30d");
    CHECK(find(ask("/api/v1/figures?service=checkout"), "search", "deployments").empty());
    const auto months = ask("/api/v1/months?months=3").as_array();
    CHECK(months.size() == 3);
    CHECK(months[0].at("period") == "2026-09");
    CHECK(app.operations("GET", "/api/v1/figures?period=soon").status == 400);
    CHECK(app.operations("GET", "/api/v1/months?months=0").status == 400);
    const auto csv = app.operations("GET", "/api/v1/figures?period=month", "", {{"Accept", "text/csv"}}).body;
    CHECK(csv.find("checkout,,production,rework_ratio,,0.5\r\n") != csv.npos);
    app.send_events(
        R"({"id":"d","type":"deployment","service":"search","state":"failed","time":"2026-11-19T01:00:00Z"})");
    app.derived(db);
    CHECK(find(ask("/api/v1/figures?period=month"), "search", "failed_deployments").at("value") == 2);
  }

  TEST_CASE("the gate holds what exceeds a threshold, and says by how much; so does the badge") {
    const database db;
    running_app app(db.where(),
                    "[[threshold]]\nfigure = 'hotfixes'\nperiod = 'month'\nabove = 1\n"
                    "[[threshold]]\nfigure = 'rollback_ratio'\nperiod = '30d'\nabove = 0.1\nminimum = 50\n");
    const auto hotfix = [&](const std::string& n) {
      app.send_events(
          deployed(n, R"("kind":"hotfix","ref":"main","merged_back_at":"2026-11-20T11:30:00Z","version":")" + n + '"'));
    };
    hotfix("1");
    const std::string series =
        R"(releasehealth_deployments{service_name="checkout",team_name="",deployment_environment="production",)"
        R"(kind="hotfix",period="month"})";
    CHECK(app.metric(series, "1") == "1");
    const auto asked = [&](const std::string& query) { return app.operations("GET", "/api/v1/gate?" + query); };
    const auto reasons = [&](const std::string& query) {
      std::string all;
      const auto said = json::parse(asked(query).body);
      for (const auto& r : said.at("reasons").as_array()) all += json::serialize(r) + ' ';
      return all;
    };
    CHECK(reasons("service=checkout").find("hotfixes\"") == std::string::npos);
    hotfix("2");
    CHECK(app.metric(series, "2") == "2");
    CHECK(json::parse(asked("service=checkout").body).at("verdict") == "hold");
    CHECK(
        reasons("service=checkout")
            .find(
                R"x({"figure":"hotfixes","period":"month","value":2,"threshold":1,"text":"hotfixes: 2 (threshold 1 a month)"})x") !=
        std::string::npos);
    CHECK(asked("service=checkout").body.find(R"("text":"2 of 50 changes needed")") != std::string::npos);
    CHECK(reasons("service=checkout").find("rollback_ratio") == std::string::npos);  // too little to measure
    CHECK(asked("service=nobody").status == 404);
    CHECK(asked("service=checkout&environment=staging").status == 404);
    CHECK(asked("").status == 400);
    const auto badge = app.operations("GET", "/badge/checkout.svg");
    CHECK(badge.content_type == "image/svg+xml");
    CHECK(badge.body.find("1 threshold exceeded") != std::string::npos);
    CHECK(app.operations("GET", "/badge/nobody.svg").body.find("unknown") != std::string::npos);
    CHECK(app.operations("GET", "/badge/checkout").status == 404);
    const auto first = asked("service=checkout");
    const auto tag = header(first, "ETag");
    CHECK_FALSE(tag.empty());
    const auto again = app.operations("GET", "/api/v1/gate?service=checkout", "", {{"If-None-Match", tag}});
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    hotfix("3");
    CHECK(app.metric(series, "3") == "3");
    CHECK(app.operations("GET", "/api/v1/gate?service=checkout", "", {{"If-None-Match", tag}}).status == 200);
  }

  TEST_CASE("on the first day a page is neither green nor compared with months without data") {
    const database db;
    running_app app(db.where());
    for (const auto* n : {"1", "2", "3", "4"}) app.send_events(deployed(n, R"("version":")" + std::string(n) + '"'));
    app.send_events(
        R"({"id":"i","type":"incident","service":"checkout","severity":2,"state":"open","time":"2026-11-20T12:00:00Z"})");
    app.derived(db);
    for (const auto* path : {"/", "/services/checkout"}) {
      CAPTURE(path);
      const auto page = app.operations("GET", path).body;
      const auto holds = [&](std::string_view what) { return page.find(what) != page.npos; };
      CHECK(holds("Not enough data to judge yet: 4 of 10 thresholds have data"));
      CHECK_FALSE(holds("verdict good"));
      CHECK_FALSE(holds("verdict bad"));
      CHECK(holds("no data in October 2026"));
      CHECK_FALSE(holds("change better"));
      CHECK_FALSE(holds("change worse"));
      CHECK(holds("4 deployments in 1 covered day"));
      CHECK(holds("4 of 10 changes needed"));
      CHECK_FALSE(holds("class=\"band"));
      CHECK_FALSE(holds("Oct 2026: 0"));
    }
    // a line at the threshold only where chart and threshold are of months and of one service
    const auto lines = [&](const char* path) {
      const auto page = app.operations("GET", path).body;
      std::size_t n = 0;
      for (auto at = page.find("<line class=\"limit\""); at != page.npos;
           at = page.find("<line class=\"limit\"", at + 1))
        ++n;
      return n;
    };
    CHECK(lines("/services/checkout") == 1);
    CHECK(lines("/") == 0);
  }

  TEST_CASE("lists come in pages by key, filtered, as JSON or CSV; what a list does not have is named") {
    const database db;
    running_app app(db.where(), "[[service]]\nname = 'checkout'\nteam = 'payments'\n");
    for (int n = 1; n <= 5; ++n) {
      const auto id = std::to_string(n);
      app.send_events(deployed(id, R"("version":")" + id + R"(","time":"2026-11-1)" + id + R"(T10:00:00Z")" +
                                       (n == 3 ? R"(,"kind":"hotfix","cause":"data","incident":"INC-7")" : "")));
    }
    app.send_events(
        R"({"id":"i","type":"incident","subject":"INC-7","service":"checkout","severity":2,"state":"open","time":"2026-11-12T12:00:00Z"})");
    app.send_events(R"({"id":"n","type":"deployment","state":"succeeded","version":"nobody's"})");
    app.derived(db);
    const auto get = [&](const std::string& path) {
      const auto answer = app.operations("GET", "/api/v1/" + path);
      CHECK(answer.status == 200);
      return json::parse(answer.body);
    };
    const auto subjects = [](const json::value& page) {
      std::string all;
      for (const auto& item : page.at("items").as_array())
        all += std::string(item.at(item.as_object().contains("subject") ? "subject" : "service").as_string()) + ' ';
      return all;
    };
    CHECK(subjects(get("deployments")) == "n 5 4 3 2 1 ");
    CHECK(subjects(get("deployments?service=checkout&kind=planned")) == "5 4 2 1 ");
    CHECK(subjects(get("deployments?team=payments&since=2026-11-12T00:00:00Z&until=2026-11-14T00:00:00Z")) == "3 2 ");
    CHECK(subjects(get("deployments?service=nobody")).empty());
    const auto first = app.operations("GET", "/api/v1/deployments?service=checkout&limit=2");
    CHECK(subjects(json::parse(first.body)) == "5 4 ");
    std::string link = header(first, "Link"), all;
    while (!link.empty()) {  // by the links alone
      const auto page = app.operations("GET", link.substr(1, link.find('>') - 1));
      CAPTURE(link);
      CAPTURE(page.body);
      REQUIRE(page.status == 200);
      all += subjects(json::parse(page.body));
      link = header(page, "Link");
    }
    CHECK(all == "3 2 1 ");
    const auto hotfix = get("hotfixes").at("items").as_array().at(0);
    CHECK(hotfix.at("cause") == "data");
    CHECK(hotfix.at("incident") == "INC-7");
    CHECK(hotfix.at("owes_merge").is_bool());
    CHECK(get("incidents?severity=2").at("items").as_array().at(0).at("severity") == 2);
    CHECK(get("incidents?severity=1").at("items").as_array().empty());
    CHECK(subjects(get("services")) == "checkout ");
    CHECK(get("services").at("items").as_array().at(0).at("open_incidents") == 1);
    CHECK(get("services").at("items").as_array().at(0).at("team") == "payments");  // which no event names
    CHECK(get("deliveries?limit=1").at("items").as_array().size() == 1);
    CHECK(get("deliveries?limit=1").at("next").is_string());
    const auto csv = app.operations("GET", "/api/v1/hotfixes", "", {{"Accept", "text/csv"}});
    CHECK(csv.body.starts_with("id,service,environment,"));
    CHECK(std::ranges::count(csv.body, '\n') == 2);
    CHECK(app.operations("GET", "/api/v1/incidents?severity=1", "", {{"Accept", "text/csv"}}).body.find("culprit") !=
          std::string::npos);  // an empty table has its columns
    for (const auto* bad :
         {"deployments?color=red", "deployments?limit=0", "deployments?limit=1001", "deployments?kind=x",
          "deployments?since=yesterday", "deployments?after=x", "deployments?after=%5B%221%22%2C%22x%22%5D",
          "deliveries?after=%5B%22x%22%5D", "deliveries?service=checkout"}) {
      CAPTURE(bad);
      CHECK(app.operations("GET", std::string("/api/v1/") + bad).status == 400);
    }
  }

  TEST_CASE("names with a slash are found by every path that takes a name") {
    const database db;
    running_app app(db.where());
    const std::string events =
        R"([{"id":"1","subject":"deploy/7","type":"deployment","service":"acme/checkout","version":"v7","state":"succeeded",)"
        R"("time":"2026-11-20T11:00:00Z"},{"id":"2","subject":"inc/1","type":"incident","service":"acme/checkout","state":"open",)"
        R"("time":"2026-11-20T11:30:00Z"}])";
    REQUIRE(app.send_events(events).status == 202);
    app.derived(db);
    for (const auto* path :
         {"/badge/acme/checkout.svg", "/services/acme/checkout", "/services/acme%2Fcheckout", "/deployments/deploy/7",
          "/api/v1/deployments/deploy/7", "/api/v1/deployments/deploy/7/explain", "/api/v1/incidents/inc/1",
          "/api/v1/incidents/inc/1/explain", "/api/v1/deployments/deploy%2F7/explain"}) {
      CAPTURE(path);
      CHECK(app.operations("GET", path).status == 200);
    }
    CHECK(app.operations("GET", "/badge/acme/checkout.svg").body.find("unknown") == std::string::npos);
  }

  TEST_CASE("both formats, plain and compressed, end as they should") {
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
