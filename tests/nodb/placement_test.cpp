#include "daemon/timeline/placement.hpp"

#include <map>
#include <set>
#include <sstream>

#include "collectors/fields.hpp"
#include "daemon/timeline/incident.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

/// "12:00 f 10:00" is an alert firing since 10:00, received at 12:00; "13:00 r 10:00 12:30" one resolved at 12:30,
/// "13:00 r 12:30 12:30" one whose start was overwritten. `repeats` is the result of place_report().
struct step {
  std::string received, state, starts, ends;
};

std::optional<timestamp> on_the_day(const std::string& clock) { return parse_time("2026-11-03T" + clock + ":00Z"); }

event told(const step& s) {
  event e;
  e.reports(thing_type::incident);
  e.subject = "f1/" + format_time(*on_the_day(s.starts));
  const bool is_resolved = s.state == "r";
  e.id = e.subject + (is_resolved ? "/resolved" : "/firing");
  e.time = *on_the_day(is_resolved ? s.ends : s.starts);
  e.fields["alert_fingerprint"] = "f1";
  e.fields["state"] = is_resolved ? "resolved" : "open";
  if (!is_resolved || s.starts < s.ends) put(e, "started_at", on_the_day(s.starts));
  if (is_resolved) put(e, "resolved_at", on_the_day(s.ends));
  return e;
}

std::string clock(const std::optional<timestamp>& t) { return t ? format_time(*t).substr(11, 5) : "-"; }

// The incidents that the stored reports fold to: start and stretches of each, then the number of repeated reports.
std::string fold(const std::string& steps) {
  std::vector<known_report> known;
  std::map<std::string, std::vector<report>> about;
  std::set<std::string> ids;
  int repeated = 0;
  std::istringstream lines(steps);
  for (std::string line; std::getline(lines, line, ';');) {
    std::istringstream words(line);
    step s;
    words >> s.received >> s.state >> s.starts >> s.ends;
    auto e = told(s);
    if (!place_report(e, *on_the_day(s.received), known)) {
      ++repeated;
      continue;
    }
    CHECK(ids.insert(e.id).second);
    about[e.subject].push_back({e.id, e.time, false, false, e.fields});
  }
  std::string out;
  for (const auto& [subject, reports] : about) {
    const auto i = fold_incident({"am", subject}, reports, {});
    out += clock(i->started_at);
    for (const auto& st : i->stretches) out += ' ' + clock(st.from) + ".." + clock(st.until);
    out += "; ";
  }
  return out + std::to_string(repeated) + " repeated";
}

}

