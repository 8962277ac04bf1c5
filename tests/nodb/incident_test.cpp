#include "daemon/timeline/incident.hpp"

#include <algorithm>

#include "daemon/timeline/engagement.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

std::string on_the_day(const std::string& clock) { return "2026-11-03T" + clock + ":00Z"; }

/// "10:00 state=open mitigated_at=10:30": one report; `override`, `retract` and `restore` are words of their own.
report parse_report(const std::string& text, std::size_t n) {
  report r;
  r.id = "event-" + std::to_string(n);
  r.time = *parse_time(on_the_day(text.substr(0, 5)));
  for (std::size_t at = 5; at < text.size();) {
    const auto end = std::min(text.find(' ', at + 1), text.size());
    const auto word = text.substr(at + 1, end - at - 1);
    at = end;
    const auto equals = word.find('=');
    const auto key = word.substr(0, equals), value = equals == word.npos ? "" : word.substr(equals + 1);
    if (word == "override")
      r.is_override = true;
    else if (word == "retract" || word == "restore") {
      r.retraction = true;
      r.fields["retracted"] = word == "retract";
    } else if (value == "null")
      r.fields[key] = nullptr;
    else
      r.fields[key] = key.ends_with("_at") ? json::value(on_the_day(value)) : json::value(value);
  }
  return r;
}

std::string clock(const std::optional<timestamp>& t) { return t ? format_time(*t).substr(11, 5) : "-"; }

// t, detection, then each stretch with its mitigation in brackets, then the services.
std::string show(const std::optional<incident>& i) {
  if (!i) return "";
  std::string out = clock(i->started_at) + ' ' + clock(i->detected_at);
  for (const auto& s : i->stretches)
    out += ' ' + clock(s.from) + ".." + clock(s.until) + (s.mitigated ? '(' + clock(s.mitigated) + ')' : "");
  for (const auto& s : i->services) out += ' ' + s;
  return out;
}

struct incident_case {
  const char* rule;
  std::vector<const char*> reports;
  const char* becomes;
};

