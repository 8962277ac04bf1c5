#include "collectors/canonical/canonical.hpp"

#include "collectors/csv/csv.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

const timestamp now = *parse_time("2026-11-20T12:00:00Z");

std::string refusal(std::string_view body, std::string_view type = "application/json") {
  const auto read = canonical::read_events(type, body, now);
  if (read) return "accepted " + std::to_string(read->size());
  std::string out;
  for (const auto& p : read.error().problems) out += (out.empty() ? "" : ", ") + p.pointer + ' ' + p.detail;
  return out.empty() ? read.error().detail : out;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("an event is read with its times as UTC; time defaults to receipt, subject to the id") {
    const auto read = canonical::read_events(
        "application/json; charset=utf-8",
        R"({"id":"1","type":"deployment","service":"checkout","started_at":"2026-11-03T12:00:00+02:00","unheard":{"of":1}})",
        now);
    REQUIRE(read);
    const auto& e = read->front();
    CHECK(e.time == now);
    CHECK(e.subject == "1");
    CHECK(e.thing == "deployment");
    CHECK(text_at(e.fields, "/started_at") == "2026-11-03T10:00:00Z");
    CHECK(text_at(e.fields, "/unheard/of") == "1");
    const auto commit =
        canonical::read_events("application/json", R"({"id":"2","type":"commit","commit":"abc1234"})", now);
    CHECK(commit->front().subject == "abc1234");
    const auto gone = canonical::read_events("application/json",
                                             R"({"id":"3","type":"retraction","of":"deployment","subject":"1"})", now);
    CHECK(gone->front().thing == "deployment");
  }

  TEST_CASE("each mistake is named by its pointer (interface.md 3)") {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"type":"deployment"})", "/id is empty, /subject is empty"},
        {R"({"id":"1","type":"deploy"})", "/type is none of: deployment incident work flag commit retraction"},
        {R"({"id":1,"type":"deployment"})", "/id is not text, /id is empty, /subject is empty"},
        {R"({"id":"1","type":"deployment","time":"2026-11-20T12:05:00.000001Z"})",
         "/time is more than 5 minutes in the future"},
        {R"({"id":"1","type":"deployment","time":"yesterday"})", "/time is not an RFC 3339 time with an offset"},
        {R"({"id":"1","type":"deployment","finished_at":"2026-11-20T12:06:00Z"})",
         "/finished_at is more than 5 minutes in the future"},
        {R"({"id":"1","type":"deployment","state":"done"})",
         "/state is none of: pending running canceled failed succeeded inactive superseded destroyed"},
        {R"({"id":"1","type":"incident","state":"succeeded"})", "/state is none of: open acknowledged resolved"},
        {R"({"id":"1","type":"incident","severity":6})", "/severity is not 1, 2, 3, 4 or 5"},
        {R"({"id":"1","type":"deployment","labels":"hotfix"})", "/labels is not an array of names"},
        {R"({"id":"1","type":"deployment","id":"2"})", "/id duplicate key"},
        {R"({"id":"1","type":"deployment","service":"a\u0000"})", "/service holds a NUL character"},
        {R"({"id":"1","type":"retraction"})",
         "/of is missing: what is retracted, /subject is missing: which one is retracted"},
        {R"([{"id":"1","type":"deployment"},{"id":"2","type":"deployment","reviewed":"yes"}])",
         "/1/reviewed is neither true nor false"},
        {R"([1])", "/0 is not an object"},
        {R"({"id":"1","type":"deployment","time":"2026-11-20T12:05:00Z","service":null})", "accepted 1"},
        {R"([])", "accepted 0"},
    };
    for (const auto& [body, expected] : cases) {
      CAPTURE(body);
      CHECK(refusal(body) == expected);
    }
  }

  TEST_CASE("names end at 200 characters, counted as characters") {
    std::string umlauts;
    for (int i = 0; i < 200; ++i) umlauts += "\xC3\xBC";
    CHECK(refusal(R"({"id":"1","type":"deployment","service":")" + umlauts + "\"}") == "accepted 1");
    CHECK(refusal(R"({"id":"1","type":"deployment","service":")" + umlauts + "x\"}") ==
          "/service is longer than 200 characters");
  }

  TEST_CASE("NDJSON is read line by line, and one bad line refuses all") {
    CHECK(refusal("{\"id\":\"1\",\"type\":\"deployment\"}\r\n\n{\"id\":\"2\",\"type\":\"deployment\"}\n",
                  "application/x-ndjson") == "accepted 2");
    CHECK(refusal("{\"id\":\"1\",\"type\":\"deployment\"}\n{\"id\":\"2\"\n", "application/x-ndjson")
              .starts_with("/1 not JSON"));
    CHECK(refusal("{}", "text/plain") == "events are application/json or application/x-ndjson");
  }

  TEST_CASE("CSV is read as RFC 4180 writes it") {
    csv::reader rows("a,\"b \"\"x\"\", c\",d\r\n\"two\nlines\",,3\n\n1,2,3");
    CHECK(*rows.next() == std::vector<std::string>{"a", "b \"x\", c", "d"});
    CHECK(*rows.next() == std::vector<std::string>{"two\nlines", "", "3"});
    CHECK(rows.line() == 2);
    CHECK(*rows.next() == std::vector<std::string>{"1", "2", "3"});
    CHECK(rows.line() == 5);
    CHECK_FALSE(rows.next());
    CHECK(csv::quote("a \"b\", c") == "\"a \"\"b\"\", c\"");
  }

  TEST_CASE("a row is a succeeded deployment unless it says otherwise, and its text is its identity") {
    const std::vector<std::string> columns = {"service", "version", "finished_at", "labels", "lines_changed"};
    const auto row = csv::read_row(columns, {"checkout", "1.2.0", "2026-11-01T00:00:00Z", "a;b", "12"}, now);
    REQUIRE(row);
    CHECK(text_at(row->fields, "/state") == "succeeded");
    CHECK(row->time == *parse_time("2026-11-01T00:00:00Z"));
    CHECK(json::serialize(row->fields.at("labels")) == R"(["a","b"])");
    CHECK(row->fields.at("lines_changed") == 12);
    CHECK(row->id == csv::read_row(columns, {"checkout", "1.2.0", "2026-11-01T00:00:00Z", "a;b", "12"}, now)->id);
    CHECK(row->id != csv::read_row(columns, {"checkout", "1.2.1", "2026-11-01T00:00:00Z", "a;b", "12"}, now)->id);
    CHECK_FALSE(csv::read_row(columns, {"checkout"}, now));
    CHECK(csv::read_row(columns, {"checkout", "1", "x", "", "many"}, now).error().problems.size() == 2);
  }
}
