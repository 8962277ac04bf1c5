// Read requests to the whole daemon: figures, lists, pages, the gate.
#include "tests/check.hpp"
#include "tests/postgres/running_app.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

TEST_SUITE("postgres") {
  TEST_CASE("the API returns figures of any period with numerators, denominators and null for no value") {
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
              .is_null());  // before any data
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

  TEST_CASE("the gate holds services with exceeded thresholds and reports values; the badge counts them") {
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
                R"x({"code":"threshold","figure":"hotfixes","period":"month","value":2,"threshold":1,"text":"hotfixes: 2 (threshold 1 a month)"})x") !=
        std::string::npos);
    CHECK(asked("service=checkout").body.find(R"("text":"2 of 50 changes needed")") != std::string::npos);
    CHECK(reasons("service=checkout").find("rollback_ratio") == std::string::npos);  // too few changes to judge
    CHECK(asked("service=nobody").status == 404);
    CHECK(asked("service=checkout&environment=staging").status == 404);
    CHECK(asked("").status == 400);
    const auto badge = app.operations("GET", "/badge/checkout.svg");
    CHECK(badge.content_type == "image/svg+xml");
    CHECK(badge.body.find("1 threshold exceeded") != std::string::npos);
    CHECK(app.operations("GET", "/badge/nobody.svg").body.find("unknown") != std::string::npos);
    CHECK(app.operations("GET", "/badge/checkout").status == 404);
    const auto first = asked("service=checkout");
    const auto tag = header_of(first, "ETag");
    CHECK_FALSE(tag.empty());
    const auto again = app.operations("GET", "/api/v1/gate?service=checkout", "", {{"If-None-Match", tag}});
    CHECK(again.status == 304);
    CHECK(again.body.empty());
    hotfix("3");
    CHECK(app.metric(series, "3") == "3");
    CHECK(app.operations("GET", "/api/v1/gate?service=checkout", "", {{"If-None-Match", tag}}).status == 200);
  }

  TEST_CASE("on the first day a page is not green and not compared with months without data") {
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
      CHECK(holds("Not enough data to judge yet: "));
      CHECK(holds("commit coverage 0 % of deployments (0 of 4)"));
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
    // a threshold line only if chart and threshold are monthly and for one service
    const auto lines = [&](const char* path) {
      const auto page = app.operations("GET", path).body;
      std::size_t n = 0;
      for (auto at = page.find("<line class=\"threshold\""); at != page.npos;
           at = page.find("<line class=\"threshold\"", at + 1))
        ++n;
      return n;
    };
    CHECK(lines("/services/checkout") == 1);
    CHECK(lines("/") == 0);
  }

  TEST_CASE("lists are paged by key and filtered, as JSON or CSV, and unknown parameters are reported") {
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
    std::string link = header_of(first, "Link"), all;
    while (!link.empty()) {  // using only the links
      const auto page = app.operations("GET", link.substr(1, link.find('>') - 1));
      CAPTURE(link);
      CAPTURE(page.body);
      REQUIRE(page.status == 200);
      all += subjects(json::parse(page.body));
      link = header_of(page, "Link");
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
    CHECK(get("services").at("items").as_array().at(0).at("team") == "payments");  // a team that no event names
    CHECK(get("deliveries?limit=1").at("items").as_array().size() == 1);
    CHECK(get("deliveries?limit=1").at("next").is_string());
    const auto csv = app.operations("GET", "/api/v1/hotfixes", "", {{"Accept", "text/csv"}});
    CHECK(csv.body.starts_with("id,service,environment,"));
    CHECK(std::ranges::count(csv.body, '\n') == 2);
    CHECK(app.operations("GET", "/api/v1/incidents?severity=1", "", {{"Accept", "text/csv"}}).body.find("culprit") !=
          std::string::npos);  // an empty table has its header
    for (const auto* bad :
         {"deployments?color=red", "deployments?limit=0", "deployments?limit=1001", "deployments?kind=x",
          "deployments?since=yesterday", "deployments?after=x", "deployments?after=%5B%221%22%2C%22x%22%5D",
          "deliveries?after=%5B%22x%22%5D", "deliveries?service=checkout"}) {
      CAPTURE(bad);
      CHECK(app.operations("GET", std::string("/api/v1/") + bad).status == 400);
    }
  }

  TEST_CASE("names with a slash are found by every path with a name") {
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
}
