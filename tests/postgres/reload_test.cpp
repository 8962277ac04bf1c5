// Permissions on a running daemon: reloading, host names, reports about a service, claiming ids.
#include "tests/check.hpp"
#include "tests/postgres/running_app.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

const std::string restricted =
    "[[token]]\nname = 'shop'\nscopes = ['send']\ntoken = 'shop'\nservices = ['checkout', 'shop-*']\n"
    "environments = ['production']\n"
    "[[token]]\nname = 'shopkeeper'\nscopes = ['send', 'amend']\ntoken = 'keeper'\nservices = ['checkout']\n"
    "[[token]]\nname = 'operator'\nscopes = ['admin']\ntoken = 'operator'\n"
    "[[source]]\nname = 'hooks'\nkind = 'standard-webhooks'\nsecret = 'hooks'\nservices = ['cart']\n"
    "[[service]]\nname = 'checkout'\nwas = ['kasse']\n";

}

TEST_SUITE("postgres") {
  TEST_CASE("a reload applies what it can and reports keys that need a restart") {
    const database db;
    const std::string wide = "[intake]\nlisten = '127.0.0.1:0'\nmax_body_bytes = 4000000\n";
    running_app app(db.where());
    const auto top_with = [&](const std::string& intake, const std::string& rest) {
      auto text = app.top();
      const std::string before = "[intake]\nlisten = '127.0.0.1:0'\n";
      text.replace(text.find(before), before.size(), intake);
      return text + app.tokens_and_source() + rest;
    };
    const auto large = [&](const std::string& id) {
      return app.send_events(deployed(id, R"("x":")" + std::string(2'000'000, 'x') + '"')).status;
    };
    const auto reload = [&] { return app.operations("POST", "/-/reload"); };
    app.write_file(top_with(wide, {}));
    CHECK(reload().body == "reloaded\n");
    CHECK(large("1") == 202);
    app.write_file(top_with(wide + "max_waiting_bytes = 1048576\n", {}));
    CHECK(reload().body == "reloaded\n");
    CHECK(large("2") == 503);
    app.write_file(
        top_with("[intake]\nlisten = '127.0.0.1:1'\nmax_body_bytes = 4000000\n", "[spool]\nmax_age = '1d'\n"));
    CHECK(reload().body == "reloaded\nintake.listen takes effect at the next start\n");
    CHECK(reload().body == "reloaded\nintake.listen takes effect at the next start\n");
    CHECK(large("2") == 202);
  }

  TEST_CASE("a reload changes the spool's limits and the wait for it") {
    const database db;
    auto away = db.where();
    away.dsn += "_not_there";
    running_app app(away);
    CHECK(app.send_events(deployed("1", R"("version":"1")")).status == 202);
    app.write_file(app.top() + running_app::tokens_and_source() + "[spool]\nmax_bytes = 1\n");
    CHECK(app.operations("POST", "/-/reload").body == "reloaded\n");
    CHECK(app.send_events(deployed("2", R"("version":"1")")).status == 503);
    app.write_file(app.top() + running_app::tokens_and_source() + "[spool]\nmax_bytes = 1000000\npatience_ms = 100\n");
    CHECK(app.operations("POST", "/-/reload").body == "reloaded\n");
    CHECK(app.send_events(deployed("2", R"("version":"1")")).status == 202);
  }

  TEST_CASE("a reload that would drop all sources, all tokens or everything is rejected unless forced") {
    const database db;
    running_app app(db.where());
    const auto refused = [&](const std::string& text, const std::string& why) {
      app.write_file(text);
      const auto answer = app.operations("POST", "/-/reload");
      CHECK(answer.status == 409);
      CAPTURE(answer.body);
      CHECK(answer.body.find(why) != std::string::npos);
      CHECK(answer.body.find("force=true") != std::string::npos);
      CHECK(app.metric("releasehealth_config_last_reload_successful", "0") == "0");
      CHECK(app.github("ping", "p", "{}").status == 202);
      CHECK(app.send_events("[]").status == 202);
    };
    const auto tokens = app.tokens_and_source().substr(0, app.tokens_and_source().find("[[source]]"));
    const auto source = app.tokens_and_source().substr(app.tokens_and_source().find("[[source]]"));
    refused("", "the file is empty");
    refused("# cut off", "the file is empty");
    refused(app.top(), "the file has no [[source]]; configured now: 1");
    refused(app.top() + tokens, "the file has no [[source]]; configured now: 1");
    refused(app.top() + source, "the file has no [[token]]; configured now: 2");
    CHECK(app.operations("POST", "/-/reload?force=false").status == 409);
    CHECK(app.operations("POST", "/-/reload?forced=true").status == 400);
    app.write_file(app.top() + tokens);
    CHECK(app.operations("POST", "/-/reload?force=true").body == "reloaded\n");
    CHECK(app.github("ping", "p", "{}").status == 404);
    CHECK(app.metric("releasehealth_config_last_reload_successful", "1") == "1");
  }

  TEST_CASE("a reload through a proxy needs a token with the scope admin") {
    const database db;
    running_app app(db.where(), restricted);
    const auto reload = [&](std::vector<std::pair<std::string, std::string>> header) {
      return app.operations("POST", "/-/reload", {}, std::move(header)).status;
    };
    CHECK(reload({}) == 200);
    for (const auto* proxy : {"X-Forwarded-For", "Forwarded"}) {
      CHECK(reload({{proxy, "192.0.2.1"}}) == 401);
      CHECK(reload({{proxy, "192.0.2.1"}, {"Authorization", "Bearer sesame"}}) == 403);
      CHECK(reload({{proxy, "192.0.2.1"}, {"Authorization", "Bearer operator"}}) == 200);
    }
  }

  TEST_CASE("a loopback listener rejects hosts and origins that are not its own (DNS rebinding)") {
    const database db;
    running_app app(db.where());
    const auto status = [&](const std::string& path, std::vector<std::pair<std::string, std::string>> header) {
      return app.operations("GET", path, {}, std::move(header)).status;
    };
    for (const auto* path : {"/", "/metrics", "/api/v1/figures", "/-/healthy"}) {
      CAPTURE(path);
      for (const auto* own :
           {"localhost", "localhost:9621", "LOCALHOST:1", "127.0.0.1:9621", "127.9.9.9", "[::1]:9621"}) {
        CAPTURE(own);
        CHECK(status(path, {{"Host", own}}) == 200);
        CHECK(status(path, {{"Host", own}, {"Origin", "http://" + std::string(own)}}) == 200);
      }
      for (const auto* foreign :
           {"evil.example", "127.0.0.1.evil.example:9621", "localhost.evil.example", "releases.example.com"}) {
        CAPTURE(foreign);
        CHECK(status(path, {{"Host", foreign}}) == 403);
        CHECK(status(path, {{"Origin", "https://" + std::string(foreign)}}) == 403);
      }
      CHECK(status(path, {{"Origin", "null"}}) == 403);
    }
    CHECK(app.operations("POST", "/-/reload", {}, {{"Host", "evil.example"}}).status == 403);
    auto text = app.top();
    text.insert(text.find("[log]"), "hosts = ['releases.example.com']\n");
    app.write_file(text + app.tokens_and_source());
    REQUIRE(app.operations("POST", "/-/reload").status == 200);
    CHECK(status("/metrics", {{"Host", "Releases.Example.com:443"}, {"Origin", "https://releases.example.com"}}) ==
          200);
    CHECK(status("/metrics", {{"Host", "evil.example"}}) == 403);
  }

  TEST_CASE("a token restricted to services and environments cannot report about others") {
    const database db;
    running_app app(db.where(), restricted);
    const auto send = [&](const std::string& body) { return app.send_events(body, "shop"); };
    const auto refused = [&](const std::string& body, const std::string& pointer) {
      const auto answer = send(body);
      CAPTURE(answer.body);
      CHECK(answer.status == 403);
      CHECK(answer.body.find("\"pointer\":\"" + pointer + '"') != std::string::npos);
    };
    CHECK(send(deployed("1", R"("environment":"production")")).status == 202);
    CHECK(send(R"({"id":"2","type":"deployment","service":"shop-a"})").status == 202);
    CHECK(send(R"({"id":"3","type":"deployment","service":"kasse"})").status == 202);  // checkout's former name
    CHECK(send(R"({"id":"5","type":"work","service":"checkout","seconds":60})").status == 202);
    refused(R"({"id":"6","type":"deployment","service":"search"})", "/service");
    refused(R"({"id":"6","type":"deployment"})", "/service");
    refused(deployed("6", R"("environment":"staging")"), "/environment");
    refused(R"({"id":"6","type":"incident","services":["checkout","search"]})", "/services/1");
    refused('[' + deployed("7", R"("x":1)") + R"(,{"id":"8","type":"deployment","service":"cart"}])", "/1/service");
    refused(R"({"id":"6","type":"retraction","of":"deployment","subject":"1"})", "/type");
    refused(R"({"id":"6","type":"deployment","service":"checkout","source":"github"})", "/source");
    refused(R"({"id":"6","type":"commit","commit":"5e1f00a","default_branch":true})", "/repository");
    refused(R"({"id":"6","type":"work","service":"checkout","incident":"I-1","seconds":60})", "/incident");
    refused(R"({"id":"6","type":"incident","service":"checkout","culprit":"d9"})", "/culprit");
    CHECK(app.send_events(R"({"id":"9","type":"deployment","service":"search"})").status == 202);
    CHECK(db.query("SELECT string_agg(id, ' ' ORDER BY id) FROM event") == "1 2 3 5 9");
    CHECK(db.query("SELECT DISTINCT source FROM event ORDER BY 1") == "api\napi.shop");
  }

  TEST_CASE("a restricted token cannot take over, change or hide reports of others") {
    const database db;
    running_app app(db.where(), restricted);
    const auto incident = [](const char* id, const char* service, const char* state) {
      return R"({"id":")" + std::string(id) + R"(","type":"incident","subject":"I-1","service":")" + service +
             R"(","state":")" + state + R"("})";
    };
    CHECK(app.send_events(incident("1", "search", "open")).status == 202);
    CHECK(app.send_events(R"({"id":"2","type":"deployment","service":"search","state":"succeeded","version":"1"})")
              .status == 202);
    CHECK(app.send_events(incident("1", "checkout", "resolved"), "keeper").status == 202);
    app.derived(db);
    CHECK(db.query("SELECT source, service, state FROM incident ORDER BY 1") ==
          "api|search|open\napi.shopkeeper|checkout|resolved");

    const auto id_of = [&](const char* where) { return db.query(std::string("SELECT id FROM ") + where); };
    const auto amend = [&](const std::string& path, const std::string& patch) {
      return app.operations("PATCH", "/api/v1/" + path, patch,
                            {{"Content-Type", "application/merge-patch+json"}, {"Authorization", "Bearer keeper"}});
    };
    const auto others = amend("deployments/" + id_of("deployment"), R"({"kind":"hotfix","reason":"x"})");
    CHECK(others.status == 403);
    CHECK(others.body.find(R"("pointer":"/service")") != others.body.npos);
    CHECK(amend("incidents/" + id_of("incident WHERE service = 'search'"), R"({"severity":5,"reason":"x"})").status ==
          403);
    const auto own = "incidents/" + id_of("incident WHERE service = 'checkout'");
    CHECK(amend(own, R"({"severity":2,"reason":"x"})").status == 202);
    CHECK(amend(own, R"({"service":"search","reason":"x"})").status == 403);
    CHECK(amend(own, R"({"culprit":"2","reason":"x"})").status == 403);

    const auto with_id = [&](const char* token, const char* body) {
      return app.intake("POST", "/api/v1/events", body,
                        {{"Authorization", std::string("Bearer ") + token},
                         {"Content-Type", "application/json"},
                         {"webhook-id", "build-1"}});
    };
    CHECK(with_id("keeper", R"({"id":"3","type":"work","service":"checkout","seconds":60})").status == 202);
    CHECK(
        with_id("sesame", R"({"id":"3","type":"work","service":"search","seconds":60})").body.find(R"("accepted":1)") !=
        std::string::npos);
  }

  TEST_CASE("reports outside a source's restriction are ignored with the reason") {
    const database db;
    running_app app(db.where(), restricted);
    const auto send = [&](const std::string& id, const std::string& body) {
      return app.intake("POST", "/webhooks/hooks", body,
                        {{"Content-Type", "application/json"}, {"Authorization", "Bearer hooks"}, {"webhook-id", id}});
    };
    const auto outside = send("1", R"([{"id":"1","type":"deployment","service":"search"}])");
    CHECK(outside.body ==
          "{\"accepted\":0,\"duplicates\":0,\"ignored\":1,\"reason\":\"/service \\\"search\\\" is not permitted; "
          "expected "
          "one of: cart\"}\n");
    CHECK(send("2",
               R"([{"id":"2","type":"deployment","service":"search"},{"id":"3","type":"deployment","service":"cart"}])")
              .body == "{\"accepted\":1,\"duplicates\":0,\"ignored\":0}\n");
    CHECK(db.query("SELECT string_agg(id, ' ') FROM event") == "3");
  }

  TEST_CASE("an event id reused by another sender or with different content is counted") {
    const database db;
    running_app app(db.where());
    const auto claimed = [&](const char* times) { return app.metric("releasehealth_claimed_events_total", times); };
    CHECK(app.send_events(deployed("1", R"("version":"1")"), "only-send").status == 202);
    CHECK(app.send_events(deployed("1", R"("version":"1")") + ' ', "only-send").status == 202);  // repeated
    CHECK(claimed("0") == "0");
    CHECK(app.send_events(deployed("1", R"("version":"1")") + "  ").status == 202);  // another token
    CHECK(claimed("1") == "1");
    CHECK(app.send_events(deployed("1", R"("version":"2")"), "only-send").status == 202);  // different content
    CHECK(claimed("2") == "2");
    CHECK(app.send_events('[' + deployed("2", R"("version":"1")") + ',' + deployed("2", R"("version":"2")") + ']')
              .status == 202);  // from one sender, in one delivery
    CHECK(claimed("2") == "2");
    CHECK(db.query("SELECT DISTINCT headers->>':token' FROM delivery ORDER BY 1") == "all\nsender");
  }
}
