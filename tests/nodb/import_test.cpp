// Importing histories from files and from API exports: records become events, invalid ones are reported.
#include <fstream>
#include <sstream>

#include "collectors/fields.hpp"
#include "daemon/import/api_exports.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

const timestamp now = *parse_time("2026-11-20T12:00:00Z");

struct read_history {
  std::vector<std::string> events, refused, notes;
  std::vector<std::string> ids;
  record_handler handler() {
    return {.take =
                [this](const event& e, std::optional<timestamp> received_at) {
                  auto line = std::string(word(e.type)) + ' ' + e.subject + ' ' + format_time(e.time);
                  for (const auto* field : {"state", "service", "environment", "version", "commit", "finished_at",
                                            "started_at", "resolved_at", "title"})
                    if (const auto value = text_at(e.fields, '/' + std::string(field)); !value.empty())
                      line += ' ' + std::string(field) + '=' + value;
                  if (received_at) line += " received " + format_time(*received_at);
                  events.push_back(line);
                  ids.push_back(e.id);
                },
            .refuse = [this](const refused_record& r) { refused.push_back(r.where + ": " + r.why.text()); },
            .note = [this](const std::string& what) { notes.push_back(what); }};
  }
};

read_history read_table(const std::string& text, const std::map<std::string, std::string>& columns = {},
                        const history_defaults& defaults = {}) {
  read_history h;
  std::istringstream in(text);
  if (const auto done = read_csv_history(in, columns, defaults, now, h.handler()); !done)
    h.refused.push_back(done.error().detail);
  return h;
}

read_history read_export(std::string_view format, const std::string& text) {
  const auto* known = find_api_export(format);
  REQUIRE(known);
  read_history h;
  std::istringstream in(text);
  const auto done = read_api_export(*known, in, {}, now, h.handler());
  if (!done) h.refused.push_back(done.error().detail);
  return h;
}

