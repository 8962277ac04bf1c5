#include "daemon/timeline/incident.hpp"

#include <algorithm>

#include "daemon/timeline/engagement.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

std::string on_the_day(const std::string& clock) { return "2026-11-03T" + clock + ":00Z"; }

/// One report, such as "10:00 state=open mitigated_at=10:30"; `override`, `retract` and `restore` are separate words.
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

// Start, detection, each stretch with its mitigation in brackets, then the services.
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
    {"§2 a stretch lasts from opening to resolution",
     {"10:00 state=open", "11:00 state=resolved"},
     "10:00 10:00 10:00..11:00"},
    {"§2 an open incident has an open stretch", {"10:00 state=open"}, "10:00 10:00 10:00..-"},
    {"§2 acknowledging is not resolving", {"10:00 state=open", "10:10 state=acknowledged"}, "10:00 10:00 10:00..-"},
    {"§18 any unresolved state after the resolution reopens",
     {"10:00 state=open", "11:00 state=resolved", "11:10 state=acknowledged"},
     "10:00 10:00 10:00..11:00 11:10..-"},
    {"§18 an earlier state received later does not reopen",
     {"10:00 state=open", "11:00 state=resolved resolved_at=11:20", "11:10 state=acknowledged"},
     "10:00 10:00 10:00..11:20"},
    {"§18 a state at the instant of the resolution does not reopen",
     {"10:00 state=open", "10:30 state=resolved resolved_at=11:00", "11:00 state=open"},
     "10:00 10:00 10:00..11:00"},
    {"§18 a resolution repeated by an edit does not resolve the reopened incident",
     {"10:00 state=open", "11:00 state=resolved resolved_at=11:00", "12:00 state=open", "12:30 resolved_at=11:00"},
     "10:00 10:00 10:00..11:00 12:00..-"},
    {"§18 an undated reopening began at its end at the latest",
     {"10:00 state=open", "15:00 state=resolved resolved_at=10:10", "15:01 state=open",
      "15:02 state=resolved resolved_at=13:00"},
     "10:00 10:00 10:00..10:10 13:00..13:00"},
    {"§18 an undated reopening never begins before the preceding resolution",
     {"10:00 state=open", "11:00 state=resolved", "12:00 state=open", "12:30 state=resolved resolved_at=10:30"},
     "10:00 10:00 10:00..11:00 11:00..11:00"},
    {"§2 each reopening begins a stretch",
     {"10:00 state=open", "11:00 state=resolved", "12:00 state=open", "13:00 state=resolved"},
     "10:00 10:00 10:00..11:00 12:00..13:00"},
    {"§2 a second opening while open changes nothing",
     {"10:00 state=open", "10:30 state=open", "11:00 state=resolved"},
     "10:00 10:00 10:00..11:00"},
    {"§2 a second close changes nothing",
     {"10:00 state=open", "11:00 state=resolved", "11:30 state=resolved"},
     "10:00 10:00 10:00..11:00"},
    {"§2 a second close with a time sets the resolution",
     {"10:00 state=open", "11:00 state=resolved", "11:30 state=resolved resolved_at=10:45"},
     "10:00 10:00 10:00..10:45"},
    {"§2 resolved_at precedes the report's time",
     {"10:00 state=open", "11:00 state=resolved resolved_at=10:50"},
     "10:00 10:00 10:00..10:50"},
    {"§2 resolved_at alone closes", {"10:00 state=open", "11:00 resolved_at=10:50"}, "10:00 10:00 10:00..10:50"},
    {"§2 one report of a finished incident",
     {"11:00 state=resolved started_at=10:00 resolved_at=10:40"},
     "10:00 10:00 10:00..10:40"},
    {"§2 rank orders equal times", {"10:00 state=resolved", "10:00 state=open"}, "10:00 10:00 10:00..10:00"},
    {"§5 started_at, else detected_at, else the first report",
     {"10:00 state=open started_at=09:00 detected_at=09:30"},
     "09:00 09:30 09:00..-"},
    {"§5 detected_at gives the start without started_at",
     {"10:00 state=open detected_at=09:30"},
     "09:30 09:30 09:30..-"},
    {"§7 a mitigation belongs to its stretch",
     {"10:00 state=open", "10:30 mitigated_at=10:20", "11:00 state=resolved"},
     "10:00 10:00 10:00..11:00(10:20)"},
    {"§7 a mitigation reported after the close",
     {"10:00 state=open", "11:00 state=resolved", "11:10 mitigated_at=10:20"},
     "10:00 10:00 10:00..11:00(10:20)"},
    {"§7 a mitigation does not belong to a later stretch",
     {"10:00 state=open", "10:30 mitigated_at=10:20", "11:00 state=resolved", "12:00 state=open"},
     "10:00 10:00 10:00..11:00(10:20) 12:00..-"},
    {"§7 a mitigation is never after the resolution",
     {"10:00 state=open", "11:00 state=resolved mitigated_at=11:30"},
     "10:00 10:00 10:00..11:00(11:00)"},
    {"§2 null clears a field",
     {"10:00 state=open mitigated_at=10:20", "10:30 mitigated_at=null"},
     "10:00 10:00 10:00..-"},
    {"§2 an override beats reports",
     {"10:00 state=open", "10:10 override resolved_at=10:05", "11:00 state=resolved"},
     "10:00 10:00 10:00..10:05"},
    {"§2 an override may resolve", {"10:00 state=open", "10:10 override state=resolved"}, "10:00 10:00 10:00..10:10"},
    {"§2 an override may keep it open",
     {"10:00 state=open", "10:10 override state=open", "11:00 state=resolved"},
     "10:00 10:00 10:00..-"},
    {"§2 the last report with services wins",
     {"10:00 state=open service=b", "10:10 service=a"},
     "10:00 10:00 10:00..- a"},
    {"§2 a retraction removes the incident", {"10:00 state=open", "10:10 retract"}, ""},
    {"§2 the latest retraction decides",
     {"10:00 state=open", "10:10 retract", "10:20 restore"},
     "10:00 10:00 10:00..-"},
};

}

TEST_SUITE("nodb") {
  TEST_CASE("reports of one incident fold to the same result in any order") {
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

  TEST_CASE("services are mapped in order without duplicates, and former names mean the service (interface.md 5)") {
    const naming names({{"checkout", "payments", {{"cart"}}, {}, {}}}, {});
    report r;
    r.fields = {{"services", json::array{"search", "cart", "checkout"}}, {"state", "open"}};
    CHECK(fold_incident({"test", "i"}, {r}, names)->services == std::vector<std::string>{"checkout", "search"});
  }

  TEST_CASE("a responder works from joining to leaving, otherwise from the acknowledgement to restoration") {
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
