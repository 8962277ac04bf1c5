// The incidents that a source's reports fold to: fixtures in the order of delivery, and the start, stretches and
// severity that an incident's figures are computed from.
#include <map>
#include <set>

#include "collectors/facts.hpp"
#include "daemon/timeline/join.hpp"
#include "tests/check.hpp"
#include "tests/fixture.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

struct story {
  const char* rule;
  const char* kind;
  std::vector<const char*> deliveries;  ///< fixture names
  const char* becomes;                  ///< subject, start, stretches, severity; `03T10:20` is a time of November
};

const story stories[] = {
    // labels and types that are added later or removed
    {"a label long after the close does not move the resolution",
     "github",
     {"issues.labeled_days_later"},
     "acme/checkout#12 03T10:00 03T10:00..03T11:00 severity 0"},
    {"a label on a closed issue",
     "gitlab",
     {"issue.labeled_when_closed"},
     "acme/checkout#9 03T10:20 03T10:20..03T11:00 severity 0"},
    {"a label on an issue whose workflow sets no resolution",
     "jira",
     {"labeled_when_done"},
     "SHOP-5 03T10:30 03T10:30..03T11:00 severity 1"},
    {"an edit after the close does not move the resolution",
     "gitlab",
     {"issue.incident_opened", "issue.incident_closed", "issue.edited_when_closed"},
     "acme/checkout#9 03T10:20 03T10:20..03T11:00 severity 1"},
    {"a removed label removes the incident", "gitlab", {"issue.labeled", "issue.unlabeled"}, ""},
    {"a label added again after the close restores it",
     "gitlab",
     {"issue.labeled", "issue.unlabeled", "issue.labeled_when_closed"},
     "acme/checkout#9 03T10:20 03T10:20..03T11:00 severity 0"},
    {"another type removes the incident", "gitlab", {"issue.incident_opened", "issue.type_changed"}, ""},
    {"another type by number removes the incident",
     "gitlab",
     {"issue.incident_opened", "issue.type_number_changed"},
     ""},
    {"changing the type back restores it",
     "gitlab",
     {"issue.incident_opened", "issue.type_changed", "issue.became_incident"},
     "acme/checkout#9 03T10:20 03T10:20..- severity 1"},
    // duplicates, parts of other incidents, moved issues
    {"a duplicate is no incident", "github", {"issues.opened", "issues.closed_as_duplicate"}, ""},
    {"a reopened duplicate is an incident",
     "github",
     {"issues.opened", "issues.closed_as_duplicate", "issues.reopened_duplicate"},
     "acme/checkout#12 03T10:00 03T10:00..- severity 0"},
    {"a duplicate reopened and closed for another reason is an incident",
     "github",
     {"issues.opened", "issues.closed_as_duplicate", "issues.reopened_duplicate", "issues.closed_again"},
     "acme/checkout#12 03T10:00 03T10:00..03T13:00 severity 0"},
    {"a label on a duplicate", "github", {"issues.labeled_duplicate"}, ""},
    {"a duplicate", "gitlab", {"issue.incident_opened", "issue.duplicate"}, ""},
    {"a moved issue", "gitlab", {"issue.incident_opened", "issue.moved"}, ""},
    {"until it is reopened",
     "gitlab",
     {"issue.incident_opened", "issue.duplicate", "issue.incident_reopened"},
     "acme/checkout#9 03T10:20 03T10:20..- severity 1"},
    {"a duplicate", "jira", {"created", "duplicate"}, ""},
    {"a configured resolution marks a duplicate", "jira", {"created", "configured_duplicate"}, ""},
    {"that is one no more",
     "jira",
     {"created", "duplicate", "no_longer_duplicate"},
     "SHOP-5 03T10:30 03T10:30..03T11:00 severity 1"},
    {"a moved issue has another key", "jira", {"created", "moved"}, "CART-8 03T10:30 03T10:30..- severity 1"},
    {"a child of another incident", "servicenow", {"new", "child"}, ""},
    {"that is one no more",
     "servicenow",
     {"new", "child", "no_longer_child"},
     "9d385017c611228701d22104cc95c371 03T10:20 03T10:20..- severity 1"},
    {"a duplicate", "servicenow", {"new", "duplicate"}, ""},
    {"a duplicate", "cloudevents", {"cdevents.ticket_incident", "cdevents.ticket_duplicate"}, ""},
    {"a part of another incident", "rootly", {"created", "became_sub_incident"}, ""},
    {"a canceled incident reported as an update", "rootly", {"created", "updated_to_cancelled"}, ""},
    {"a merged incident", "pagerduty", {"triggered", "merged"}, ""},
    // drills
    {"an incident that becomes a drill", "firehydrant", {"created", "became_game_day"}, ""},
    // reopening reported as work in progress
    {"reopened into in progress",
     "jira",
     {"created", "resolved", "reopened_in_progress"},
     "SHOP-5 03T10:30 03T10:30..03T11:00 03T12:00..- severity 1"},
    {"an old resolution date does not close the incident again",
     "jira",
     {"created", "resolved", "reopened_in_progress", "edited_with_old_resolution"},
     "SHOP-5 03T10:30 03T10:30..03T11:00 03T12:00..- severity 1"},
    {"reopened into in progress",
     "servicenow",
     {"new", "resolved", "reopened_in_progress"},
     "9d385017c611228701d22104cc95c371 03T10:20 03T10:20..03T10:50 03T11:30..- severity 1"},
    {"reopened into in progress",
     "devlake",
     {"issue", "issue.done", "issue.reopened_in_progress"},
     "SHOP-5 03T10:20 03T10:20..03T10:50 03T11:30..- severity 1"},
    {"reopened by an update",
     "rootly",
     {"created", "resolved", "reopened"},
     "7f8a 03T10:18 03T10:18..03T10:50 03T12:00..- severity 1"},
    {"reopened by an earlier milestone",
     "firehydrant",
     {"created", "resolved", "reopened"},
     "6e0c 03T10:18 03T10:18..03T10:50 20T12:00..- severity 1"},
    {"put on hold",
     "bitbucket",
     {"issue.created", "issue.resolved", "issue.on_hold"},
     "acme/checkout#1 03T10:20 03T10:20..03T10:50 03T11:30..- severity 1"},
    {"assigning a resolved issue does not reopen it",
     "sentry",
     {"issue.created", "issue.resolved", "issue.assigned_when_resolved"},
     "issue/1170820242 03T10:20 03T10:20..20T12:00 severity 2"},
    // a warning that becomes an alert
    {"the first report of a cycle begins it",
     "datadog",
     {"warn_first", "triggered", "recovered"},
     "monitor/8f3a 03T10:10 03T10:10..03T10:50 severity 2"},
    // severity schemes that begin with 0
    {"SEV0 is the worst", "rootly", {"sev0"}, "7f8a 03T10:18 03T10:18..- severity 1"},
};

