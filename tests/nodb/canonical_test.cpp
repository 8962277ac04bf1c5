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
  TEST_CASE("times are read as UTC; time defaults to the time of receipt, subject to the id") {
    const auto read = canonical::read_events(
        "application/json; charset=utf-8",
        R"({"id":"1","type":"deployment","service":"checkout","started_at":"2026-11-03T12:00:00+02:00","unheard":{"of":1}})",
        now);
    REQUIRE(read);
    const auto& e = read->front();
    CHECK(e.time == now);
    CHECK(e.subject == "1");
    CHECK(e.thing == thing_type::deployment);
    CHECK(text_at(e.fields, "/started_at") == "2026-11-03T10:00:00Z");
    CHECK(text_at(e.fields, "/unheard/of") == "1");
    const auto commit =
        canonical::read_events("application/json", R"({"id":"2","type":"commit","commit":"abc1234"})", now);
    CHECK(commit->front().subject == "abc1234");
    const auto gone = canonical::read_events("application/json",
                                             R"({"id":"3","type":"retraction","of":"deployment","subject":"1"})", now);
    CHECK(gone->front().thing == thing_type::deployment);
  }

  TEST_CASE("each error is reported with its JSON pointer (interface.md 3)") {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"type":"deployment"})",
         "/id is empty; expected 1 to 200 characters, /subject is empty; expected 1 to 200 characters"},
        {R"({"id":"1","type":"deploy"})",
         "/type unknown type \"deploy\"; expected one of: deployment incident work flag commit tag retraction"},
        {R"({"id":1,"type":"deployment"})",
         "/id invalid value 1; expected text, /id is empty; expected 1 to 200 characters, /subject is empty; expected "
         "1 to 200 characters"},
        {R"({"id":"1","type":"deployment","time":"2026-11-20T12:05:00.000001Z"})",
         "/time time 2026-11-20T12:05:00.000001Z is more than 5 minutes in the future"},
        {R"({"id":"1","type":"deployment","time":"yesterday"})",
         "/time invalid time \"yesterday\"; expected RFC 3339 with an offset"},
        {R"({"id":"1","type":"deployment","finished_at":"2026-11-20T12:06:00Z"})",
         "/finished_at time 2026-11-20T12:06:00Z is more than 5 minutes in the future"},
        {R"({"id":"1","type":"deployment","state":"done"})",
         "/state unknown value \"done\"; expected one of: pending running canceled failed succeeded inactive "
         "superseded destroyed"},
        {R"({"id":"1","type":"incident","state":"succeeded"})",
         "/state unknown value \"succeeded\"; expected one of: open acknowledged resolved"},
        {R"({"id":"1","type":"incident","severity":6})", "/severity invalid severity 6; expected 1, 2, 3, 4 or 5"},
        {R"({"id":"1","type":"deployment","artifacts":"acme/checkout:1"})",
         "/artifacts invalid value \"acme/checkout:1\"; expected an array of at most 100 texts of 1 to 500 characters, "
         "or objects {repository, tag, digest}"},
        {R"({"id":"1","type":"deployment","artifacts":["acme/checkout:1",7]})",
         "/artifacts invalid element 7; expected an array of at most 100 texts of 1 to 500 characters, or objects "
         "{repository, tag, digest}"},
        {R"({"id":"1","type":"deployment","artifacts":[{"tag":"1"}]})",
         "/artifacts invalid repository null; expected an array of at most 100 texts of 1 to 500 characters, or "
         "objects {repository, tag, digest}"},
        {R"({"id":"1","type":"deployment","revisions":[{"revision":"1","chart":2}]})",
         "/revisions invalid chart 2; expected an array of at most 100 texts of 1 to 500 characters, or objects "
         "{revision, repository, chart}"},
        {R"({"id":"1","type":"deployment","labels":"hotfix"})",
         "/labels invalid names \"hotfix\"; expected an array of at most 100 names of 1 to 200 characters"},
        {R"({"id":"1","type":"deployment","id":"2"})", "/id duplicate key"},
        {R"({"id":"1","type":"deployment","service":"a\u0000"})", "/service contains a NUL character"},
        {R"({"id":"1","type":"retraction"})",
         "/of missing; expected the type that is retracted, /subject missing; expected the subject that is "
         "retracted"},
        {R"([{"id":"1","type":"deployment"},{"id":"2","type":"deployment","reviewed":"yes"}])",
         "/1/reviewed invalid value \"yes\"; expected true or false"},
        {R"([1])", "/0 is 1; expected an object"},
        {R"({"id":"1","type":"deployment","time":"2026-11-20T12:05:00Z","service":null})", "accepted 1"},
        {R"([])", "accepted 0"},
        {R"({"id":"1","type":"deployment","time":"1989-12-31T23:59:59Z"})",
         "/time time 1989-12-31T23:59:59Z is before 1990; expected a later one"},
        {R"({"id":"1","type":"deployment","time":"1990-01-01T00:00:00Z"})", "accepted 1"},
        {R"({"id":"1","type":"work","seconds":2678401})",
         "/seconds invalid number 2678401; expected a whole number from 0 to 2678400"},
        {R"({"id":"1","type":"work","seconds":9223372036854775807})",
         "/seconds invalid number 9223372036854775807; expected a whole number from 0 to 2678400"},
        {R"({"id":"1","type":"work","seconds":2678400})", "accepted 1"},
        {R"({"id":"1","type":"deployment","lines_changed":100000001})",
         "/lines_changed invalid number 100000001; expected a whole number from 0 to 100000000"},
        {R"({"id":"1","type":"incident","responders":[{"person":"ana"},{"person":"bo","to":"2999-01-01T00:00:00Z"}]})",
         "/responders to: time 2999-01-01T00:00:00Z is more than 5 minutes in the future"},
        {R"({"id":"1","type":"deployment","decision":{"at":"soon"}})",
         "/decision at: invalid time \"soon\"; expected RFC 3339 with an offset"},
        {R"({"id":"1","type":"deployment","cost":1e400})",
         "/cost number 1e400 is out of range; expected a number up to 1e308"},
        {R"([{"id":"1","type":"deployment"},{"id":"2","type":"deployment","cost":{"of":[1,18446744073709551616]}}])",
         "/1/cost/of/1 number 18446744073709551616 is out of range; expected a whole number of 64 bits"},
        {R"({"id":"1","type":"deployment","cost":18446744073709551615})", "accepted 1"},
    };
    for (const auto& [body, expected] : cases) {
      CAPTURE(body);
      CHECK(refusal(body) == expected);
    }
  }

  TEST_CASE("reserved names of exports are rejected with their pointer on every intake path") {
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
      if (name != "received_at")  // a table may give the time of receipt of its rows
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

  TEST_CASE("an export separates overrides from fields, and only the override member creates one") {
    event e;
    e.id = "1";
    e.reports(thing_type::deployment);
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
      CHECK(read->content.is_override == is_override);
      CHECK(read->received_at == now);
      CHECK(read->content.fields == e.fields);
    }
  }

  TEST_CASE("plain override members exported by the previous release are read; a sender's are rejected") {
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
    CHECK(real->content.is_override);
    CHECK(text_at(real->content.fields, "/by") == "ana");
    CHECK_FALSE(real->content.fields.contains("override"));
    CHECK(format_time(*real->received_at) == "2026-11-01T00:00:00Z");
    const auto plain = of_old("7", R"(,"reason":"nightly","by":"cron")");
    REQUIRE(plain);
    CHECK_FALSE(plain->content.is_override);
    CHECK(text_at(plain->content.fields, "/reason") == "nightly");
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

  TEST_CASE("names are limited to 200 characters, not bytes") {
    std::string umlauts;
    for (int i = 0; i < 200; ++i) umlauts += "\xC3\xBC";
    CHECK(refusal(R"({"id":"1","type":"deployment","service":")" + umlauts + "\"}") == "accepted 1");
    CHECK(refusal(R"({"id":"1","type":"deployment","service":")" + umlauts + "x\"}") ==
          "/service has 201 characters; expected at most 200");
  }

  TEST_CASE("NDJSON is read line by line, and one invalid line rejects the whole body") {
    CHECK(refusal("{\"id\":\"1\",\"type\":\"deployment\"}\r\n\n{\"id\":\"2\",\"type\":\"deployment\"}\n",
                  "application/x-ndjson") == "accepted 2");
    CHECK(refusal("{\"id\":\"1\",\"type\":\"deployment\"}\n{\"id\":\"2\"\n", "application/x-ndjson")
              .starts_with("/1 not JSON"));
    CHECK(refusal("\xEF\xBB\xBF{\"id\":\"1\",\"type\":\"deployment\"}\n{\"id\":\"2\",\"type\":\"deployment\"}\n",
                  "application/x-ndjson") == "accepted 2");
    CHECK(refusal("\xEF\xBB\xBF{\"id\":\"1\",\"type\":\"deployment\"}") == "accepted 1");
    CHECK(refusal("{}", "text/plain") ==
          R"(Content-Type: unsupported type "text/plain"; expected application/json or application/x-ndjson)");
  }

  TEST_CASE("CSV is read according to RFC 4180") {
    csv::reader rows("a,\"b \"\"x\"\", c\",d\r\n\"two\nlines\",,3\n\n1,2,3");
    CHECK(*rows.next() == std::vector<std::string>{"a", "b \"x\", c", "d"});
    CHECK(*rows.next() == std::vector<std::string>{"two\nlines", "", "3"});
    CHECK(rows.line() == 2);
    CHECK(*rows.next() == std::vector<std::string>{"1", "2", "3"});
    CHECK(rows.line() == 5);
    CHECK_FALSE(rows.next());
    CHECK(csv::quote("a \"b\", c") == "\"a \"\"b\"\", c\"");
  }

  TEST_CASE("a row is a succeeded deployment by default, and its text is its identity") {
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