// Joined into one text, so that doctest shows the difference.
std::string lines(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& line : all) out += line + '\n';
  return out;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("API exports become the same events as webhooks, with the same subjects") {
    const auto releases = read_export("github-releases", R"(
      [{"url":"https://api.github.com/repos/acme/shop/releases/7","id":7,"tag_name":"v1.2.3","name":"One","published_at":"2026-01-02T03:04:05Z","draft":false,"prerelease":false},
       {"url":"https://api.github.com/repos/acme/shop/releases/8","id":8,"tag_name":"v2.0.0-rc.1","published_at":"2026-01-03T03:04:05Z","draft":false,"prerelease":true}]
      [{"url":"https://api.github.com/repos/acme/shop/releases/9","id":9,"tag_name":"v1.2.4","published_at":"2026-01-04T03:04:05Z","draft":false,"prerelease":false}, 7])");
    CHECK(lines(releases.events) ==
          lines({"deployment 7 2026-01-02T03:04:05Z state=succeeded service=acme/shop environment=production "
                 "version=v1.2.3 finished_at=2026-01-02T03:04:05Z title=One",
                 "retraction 7 2026-01-02T03:04:05Z",  // retracts nothing: a listed release counts
                 "deployment 9 2026-01-04T03:04:05Z state=succeeded service=acme/shop environment=production "
                 "version=v1.2.4 finished_at=2026-01-04T03:04:05Z",
                 "retraction 9 2026-01-04T03:04:05Z"}));
    CHECK(lines(releases.refused) == lines({"/3: not a JSON object"}));
    CHECK(lines(releases.notes) == lines({"1 prereleases and drafts skipped"}));

    const auto deployments = read_export("github-deployments", R"([
      {"url":"https://api.github.com/repos/acme/shop/deployments/1","id":1,"sha":"5e1f00000000000000000000000000000000aaaa","ref":"main","environment":"production","created_at":"2026-01-02T03:00:00Z",
       "statuses":[{"state":"success","created_at":"2026-01-02T03:10:00Z"},{"state":"in_progress","created_at":"2026-01-02T03:05:00Z"}]},
      {"url":"https://api.github.com/repos/acme/shop/deployments/2","id":2}])");
    REQUIRE(deployments.events.size() == 3);
    CHECK(deployments.events[1] ==
          "deployment 1 2026-01-02T03:10:00Z state=succeeded service=acme/shop environment=production "
          "commit=5e1f00000000000000000000000000000000aaaa");
    CHECK(lines(deployments.refused) ==
          lines({"/1: has no statuses: /statuses: missing; expected the response of statuses_url"}));

    CHECK(lines(read_export("gitlab-deployments",
                            R"([{"id":42,"iid":2,"ref":"main","sha":"a91957a858320c0e17f3a0eca7cfacbff50ea29a",
      "updated_at":"2026-01-02T03:04:05.123Z","status":"success","user":{"username":"root"},"environment":{"name":"production"},
      "deployable":{"finished_at":"2026-01-02T03:04:00.000Z","commit":{"title":"Pay","web_url":"https://gitlab.example.com/acme/shop/-/commit/a91957a858320c0e17f3a0eca7cfacbff50ea29a"}}}])")
                    .events) ==
          lines({"deployment 42 2026-01-02T03:04:00Z state=succeeded service=acme/shop "
                 "environment=production commit=a91957a858320c0e17f3a0eca7cfacbff50ea29a title=Pay"}));
    CHECK(lines(read_export("gitlab-releases",
                            R"([{"tag_name":"v1.2.3","name":"One","released_at":"2026-01-02T03:04:05.000Z",
      "commit":{"id":"a91957a858320c0e17f3a0eca7cfacbff50ea29a"},"_links":{"self":"https://gitlab.example.com/acme/shop/-/releases/v1.2.3"}}])")
                    .events) ==
          lines({"deployment release/v1.2.3 2026-01-02T03:04:05Z state=succeeded service=acme/shop "
                 "environment=production version=v1.2.3 commit=a91957a858320c0e17f3a0eca7cfacbff50ea29a "
                 "finished_at=2026-01-02T03:04:05Z title=One",
                 "tag acme/shop@v1.2.3 2026-01-02T03:04:05Z commit=a91957a858320c0e17f3a0eca7cfacbff50ea29a"}));

    const auto issues = read_export("jira", R"({"startAt":0,"issues":[
      {"key":"SHOP-1","fields":{"issuetype":{"name":"Incident"},"project":{"key":"SHOP"},"summary":"Down","created":"2026-01-02T03:00:00.000+0000",
        "updated":"2026-01-03T03:00:00.000+0000","resolutiondate":"2026-01-02T05:00:00.000+0000","status":{"statusCategory":{"key":"done"}}}},
      {"key":"SHOP-2","fields":{"issuetype":{"name":"Task"},"updated":"2026-01-03T03:00:00.000+0000"}},
      {"key":"SHOP-3","fields":{}}]})");
    CHECK(lines(issues.events) == lines({"incident SHOP-1 2026-01-03T03:00:00Z state=resolved service=SHOP "
                                         "started_at=2026-01-02T03:00:00Z resolved_at=2026-01-02T05:00:00Z title=Down",
                                         "incident SHOP-2 2026-01-03T03:00:00Z"}));  // a task: filtered by its type
    CHECK(lines(issues.refused) == lines({"/2: is not an issue: /fields/updated: missing or not a time; expected one "
                                          "like 2026-03-01T09:00:00.000+0000"}));

    const auto pages = read_export(
        "pagerduty",
        R"({"incidents":[{"id":"P1","status":"resolved","created_at":"2026-01-02T03:00:00Z","resolved_at":"2026-01-02T04:00:00Z",
      "title":"Down","service":{"summary":"checkout"},"acknowledgements":[{"at":"2026-01-02T03:05:00Z"}]}]})");
    CHECK(lines(pages.events) ==
          lines({"incident P1 2026-01-02T03:00:00Z state=open service=checkout started_at=2026-01-02T03:00:00Z "
                 "title=Down",
                 "incident P1 2026-01-02T03:05:00Z state=acknowledged service=checkout "
                 "started_at=2026-01-02T03:00:00Z title=Down",
                 "incident P1 2026-01-02T04:00:00Z state=resolved service=checkout started_at=2026-01-02T03:00:00Z "
                 "title=Down"}));
    CHECK(lines(read_export("jira", "{\"issues\":[").refused) == lines({"is not JSON: incomplete JSON"}));
    CHECK(read_export("jira", "").events.empty());
  }

  TEST_CASE("the columns page documents every field") {
    std::ifstream in(SOURCE_DIR "/collectors/csv/README.md");
    const std::string page{std::istreambuf_iterator<char>(in), {}};
    for (const auto& f : fields())
      CHECK_MESSAGE(page.find('`' + std::string(f.name) + '`') != std::string::npos, f.name);
  }

  TEST_CASE("tables with mapped column names and tables written by export are imported") {
    const auto h =
        read_table("App,Release,Deployed at\ncheckout,1.0,2026-01-02T03:04:05Z\n\"two\nlines\",x\npay,2.0,soon\n",
                   {{"service", "App"}, {"version", "Release"}, {"finished_at", "Deployed at"}}, {"", "production"});
    CHECK(lines(h.events) == lines({"deployment row-" + h.events.at(0).substr(15, 32) +
                                    " 2026-01-02T03:04:05Z state=succeeded service=checkout environment=production "
                                    "version=1.0 finished_at=2026-01-02T03:04:05Z"}));
    REQUIRE(h.refused.size() == 2);
    CHECK(h.refused[0] == "3: has 2 cells; expected 3 as in the header");
    CHECK(h.refused[1].starts_with("5: "));

    read_history again;
    std::istringstream two(
        "{\"id\":\"1\",\"type\":\"deployment\",\"service\":\"a\",\"received_at\":\"2026-01-05T00:00:00Z\"}\n\n{\"id\":"
        "1}\n");
    read_event_history(two, {}, now, again.handler());
    CHECK(lines(again.events) == lines({"deployment 1 2026-11-20T12:00:00Z service=a received 2026-01-05T00:00:00Z"}));
    REQUIRE(again.refused.size() == 1);
    CHECK(again.refused[0].starts_with("3: "));
  }

  TEST_CASE("tables written by spreadsheets are imported") {
    const std::string wanted =
        " 2026-01-02T00:00:00Z state=succeeded service=pay version=1.0 finished_at=2026-01-02T00:00:00Z";
    for (const auto* text : {"\xEF\xBB\xBFservice,version,finished_at\npay,1.0,2026-01-02\n",
                             "service;version;finished_at\r\npay;1.0;2026-01-02\r\n",
                             "service\tversion\tfinished_at\npay\t1.0\t2026-01-02\n",
                             "\xEF\xBB\xBF\"service\";version;finished_at\npay;1.0;2026-01-02 01:00:00 +0100"}) {
      CAPTURE(text);
      const auto h = read_table(text);
      CHECK(h.refused.empty());
      REQUIRE(h.events.size() == 1);
      CHECK(h.events[0].ends_with(wanted));
    }
    CHECK(lines(read_table("App,When\nx,y\n").refused)
              .starts_with("no known column in \"App, When\"; expected some of service"));
    CHECK(lines(read_table("service,version,version\n").refused) ==
          lines({"duplicate column \"version\"; expected each column once"}));
    CHECK(lines(read_table("App,When\n", {{"service", "Name"}}).refused) ==
          lines({"--column service=Name: no column \"Name\"; the file has App, When"}));
    CHECK(lines(read_table("").refused) == lines({"no header; expected a line of column names"}));
    CHECK(lines(read_table("\xFF\xFEs").refused).starts_with("is UTF-16; expected UTF-8"));
    CHECK(lines(read_table("service,version\npay,1.0\n").refused)
              .starts_with("2: no time; expected one of time, created_at, started_at, finished_at"));
    CHECK(lines(read_table("version,time\n1.0,2026-01-02\n").refused) ==
          lines({"2: deployment without a service; expected service, or --service"}));
    CHECK(lines(read_table("service,title,time\npay,caf\xE9,2026-01-02\n").refused) ==
          lines({"2: column \"title\" is not UTF-8 (save the table as \"CSV UTF-8\")"}));
    CHECK(lines(read_table("service,finished_at\npay,1.1.2026\n").refused).find("/finished_at") != std::string::npos);
    const auto incident = read_table("type,service,started_at,resolved_at\nincident,pay,2026-01-02,2026-01-03\n");
    REQUIRE(incident.events.size() == 1);
    CHECK(incident.events[0].find(" 2026-01-03T00:00:00Z ") != std::string::npos);
  }

  TEST_CASE("importing a table again with the missing service updates the stored events") {
    const std::string table = "version,time,environment\n1.0,2026-01-02,production\n";
    const auto before = read_table(table, {}, {"pay", ""}), after = read_table(table, {}, {"checkout", ""});
    REQUIRE(before.events.size() == 1);
    REQUIRE(after.events.size() == 1);
    CHECK(before.ids[0] != after.ids[0]);
    CHECK(before.events[0].substr(0, 47) == after.events[0].substr(0, 47));  // the same subject
    const auto export_of = [](const history_defaults& defaults) {
      read_history h;
      std::istringstream in(R"({"incidents":[{"id":"P1","status":"triggered","created_at":"2026-01-02T03:00:00Z"}]})");
      const auto* pagerduty = find_api_export("pagerduty");
      REQUIRE(read_api_export(*pagerduty, in, defaults, now, h.handler()));
      return h;
    };
    CHECK(export_of({}).ids != export_of({"checkout", ""}).ids);
  }

  TEST_CASE("records without a time and deployments without a service are rejected") {
    read_history h;
    std::istringstream records(
        "{\"id\":\"1\",\"type\":\"deployment\",\"service\":\"a\"}\n{\"id\":\"2\",\"type\":\"deployment\",\"time\":"
        "\"2026-01-05T00:00:00Z\"}\n"
        "{\"id\":\"3\",\"type\":\"deployment\",\"service\":\"a\",\"finished_at\":\"2026-01-05T00:00:00Z\"}\n"
        "{\"id\":\"4\",\"type\":\"deployment\",\"time\":\"2026-01-05T00:00:00Z\",\"received_at\":\"2026-01-05T00:00:"
        "00Z\"}\n");
    read_event_history(records, {}, now, h.handler());
    CHECK(h.events.size() == 2);  // an exported report may rely on another one for its service
    CHECK(h.events.at(0).starts_with("deployment 3 2026-01-05T00:00:00Z"));
    REQUIRE(h.refused.size() == 2);
    CHECK(h.refused[0].starts_with("1: no time; expected one of time"));
    CHECK(h.refused[1] == "2: deployment without a service; expected service, or --service");
  }

  TEST_CASE("an export that ends before its last page is detected") {
    for (const auto* text :
         {R"({"incidents":[],"more":true})", R"({"issues":[],"isLast":false})", R"({"issues":[],"nextPageToken":"x"})",
          R"({"issues":[],"next":"https://jira.example.com/2"})",
          R"({"issues":[],"startAt":0,"maxResults":50,"total":51})"}) {
      CAPTURE(text);
      CHECK(
          lines(
              read_export(std::string(text).find("incidents") == std::string::npos ? "jira" : "pagerduty", text).notes)
              .starts_with("warning: the export is incomplete"));
    }
    CHECK(read_export("jira", R"({"issues":[],"more":true} {"issues":[],"isLast":true})").notes.empty());
  }
}
