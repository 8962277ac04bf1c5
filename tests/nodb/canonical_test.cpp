#include "collectors/canonical/canonical.hpp"

#include "collectors/collector.hpp"
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

  TEST_CASE("reserved words of exports are rejected with their pointer, whichever way an event comes in") {
    std::size_t words = 0;
    for (const auto word : canonical::reserved_words()) {
      CAPTURE(word);
      ++words;
      const auto name = std::string(word);
      const auto says = '/' + name + " is a reserved word of exports; expected another name";
      CHECK(refusal(R"({"id":"1","type":"deployment",")" + name + "\":true}") == says);
      CHECK(refusal(R"([{"id":"0","type":"work"},{"id":"1","type":"work",")" + name + "\":\"x\"}]") == "/1" + says);
      CHECK(refusal(R"({"id":"1","type":"commit","commit":"5e1f","Override":1,")" + name + "\":{}}\n",
                    "application/x-ndjson") == "/0" + says);
      if (name != "received_at")  // a table may say when its rows were received
        CHECK(csv::read_row({"service", name}, {"checkout", "x"}, now).error().problems.at(0).pointer == '/' + name);
      headers head;
      head.add("Content-Type", "application/cloudevents+json");
      const auto data = R"("data":{"state":"succeeded",")" + name + R"(":"x"}})";
      const auto enveloped =
          R"({"specversion":"1.0","id":"1","source":"/a","type":"dev.releasehealth.deployment",)" + data;
      const auto of_cloudevents = find_collector("cloudevents")->decode({}, {head, enveloped, now});
      REQUIRE(of_cloudevents.has_error());
      CHECK(of_cloudevents.error().problems.at(0).pointer == "/data/" + name);
      head.add("webhook-id", "1");
      const auto standard = R"({"type":"deployment",)" + data;
      const auto of_webhooks = find_collector("standard-webhooks")->decode({}, {head, standard, now});
      REQUIRE(of_webhooks.has_error());
      CHECK(of_webhooks.error().problems.at(0).pointer == "/data/" + name);
    }
    CHECK(words == 6);
  }

  TEST_CASE("an export keeps overrides apart from fields, and only its own place makes one") {
    event e;
    e.id = "1";
    e.thing = e.type = "deployment";
    e.subject = "d";
    e.time = now;
    e.fields = {{"kind", "hotfix"},
                {"override", true},
                {"by", "ana"},
                {"reason", "x"},
                {"was", {{"kind", "planned"}}},
                {"exported", {{"override", true}}},
                {"received_at", "2020-01-01T00:00:00Z"}};
    for (const bool is_override : {false, true}) {
      CAPTURE(is_override);
      e.is_override = is_override;
      const auto read =
          canonical::read_exported(parse_json(json::serialize(canonical::write_exported(e, now))).value(), now);
      REQUIRE(read);
      CHECK(read->of.is_override == is_override);
      CHECK(read->received_at == now);
      CHECK(read->of.fields == e.fields);
    }
  }

  TEST_CASE("the release before wrote overrides as plain members: the daemon's own form is one, a sender's is not") {
    const auto of_old = [](const std::string& id, const std::string& more) {
      return canonical::read_exported(
          parse_json(R"({"id":")" + id + R"(","type":"deployment","subject":"d","received_at":"2026-11-01T00:00:00Z")" +
                     more + "}")
              .value(),
          now);
    };
    const std::string own = "override-0123456789abcdef0123456789abcdef";
    const std::string whole = R"(,"override":true,"by":"ana","reason":"x","was":{"kind":"planned"},"kind":"hotfix")";
    const auto real = of_old(own, whole);
    REQUIRE(real);
    CHECK(real->of.is_override);
    CHECK(text_at(real->of.fields, "/by") == "ana");
    CHECK_FALSE(real->of.fields.contains("override"));
    CHECK(format_time(*real->received_at) == "2026-11-01T00:00:00Z");
    const auto plain = of_old("7", R"(,"reason":"nightly","by":"cron")");
    REQUIRE(plain);
    CHECK_FALSE(plain->of.is_override);
    CHECK(text_at(plain->of.fields, "/reason") == "nightly");
    for (const auto& [id, more] : {std::pair<std::string, std::string>{"7", whole},
                                   {own, R"(,"override":true,"by":"ana","reason":"x")"},
                                   {own, R"(,"override":true)"},
                                   {"override-1", whole}}) {
      CAPTURE(id + more);
      const auto forged = of_old(id, more);
      REQUIRE(forged.has_error());
      CHECK(forged.error().problems.at(0).pointer == "/override");
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