std::string clock(const std::optional<timestamp>& t) { return t ? format_time(*t).substr(8, 8) : "-"; }

std::string show(const incident& i) {
  auto out = i.thing.subject + ' ' + clock(i.started_at);
  for (const auto& s : i.stretches) out += ' ' + clock(s.from) + ".." + clock(s.until);
  return out + " severity " + std::to_string(i.severity);
}

// Every delivery gets an id of its own: a repeated fixture would be a duplicate.
std::string told_by(const story& s) {
  const auto& kind = *find_collector(s.kind);
  std::map<std::string, std::vector<report>> about;
  std::set<std::string> known;
  join_settings joins;
  for (const auto* name : s.deliveries) {
    const auto f = read_fixture(
        kind, std::filesystem::path(SOURCE_DIR) / "collectors" / s.kind / "fixtures" / (std::string(name) + ".http"));
    for (const auto& rule : kind.settings)
      if (const auto words = f.from.list(rule.key); rule.is_alternative && !words.empty())
        joins.filters[s.kind].any_of[std::string(rule.filters)] = {words.begin(), words.end()};
    const auto read = kind.decode(f.from, f.as_delivery(f.body));
    REQUIRE_MESSAGE(read, std::string(name));
    for (const auto& e : read->events)
      if (e.thing == thing_type::incident && known.insert(std::string(name) + e.id).second)
        about[e.subject].push_back({e.id, e.time, e.type == event_type::retraction, false, e.fields});
  }
  std::string out;
  for (const auto& [subject, reports] : about)
    if (const auto i = fold_incident({s.kind, subject}, reports, {}); i && joins.lets_in({s.kind, subject}, reports))
      out += (out.empty() ? "" : "; ") + show(*i);
  return out;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("a source's reports fold to the intended incidents") {
    for (const auto& s : stories) {
      const auto rule = std::string(s.kind) + ": " + s.rule;
      CAPTURE(rule);
      CHECK(told_by(s) == std::string(s.becomes));
    }
  }

  TEST_CASE("severities of every scheme map to 1 to 5, and the first level of a scheme that begins with 0 is 1") {
    const std::pair<const char*, int> words[] = {
        {"SEV0", 1},
        {"sev-0", 1},
        {"P0", 1},
        {"S0", 1},
        {"SEV1", 1},
        {"SEV-2", 2},
        {"sev_3", 3},
        {"Sev 4", 4},
        {"S1", 1},
        {"S4 - Low", 4},
        {"P1", 1},
        {"P2 (High)", 2},
        {"[P3]", 3},
        {"P5", 5},
        {"Priority 2", 2},
        {"Severity: 3", 3},
        {"severity::1", 1},
        {"level-2", 2},
        {"1", 1},
        {"1 - Critical", 1},
        {"5 - Planning", 5},
        {"urgent", 1},
        {"Urgent", 1},
        {"CRITICAL", 1},
        {"Blocker", 1},
        {"immediate", 1},
        {"disaster", 1},
        {"Highest", 1},
        {"High", 2},
        {"error", 2},
        {"major outage", 2},
        {"average", 3},
        {"Normal", 3},
        {"medium", 3},
        {"warning", 3},
        {"minor", 4},
        {"Low", 4},
        {"Lowest", 5},
        {"info", 5},
        {"severity/critical", 1},
        {"0", 0},
        {"", 0},
        {"unknown", 0},
        {"none", 0},
        {"UNSET", 0},
        {"P6", 0},
        {"P10", 0},
        {"SEV", 0},
        {"not urgent", 0},
        {"non-critical", 0},
        {"team 1", 0},
        {"payments", 0},
        {"service 2", 0},
        {"GAMEDAY", 0},
        {"6", 0},
    };
    for (const auto& [word, severity] : words) {
      CAPTURE(std::string(word));
      CHECK(severity_of(word) == severity);
    }
  }
}
