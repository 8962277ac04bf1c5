// Explanations and amendments by users: follow-ups, decisions, reasons, and figures as of a past instant.
#include "tests/postgres/running_app.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

const std::vector<std::pair<std::string, std::string>> amend = {{"Authorization", "Bearer sesame"},
                                                                {"Content-Type", "application/merge-patch+json"}};

std::string of_checkout(const std::string& figure, const std::string& more = {}) {
  return "releasehealth_" + figure + "{service_name=\"checkout\",team_name=\"\",deployment_environment=\"production\"" +
         more + "}";
}

json::value get(running_app& app, const std::string& path) {
  const auto answer = app.operations("GET", path);
  INFO(path);
  INFO(answer.body);
  REQUIRE(answer.status == 200);
  return json::parse(answer.body);
}

std::string why(const json::value& explanation, std::string_view what) {
  std::string all;
  const auto& lines = explanation.at("because").as_array();
  for (const auto& line : lines)
    if (line.at("what") == json::string(what))
      all += (all.empty() ? "" : " | ") + std::string(line.at("why").as_string());
  return all;
}

}

TEST_SUITE("postgres") {
  TEST_CASE("a hotfix is merged back when GitHub reports its commit on the default branch") {
    const database db;
    running_app app(db.where());
    const auto status = [](const char* id, const char* sha, const char* ref) {
      return std::string(
                 R"({"deployment_status":{"state":"success","created_at":"2026-11-20T11:00:00Z"},"deployment":{"id":)") +
             id + R"(,"sha":")" + sha + R"(","ref":")" + ref +
             R"(","environment":"production","created_at":"2026-11-20T10:59:00Z"},"repository":{"full_name":"checkout","default_branch":"main"}})";
    };
    const auto unmerged = of_checkout("unmerged_hotfixes");
    app.github("deployment_status", "1", status("1", "aaaaaaa1", "hotfix/1"));
    // merge-backs are tracked from the first push on (figures.md section 16)
    const std::string first_push =
        R"json({"ref":"refs/heads/main","repository":{"full_name":"checkout","default_branch":"main","pushed_at":1795170000},"commits":[{"id":"eeeeeee0","message":"Round","timestamp":"2026-11-20T10:10:00Z"}]})json";
    app.github("push", "0", first_push);
    CHECK(app.metric(unmerged, "1") == "1");
    const std::string push =
        R"json({"ref":"refs/heads/main","repository":{"full_name":"checkout","default_branch":"main","pushed_at":1795173000},"commits":[{"id":"bbbbbbb2","message":"Fix tax\n\n(cherry picked from commit aaaaaaa1)","timestamp":"2026-11-20T11:10:00Z"}]})json";
    app.github("push", "2", push);
    CHECK(app.metric(unmerged, "0") == "0");
    CHECK(db.query("SELECT merged_back_at = to_timestamp(1795173000), 'merged_back_at' = ANY (done) FROM deployment") ==
          "t|t");
    app.github("deployment_status", "3", status("2", "ccccccc3", "hotfix/2"));
    CHECK(app.metric(unmerged, "1") == "1");
    const auto merged = [](const char* number, const char* sha, const char* base) {
      return std::string(R"({"action":"closed","pull_request":{"merged":true,"number":)") + number +
             R"(,"merge_commit_sha":")" + sha + R"(","merged_at":"2026-11-20T11:30:00Z","title":"Fix )" + number +
             R"(","head":{"ref":"fix-tax"},"base":{"ref":")" + base +
             R"("}},"repository":{"full_name":"checkout","default_branch":"main"}})";
    };
    app.github("pull_request", "4", merged("7", "ccccccc3", "release/1"));
    CHECK(app.metric(of_checkout("deployments", ",kind=\"hotfix\",period=\"month\""), "2") == "2");
    CHECK(app.metric(unmerged, "1") == "1");
    app.github("pull_request", "5", merged("8", "ddddddd4", "main"));
    CHECK(app.metric(unmerged, "0") == "0");
  }

  TEST_CASE("amended follow-ups record who, when, why, before and after, and null withdraws them") {
    const database db;
    running_app app(db.where());
    app.send_events(deployed("a", R"("version":"1","kind":"hotfix","cause":"data")"));
    // another hotfix with its merge-back in its own report: from then on merge-backs are tracked (figures.md section
    // 16)
    app.send_events(deployed("b", R"("version":"2","merged_back_at":"2026-11-20T11:00:00Z")"));
    const auto unmerged = of_checkout("unmerged_hotfixes");
    CHECK(app.metric(unmerged, "1") == "1");
    const auto path = "/api/v1/deployments/" + db.query("SELECT id FROM deployment WHERE subject = 'a'");
    CHECK(app.operations("PATCH", path, R"({"merged_back_at":"yesterday","reason":"x"})", amend).status == 400);
    CHECK(app.operations("PATCH", path, R"({"was":{},"merged_back_at":"2026-11-20T11:30:00Z","reason":"x"})", amend)
              .status == 400);
    CHECK(app.operations("PATCH", path,
                         R"({"merged_back_at":"2026-11-20T11:30:00Z","cause":"security","reason":"by hand"})", amend)
              .status == 202);
    CHECK(app.metric(unmerged, "0") == "0");
    CHECK(app.metric(of_checkout("hotfixes_by_cause", ",cause=\"security\",period=\"month\""), "1") == "1");
    CHECK(
        db.query("SELECT fields->>'by', fields->>'reason', fields->'was'->>'cause', fields->'was'->>'merged_back_at', "
                 "fields->>'cause', time "
                 "FROM event WHERE is_override") == "all|by hand|data|-|security|2026-11-20 12:00:00+00");
    app.set_clock("2026-11-20T12:01:00Z");
    CHECK(app.operations("PATCH", path, R"({"merged_back_at":null,"reason":"it was not"})", amend).status == 202);
    CHECK(app.metric(unmerged, "1") == "1");
    const auto told = get(app, path + "/explain").at("told_by").as_array();
    REQUIRE(told.size() == 3);
    CHECK(told[2].at("fields").at("was").at("merged_back_at") == "2026-11-20T11:30:00Z");
  }

  TEST_CASE("an incident is shown, amended and explained, with the policy's recommendation and the deviation") {
    const database db;
    running_app app(db.where());
    app.send_events(
        '[' + deployed("a", R"("version":"1","time":"2026-11-20T08:00:00Z")") +
        R"(,{"id":"i","type":"incident","subject":"INC-7","service":"checkout","time":"2026-11-20T09:00:00Z"},)" +
        deployed("b", R"("version":"2","ref":"hotfix/2","time":"2026-11-20T09:30:00Z")") + ']');
    const auto against = of_checkout("incidents_against_policy", ",period=\"month\"");
    CHECK(app.metric(against, "0") == "0");
    const auto path = "/api/v1/incidents/" + db.query("SELECT id FROM incident");
    CHECK(get(app, path).at("subject") == "INC-7");
    CHECK(app.operations("GET", "/api/v1/incidents/none").status == 404);
    CHECK(app.operations("PATCH", path, R"({"severity":9,"reason":"x"})", amend).status == 400);
    CHECK(app.operations("PATCH", path, R"({"severity":1,"touches":["money"],"reason":"payments failed"})", amend)
              .status == 202);
    CHECK(app.metric(against, "1") == "1");
    CHECK(app.metric(of_checkout("incidents", ",severity=\"1\",period=\"month\""), "1") == "1");
    const auto i = get(app, path + "/explain");
    CHECK(why(i, "attributed to") == "a (1), in progress or live when it started");
    CHECK(why(i, "policy") ==
          "rollback, because of: default: money, data, identity, access, security; the first remediation differs");
    const auto d = get(app, "/api/v1/deployments/b/explain");
    CHECK(why(d, "kind") == "hotfix, because default rule hotfix-ref matched ref hotfix/2");
    CHECK(why(d, "fixes") ==
          "a (1), because incident INC-7 was open when the hotfix started and is attributed to this change");
    const auto f = get(app, "/api/v1/figures/hotfixes/explain?service=checkout&period=2026-11").at("items").at(0);
    CHECK(f.at("about").at("value") == 1);
    CHECK(why(f, "  -") ==
          "2026-11-20T09:30:00Z  checkout b (2)  hotfix, because default rule hotfix-ref matched ref hotfix/2; fixes a "
          "(1), because incident INC-7 was open when the hotfix started and is attributed to this change");
    CHECK(app.operations("GET", "/api/v1/figures/nonsense/explain?service=checkout").status == 400);
    CHECK(app.operations("GET", "/api/v1/figures/hotfixes/explain").status == 400);
    CHECK(app.operations("GET", "/api/v1/figures/hotfixes/explain?service=nobody").status == 404);
  }

  TEST_CASE("a deployment is explained with the images that distinguish it") {
    const database db;
    running_app app(db.where());
    app.send_events(deployed("a", R"("artifacts":["acme/checkout:1.8.3@sha256:0b31","envoy:2"])"));
    CHECK(app.metric(of_checkout("deployments", ",kind=\"planned\",period=\"month\""), "1") == "1");
    const auto d = get(app, "/api/v1/deployments/v1.8.3/explain");
    CHECK(why(d, "own image") == "acme/checkout:1.8.3@sha256:0b31");
    CHECK(why(d, "sidecar") == "");
    CHECK(why(d, "version") == "1.8.3");
  }

  TEST_CASE("an open incident has a recommendation") {
    const database db;
    running_app app(db.where(), "[[policy]]\nname = 'dark'\nwhen = { touches = ['core_workflow'] }\nthen = 'flag'\n");
    const auto decide = [&](const std::string& body) {
      const auto answer = app.operations("POST", "/api/v1/decide", body, {{"Content-Type", "application/json"}});
      if (answer.status != 200) return std::to_string(answer.status);
      const auto said = json::parse(answer.body);
      return text_at(said, "/decision") + ": " + text_at(said, "/because");
    };
    CHECK(decide(R"({"touches":["core_workflow"]})") == "flag: rule dark");
    CHECK(decide(R"({"touches":["money"]})") == "rollback: rule default: money, data, identity, access, security");
    CHECK(decide(R"({"cause_known":true,"fix_tested":true})") == "hotfix: rule default: known cause and tested fix");
    CHECK(decide(R"({"blast_radius":"small","trajectory":"falling"})") == "watch: rule default: small and not rising");
    CHECK(decide(R"({"blast_radius":"small","trajectory":"falling","detected_at":"2026-11-20T10:30:00Z"})") ==
          "rollback: rule default: anything else, 90m after the detection");
    CHECK(decide(R"({"trajectory":"rising"})") == "rollback: rule default: rising with an unknown cause");
    CHECK(decide(R"({})") == "400");
    CHECK(decide(R"({"trajectory":"sideways"})") == "400");
    CHECK(decide(R"({"severity":1})") == "400");
    CHECK(decide(R"({"incident":"INC-7"})") == "404");
    CHECK(
        app.send_events(
               R"({"id":"i","type":"incident","subject":"INC-7","service":"checkout","time":"2026-11-20T11:50:00Z","touches":["data"]})")
            .status == 202);
    for (int n = 0; n < 100 && decide(R"({"incident":"INC-7"})") == "404"; ++n)
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    CHECK(decide(R"({"incident":"INC-7"})") ==
          "rollback: rule default: money, data, identity, access, security, 10m after the detection");
  }

  TEST_CASE("figures as of a past instant use only events received before it") {
    const database db;
    running_app app(db.where());
    app.send_events(deployed("a", R"("version":"1","kind":"hotfix","time":"2026-11-01T10:00:00Z")"));
    app.set_clock("2026-11-20T13:00:00Z");
    app.send_events(deployed("b", R"("version":"2","kind":"hotfix","time":"2026-11-01T11:00:00Z")"));
    const auto hotfixes = [&](const std::string& as_of) {
      const auto answer = get(app, "/api/v1/figures?service=checkout&period=2026-11" + as_of);
      const auto& all = answer.at("figures").as_array();
      for (const auto& f : all)
        if (f.at("figure") == "deployments" && f.at("labels").at("kind") == "hotfix")
          return f.at("value").to_number<int>();
      return -1;
    };
    CHECK(app.metric(of_checkout("deployments", ",kind=\"hotfix\",period=\"month\""), "2") == "2");
    CHECK(hotfixes("") == 2);
    CHECK(hotfixes("&as_of=2026-11-20T12:30:00Z") == 1);
    CHECK(hotfixes("&as_of=2026-11-20T11:00:00Z") == -1);
    CHECK(app.operations("GET", "/api/v1/figures?as_of=2027-01-01T00:00:00Z").status == 400);
    CHECK(get(app, "/api/v1/months?months=1&as_of=2026-11-20T12:30:00Z").as_array().size() == 1);
    const auto partial = [&](const std::string& period) {
      return get(app, "/api/v1/figures?period=" + period).at("partial").as_bool();
    };
    CHECK(partial("2026-11"));  // the month is not over
    CHECK(partial("2026-10"));  // no event was received yet
    CHECK(partial("90d"));
    CHECK_FALSE(partial("7d"));
  }
}
