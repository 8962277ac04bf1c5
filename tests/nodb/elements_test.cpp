// One unreadable element of a delivery does not affect the others.
#include "collectors/collector.hpp"
#include "collectors/fields.hpp"
#include "daemon/intake/receive.hpp"
#include "tests/check.hpp"
#include "tests/fixture.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

const auto noon = *parse_time("2026-11-20T12:00:00Z");

received receive_from(const char* kind, headers head, const std::string& body) {
  const auto& of = *find_collector(kind);
  head.add("Content-Type",
           std::string(kind) == "cloudevents" ? "application/cloudevents-batch+json" : "application/json");
  auto read = receive(source_of(of), {.header = head, .body = body, .received_at = noon}, naming());
  REQUIRE_MESSAGE(read, read.error().text());
  return std::move(*read);
}

headers of_push(const std::string& id) {
  headers head;
  head.add("X-GitHub-Event", "push");
  head.add("X-GitHub-Delivery", id);
  return head;
}

std::string push_of(const std::string& commits) {
  return R"({"ref":"refs/heads/main","repository":{"full_name":"acme/shop","default_branch":"main","pushed_at":1795170000},"commits":[)" +
         commits + "]}";
}

std::string commit(const std::string& id, const std::string& time, const std::string& message = "Fix") {
  return R"({"id":")" + id + R"(","message":")" + message + R"(","timestamp":")" + time + "\"}";
}

const std::string sha = "0123456789abcdef0123456789abcdef0123456";

}

TEST_SUITE("nodb") {
  TEST_CASE("a commit without an id is skipped and reported, and the other commits of the push count") {
    const auto read =
        receive_from("github", of_push("p1"),
                     push_of(commit(sha + "1", "2026-11-20T10:00:00Z") + ',' + commit("", "2026-11-20T10:00:00Z") +
                             ',' + commit(sha + "3", "2026-11-20T10:00:00Z")));
    REQUIRE(read.entry.events.size() == 2);
    CHECK(read.entry.outcome == "accepted");
    CHECK(read.unreadable == 1);
    CHECK(read.entry.detail == "1 of 3 elements left out: /1/subject: is empty; expected 1 to 200 characters");
    CHECK(read.entry.events[1].id == "p1/2");  // as beside readable elements: replay counts it once
  }

  TEST_CASE("a commit with an invalid author date loses only that date") {
    for (const auto* odd : {"2031-01-01T00:00:00Z", "1971-01-01T00:00:00Z"}) {
      CAPTURE(odd);
      const auto read = receive_from("github", of_push("p2"), push_of(commit(sha + "1", odd)));
      REQUIRE(read.entry.events.size() == 1);
      const auto& e = read.entry.events.front();
      CHECK_FALSE(e.fields.contains("authored_at"));
      CHECK(e.time == noon);
      CHECK(flag_at(e.fields, "/default_branch"));
      CHECK(text_at(e.fields, "/merged_at") != "");
      CHECK(read.entry.detail.empty());
    }
  }

  TEST_CASE("an overlong title is truncated, and its commit counts") {
    const auto read = receive_from("github", of_push("p3"),
                                   push_of(commit(sha + "1", "2026-11-20T10:00:00Z", std::string(30'000, 'x'))));
    REQUIRE(read.entry.events.size() == 1);
    CHECK(text_at(read.entry.events.front().fields, "/title").size() == max_text);
    CHECK(read.entry.detail.empty());
  }

  TEST_CASE("an alert with a start in the future is skipped, and the others of its group count") {
    const auto alert = [](const std::string& fingerprint, const std::string& starts) {
      return R"({"status":"firing","labels":{"alertname":"Slow","service":"shop"},"startsAt":")" + starts +
             R"(","fingerprint":")" + fingerprint + "\"}";
    };
    const auto read = receive_from(
        "alertmanager", {},
        R"({"alerts":[)" + alert("a", "2026-11-20T11:00:00Z") + ',' + alert("b", "2027-11-20T11:00:00Z") + "]}");
    REQUIRE(read.entry.events.size() == 1);
    CHECK(read.entry.detail ==
          "1 of 2 elements left out: /alerts/1/time: time 2027-11-20T11:00:00Z is more than 5 minutes in the future");
  }

  TEST_CASE("an unreadable event of a CloudEvents batch is skipped") {
    const auto own = [](const std::string& id, const std::string& state) {
      return R"({"specversion":"1.0","id":")" + id +
             R"(","source":"/ci","type":"dev.releasehealth.deployment","data":{"state":")" + state + "\"}}";
    };
    const auto read = receive_from("cloudevents", {}, '[' + own("1", "succeeded") + ',' + own("2", "done") + ']');
    REQUIRE(read.entry.events.size() == 1);
    CHECK(read.unreadable == 1);
    CHECK(read.entry.detail.find("/1/data/state: unknown value \"done\"") != std::string::npos);
  }

  TEST_CASE("a delivery without any readable element is dead-lettered") {
    const auto read = receive_from("github", of_push("p4"), push_of(commit("", "x") + ',' + commit("", "x")));
    CHECK(read.entry.outcome == "dead");
    CHECK(read.entry.events.empty());
  }

  TEST_CASE("sender ids too long for an index are hashed, shorter ones are kept") {
    const std::string long_id(2700, 'd');
    const auto read = receive_from("github", of_push(long_id), push_of(commit(sha + "1", "2026-11-20T10:00:00Z")));
    REQUIRE(read.entry.events.size() == 1);
    CHECK(read.entry.events.front().id.starts_with("sha256:"));
    CHECK(storable_id(std::string(max_key_bytes, 'x')) == std::string(max_key_bytes, 'x'));
    CHECK(storable_id(std::string(max_key_bytes + 1, 'x')).size() == 71);
    CHECK(storable_id("caf\xC3\xA9") == "caf\xC3\xA9");
    CHECK(storable_id("caf\xE9").starts_with("sha256:"));
    CHECK(storable_id(std::string("a\0b", 3)).starts_with("sha256:"));
  }
}