TEST_SUITE("nodb") {
  TEST_CASE("reports of an alert fold to one incident for each start, with a stretch for each resolution") {
    const std::pair<const char*, const char*> cases[] = {
        {"10:00 f 10:00; 11:00 r 10:00 11:00", "10:00 10:00..11:00; 0 repeated"},
        {"10:00 f 10:00; 10:30 f 10:00; 11:00 r 10:00 11:00; 11:05 r 10:00 11:00", "10:00 10:00..11:00; 2 repeated"},
        // it fires again with its first start
        {"10:00 f 10:00; 10:03 r 10:00 10:02; 10:10 f 10:00", "10:00 10:00..10:02 10:10..-; 0 repeated"},
        {"10:00 f 10:00; 10:03 r 10:00 10:02; 10:10 f 10:00; 10:40 f 10:00; 13:00 r 10:00 13:00; 13:01 r 10:00 13:00",
         "10:00 10:00..10:02 10:10..13:00; 2 repeated"},
        // all of it received late: the time of refiring is only known to be before its end
        {"20:00 f 10:00; 20:00 r 10:00 10:02; 20:01 f 10:00; 20:02 r 10:00 13:00",
         "10:00 10:00..10:02 13:00..13:00; 0 repeated"},
        // another Alertmanager of the cluster reports it again
        {"10:00 f 10:00; 10:31 r 10:00 10:30; 10:33 f 10:00; 10:35 r 10:00 10:30",
         "10:00 10:00..10:30 10:30..10:30; 0 repeated"},
        // the start is overwritten by the end
        {"10:00 f 10:00; 11:00 r 11:00 11:00", "10:00 10:00..11:00; 0 repeated"},
        {"10:00 f 10:00; 11:00 r 11:00 11:00; 11:01 r 11:00 11:00", "10:00 10:00..11:00; 1 repeated"},
        {"10:00 f 10:00; 11:00 r 11:00 11:00; 12:00 f 12:00; 13:00 r 13:00 13:00",
         "10:00 10:00..11:00; 12:00 12:00..13:00; 0 repeated"},
        {"10:00 f 10:00; 11:00 r 11:00 11:00; 11:30 f 10:00; 13:00 r 13:00 13:00",
         "10:00 10:00..11:00 11:30..13:00; 0 repeated"},
        // another start without a resolution in between: the sender restarted
        {"10:00 f 10:00; 10:30 f 10:20; 11:00 r 10:20 11:00", "10:00 10:00..11:00; 1 repeated"},
        // another start after a resolution: another incident
        {"10:00 f 10:00; 11:00 r 10:00 11:00; 12:00 f 12:00", "10:00 10:00..11:00; 12:00 12:00..-; 0 repeated"},
        // it fired in between without a report
        {"10:00 f 10:00; 11:00 r 10:00 11:00; 13:00 r 10:00 12:30", "10:00 10:00..12:30; 0 repeated"},
        // the resolution arrives first
        {"11:00 r 10:00 11:00; 11:01 f 10:00", "10:00 10:00..11:00; 0 repeated"},
        {"11:00 r 10:00 11:00; 11:01 f 10:00; 11:02 f 10:00", "10:00 10:00..11:00; 1 repeated"},
        // received before the stored reports, by a daemon that had to spool
        {"10:00 f 10:00; 11:00 r 10:00 11:00; 10:30 f 10:00", "10:00 10:00..11:00; 1 repeated"},
        // only a resolution without a start
        {"11:00 r 11:00 11:00; 11:01 r 11:00 11:00", "11:00 11:00..11:00; 1 repeated"},
    };
    for (const auto& [steps, becomes] : cases) {
      CAPTURE(std::string(steps));
      CHECK(fold(steps) == std::string(becomes));
    }
  }

  TEST_CASE("the first report of each state keeps the id and time of the previous release") {
    std::vector<known_report> known;
    auto firing = told({"12:00", "f", "10:00", ""}), resolved = told({"12:00", "r", "10:00", "11:00"});
    CHECK(place_report(firing, *on_the_day("12:00"), known));
    CHECK(firing.id == "f1/2026-11-03T10:00:00Z/firing");
    CHECK(clock(firing.time) == "10:00");
    CHECK(place_report(resolved, *on_the_day("12:01"), known));
    CHECK(resolved.id == "f1/2026-11-03T10:00:00Z/resolved");
    CHECK(clock(resolved.time) == "11:00");
    auto again = told({"12:02", "f", "10:00", ""});
    CHECK(place_report(again, *on_the_day("12:02"), known));
    CHECK(again.id == "f1/2026-11-03T10:00:00Z/firing/2026-11-03T12:02:00Z");
    CHECK(clock(again.time) == "12:02");
  }

  TEST_CASE("only events with the names of an alert are placed") {
    auto e = told({"12:00", "f", "10:00", ""});
    CHECK(alert_of(e) == "f1");
    e.id = "my own";
    CHECK(alert_of(e).empty());
    e = told({"12:00", "f", "10:00", ""});
    e.subject = "my own";
    CHECK(alert_of(e).empty());
    e = told({"12:00", "f", "10:00", ""});
    e.type = event_type::deployment;
    CHECK(alert_of(e).empty());
  }
}