const incident_case cases[] = {
    {"§2 from opening to resolution", {"10:00 state=open", "11:00 state=resolved"}, "10:00 10:00 10:00..11:00"},
    {"§2 still open", {"10:00 state=open"}, "10:00 10:00 10:00..-"},
    {"§2 acknowledging is not resolving", {"10:00 state=open", "10:10 state=acknowledged"}, "10:00 10:00 10:00..-"},
    {"§18 any unresolved state after the resolution reopens",
     {"10:00 state=open", "11:00 state=resolved", "11:10 state=acknowledged"},
     "10:00 10:00 10:00..11:00 11:10..-"},
    {"§18 but not one of before the resolution, told later",
     {"10:00 state=open", "11:00 state=resolved resolved_at=11:20", "11:10 state=acknowledged"},
     "10:00 10:00 10:00..11:20"},
    {"§18 nor one of its very instant",
     {"10:00 state=open", "10:30 state=resolved resolved_at=11:00", "11:00 state=open"},
     "10:00 10:00 10:00..11:00"},
    {"§18 a resolution that is told again with an edit is not that of the reopening",
     {"10:00 state=open", "11:00 state=resolved resolved_at=11:00", "12:00 state=open", "12:30 resolved_at=11:00"},
     "10:00 10:00 10:00..11:00 12:00..-"},
    {"§18 an undated reopening began at its end at the latest",
     {"10:00 state=open", "15:00 state=resolved resolved_at=10:10", "15:01 state=open",
      "15:02 state=resolved resolved_at=13:00"},
     "10:00 10:00 10:00..10:10 13:00..13:00"},
    {"§18 and never before the resolution that it follows",
     {"10:00 state=open", "11:00 state=resolved", "12:00 state=open", "12:30 state=resolved resolved_at=10:30"},
     "10:00 10:00 10:00..11:00 11:00..11:00"},
    {"§2 again from each reopening",
     {"10:00 state=open", "11:00 state=resolved", "12:00 state=open", "13:00 state=resolved"},
     "10:00 10:00 10:00..11:00 12:00..13:00"},
    {"§2 a second opening while it is open is none",
     {"10:00 state=open", "10:30 state=open", "11:00 state=resolved"},
     "10:00 10:00 10:00..11:00"},
    {"§2 a second close moves nothing",
     {"10:00 state=open", "11:00 state=resolved", "11:30 state=resolved"},
     "10:00 10:00 10:00..11:00"},
    {"§2 unless it says when",
     {"10:00 state=open", "11:00 state=resolved", "11:30 state=resolved resolved_at=10:45"},
     "10:00 10:00 10:00..10:45"},
    {"§2 a close that says when",
     {"10:00 state=open", "11:00 state=resolved resolved_at=10:50"},
     "10:00 10:00 10:00..10:50"},
    {"§2 saying when is closing", {"10:00 state=open", "11:00 resolved_at=10:50"}, "10:00 10:00 10:00..10:50"},
    {"§2 told at once, after it was over",
     {"11:00 state=resolved started_at=10:00 resolved_at=10:40"},
     "10:00 10:00 10:00..10:40"},
    {"§2 rank orders equal times", {"10:00 state=resolved", "10:00 state=open"}, "10:00 10:00 10:00..10:00"},
    {"§5 started_at, else detected_at, else the first report",
     {"10:00 state=open started_at=09:00 detected_at=09:30"},
     "09:00 09:30 09:00..-"},
    {"§5 else detected_at", {"10:00 state=open detected_at=09:30"}, "09:30 09:30 09:30..-"},
    {"§7 mitigated",
     {"10:00 state=open", "10:30 mitigated_at=10:20", "11:00 state=resolved"},
     "10:00 10:00 10:00..11:00(10:20)"},
    {"§7 told after the close",
     {"10:00 state=open", "11:00 state=resolved", "11:10 mitigated_at=10:20"},
     "10:00 10:00 10:00..11:00(10:20)"},
    {"§7 of the stretch that it lies in",
     {"10:00 state=open", "10:30 mitigated_at=10:20", "11:00 state=resolved", "12:00 state=open"},
     "10:00 10:00 10:00..11:00(10:20) 12:00..-"},
    {"§7 never after the resolution",
     {"10:00 state=open", "11:00 state=resolved mitigated_at=11:30"},
     "10:00 10:00 10:00..11:00(11:00)"},
    {"§2 null clears", {"10:00 state=open mitigated_at=10:20", "10:30 mitigated_at=null"}, "10:00 10:00 10:00..-"},
    {"§2 an override beats reports",
     {"10:00 state=open", "10:10 override resolved_at=10:05", "11:00 state=resolved"},
     "10:00 10:00 10:00..10:05"},
    {"§2 and may say that it is over",
     {"10:00 state=open", "10:10 override state=resolved"},
     "10:00 10:00 10:00..10:10"},
    {"§2 or that it is not",
     {"10:00 state=open", "10:10 override state=open", "11:00 state=resolved"},
     "10:00 10:00 10:00..-"},
    {"§2 the last that names services wins",
     {"10:00 state=open service=b", "10:10 service=a"},
     "10:00 10:00 10:00..- a"},
    {"§2 a retraction takes it out", {"10:00 state=open", "10:10 retract"}, ""},
    {"§2 the latest decides", {"10:00 state=open", "10:10 retract", "10:20 restore"}, "10:00 10:00 10:00..-"},
};

}

TEST_SUITE("nodb") {
  TEST_CASE("reports of one incident fold to the same whatever the order they came in") {
    for (const auto& c : cases) {
      INFO(std::string(c.rule));
      std::vector<std::size_t> order(c.reports.size());
      for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
      do {
        std::vector<report> reports;
        for (const auto i : order) reports.push_back(parse_report(c.reports[i], i));
        CHECK(show(fold_incident({"test", "i"}, reports, {})) == std::string(c.becomes));
      } while (std::ranges::next_permutation(order).found);
    }
  }

  TEST_CASE("services are mapped, in order, each once; former names are the service's (interface.md 5)") {
    const naming names({{"checkout", "payments", {{"cart"}}, {}, {}}}, {});
    report r;
    r.fields = {{"services", json::array{"search", "cart", "checkout"}}, {"state", "open"}};
    CHECK(fold_incident({"test", "i"}, {r}, names)->services == std::vector<std::string>{"checkout", "search"});
  }

  TEST_CASE("who was at work: a responder from joining to leaving, else from the acknowledgement to restoration") {
    report r = parse_report("10:00 state=open", 1), ack = parse_report("10:10 state=acknowledged", 2),
           done = parse_report("11:00 state=resolved mitigated_at=10:50", 3);
    r.fields["responders"] = json::array{
        {{"person", "ana"}, {"from", on_the_day("10:05")}, {"to", on_the_day("10:20")}}, {{"person", "bo"}}};
    const auto i = fold_incident({"test", "i"}, {r, ack, done}, {});
    const auto all = engagements_of(*i, {}, std::chrono::hours(72));
    REQUIRE(all.size() == 2);
    CHECK(clock(all[0].from) + clock(all[0].until) == "10:0510:20");
    CHECK(clock(all[1].from) + clock(all[1].until) == "10:1010:50");
    CHECK(all[1].person == "bo");
  }
}
