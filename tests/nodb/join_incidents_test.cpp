// Joining the reports of several tools into one incident (figures.md section 18).
#include "collectors/base/json.hpp"
#include "daemon/timeline/join.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

const join_settings settings = {.ranks = {{"pagerduty", 0}, {"opsgenie", 0}, {"alerts", 1}, {"jira", 2}},
                                .monitors = {"alerts"},
                                .trackers = {"jira"}};

timestamp at(const std::string& clock) {
  return *parse_time((clock.size() > 5 ? clock : "2026-11-03T" + clock) + ":00Z");
}

report told(const std::string& clock, const char* fields, bool is_override = false) {
  return {.id = clock, .time = at(clock), .is_override = is_override, .fields = parse_json(fields)->as_object()};
}

/// The reports of one tool about an incident.
struct reported {
  thing_id thing;
  std::vector<report> reports;
  int received = 0;  ///< order of receipt
};

using all_reports = std::vector<reported>;

std::vector<joined_incident> join(const all_reports& all) {
  std::vector<nameable> names;
  for (const auto& r : all)
    if (const auto i = fold_incident(r.thing, r.reports, {}))
      names.push_back(names_of(*i, timestamp{} + std::chrono::seconds(r.received), {}, settings));
  return join_incidents(names, settings);
}

/// Each incident by name with its members, the lead first, and + for members that only add facts, such as
/// "P1: P1 SHOP-7+; SHOP-9: SHOP-9".
std::string shape(const all_reports& all) {
  std::string out;
  for (const auto& j : join(all)) {
    out += (out.empty() ? "" : "; ") + j.thing.subject + ':';
    for (const auto& m : j.members) out += ' ' + m.thing.subject + (m.only_adds_facts ? "+" : "");
  }
  return out;
}

incident fold(const all_reports& all, const naming& names = {}) {
  const auto joined = join(all);
  REQUIRE(joined.size() == 1);
  std::vector<told_member> members;
  for (const auto& m : joined.front().members)
    members.push_back({m.thing, std::ranges::find(all, m.thing, &reported::thing)->reports, m.only_adds_facts});
  return *fold_joined(joined.front().thing, std::move(members), names, settings);
}

reported page(const char* id, const char* clock, const char* fields = R"({"state": "open"})") {
  return {{"pagerduty", id}, {told(clock, fields)}};
}
reported issue(const char* id, const char* clock, const char* fields) { return {{"jira", id}, {told(clock, fields)}}; }
reported alert(const char* id, const char* clock, const char* fields) {
  return {{"alerts", id}, {told(clock, fields)}};
}

struct shape_case {
  std::string rule;
  all_reports reports;
  const char* joined;
};

const std::vector<shape_case>& shapes() {
  static const std::vector<shape_case> all = {
      {"incidents without references stay apart",
       {page("P1", "10:00"), issue("S1", "10:05", R"({"state": "open"})")},
       "S1: S1; P1: P1"},
      {"a link to the other's page joins, whatever its scheme, case, query and fragment",
       {page("P1", "10:00", R"({"url": "https://acme.pagerduty.com/incidents/P1"})"),
        issue("S1", "10:05", R"({"links": ["http://Acme.PagerDuty.com/incidents/P1/?utm=x#notes"]})")},
       "S1: P1 S1"},
      {"an id joins, from either side",
       {page("P1", "10:00", R"({"links": ["S1"]})"), issue("S1", "10:05", R"({"state": "open"})")},
       "S1: P1 S1"},
      {"a link joins across years if one incident alone has the name",
       {page("P1", "2024-11-03T10:00"), issue("S1", "10:05", R"({"links": ["P1"]})")},
       "S1: P1 S1"},
      {"a reused key means the nearest incident within a day",
       {page("P1", "2026-11-01T10:00", R"({"keys": ["k"], "resolved_at": "2026-11-01T11:00:00Z"})"),
        page("P2", "10:00", R"({"keys": ["k"], "resolved_at": "2026-11-03T11:00:00Z"})"),
        alert("a1", "09:59", R"({"links": ["k"]})"), alert("a2", "2026-11-05T10:00", R"({"links": ["k"]})")},
       "P1: P1; a1: P2 a1; a2: a2"},
      {"several alerts join one outage",
       {page("P1", "10:00", R"({"keys": ["k"]})"), alert("a1", "09:59", R"({"links": ["k"]})"),
        alert("a2", "10:30", R"({"links": ["k"]})")},
       "a1: P1 a1 a2"},
      {"two incidents of one source stay apart",
       {page("P1", "10:00"), page("P2", "10:05", R"({"links": ["P1"]})")},
       "P1: P1; P2: P2"},
      {"same_as joins two incidents of one source: the later joins the earlier",
       {page("P1", "10:00", R"({"same_as": ["P2"]})"), page("P2", "10:05")},
       "P1: P1 P2"},
      {"same_as none separates an incident",
       {page("P1", "10:00"), issue("S1", "10:05", R"({"links": ["P1"], "same_as": ["none"]})")},
       "S1: S1; P1: P1"},
      {"an issue about several incidents only adds facts to them",
       {page("P1", "10:00"), page("P2", "10:05"), issue("S1", "10:10", R"({"links": ["P1", "P2"]})")},
       "P1: P1 S1+; P2: P2 S1+"},
      {"an alert and a page join through a lower-ranked issue that names both",
       {page("P1", "10:00"), alert("a1", "09:59", R"({"state": "open"})"),
        issue("S1", "10:10", R"({"links": ["P1", "a1"]})")},
       "a1: P1 a1 S1"},
      {"an alert of another day does not join through an issue",
       {page("P1", "10:00", R"({"state": "resolved", "resolved_at": "2026-11-03T11:00:00Z"})"),
        alert("a1", "2026-11-09T09:59", R"({"state": "open"})"), issue("S1", "10:10", R"({"links": ["P1", "a1"]})")},
       "a1: a1; S1: P1 S1"},
      {"incidents outside production are not joined",
       {page("P1", "10:00", R"({"environment": "staging"})"), issue("S1", "10:05", R"({"links": ["P1"]})")},
       "S1: S1; P1: P1"},
      {"two tools of one rank: the earlier leads",
       {page("P1", "10:05"), {{"opsgenie", "O1"}, {told("10:00", R"({"links": ["P1"]})")}}},
       "O1: O1 P1"},
      {"two incidents of one source stay apart even if others link them",
       {page("P1", "10:00"),
        page("P9", "10:30"),
        {{"opsgenie", "O1"}, {told("10:01", R"({"links": ["P1"]})")}},
        issue("S1", "10:10", R"({"links": ["O1", "P9"]})")},
       "S1: P1 O1 S1; P9: P9"},
      {"a link to a rule's page joins the nearest of the rule's alerts",
       {alert("a1", "10:00", R"({"url": "http://prom/graph?g0.expr=up"})"),
        issue("S1", "2025-11-03T10:00",
              R"({"links": ["http://prom/graph?g0.expr=up"], "resolved_at": "2025-11-03T11:00:00Z"})"),
        issue("S2", "10:10", R"({"links": ["http://prom/graph?g0.expr=up"]})")},
       "S1: S1; a1: a1 S2"},
      {"pages that differ in their query differ",
       {page("P1", "10:00", R"({"url": "https://now/nav_to.do?uri=incident.do?sys_id=1"})"),
        page("P2", "10:00", R"({"url": "https://now/nav_to.do?uri=incident.do?sys_id=2"})"),
        issue("S1", "10:10", R"({"links": ["https://now/nav_to.do?uri=incident.do?sys_id=2"]})")},
       "P1: P1; S1: P2 S1"},
      {"an unknown link joins nothing",
       {issue("S1", "10:05", R"({"links": ["https://nowhere.example/1"]})")},
       "S1: S1"},
  };
  return all;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("incidents are joined by references and rank") {
    for (const auto& c : shapes()) {
      CAPTURE(c.rule);
      auto reports = c.reports;
      const auto sorted = [](const std::string& text) {
        std::vector<std::string> parts;
        for (std::size_t from = 0; from <= text.size();) {
          const auto end = std::min(text.find("; ", from), text.size());
          parts.push_back(text.substr(from, end - from));
          from = end + 2;
        }
        std::ranges::sort(parts);
        std::string joined;
        for (const auto& part : parts) joined += part + "; ";
        return joined;
      };
      CHECK(sorted(shape(reports)) == sorted(c.joined));
      std::ranges::reverse(reports);
      CHECK(sorted(shape(reports)) == sorted(c.joined));
    }
  }

  TEST_CASE("a joined incident has the name of the member received first, whichever leads") {
    auto p = page("P1", "10:00"), s = issue("S1", "10:05", R"({"links": ["P1"]})");
    p.received = 2;
    s.received = 1;
    CHECK(shape({p, s}) == "S1: P1 S1");
    CHECK(join({p, s}).front().members.back().evidence == "S1 names p1");
  }

  TEST_CASE("times and state come from the lead, missing ones from the other members") {
    auto p = page("P1", "10:00", R"({"state": "open", "started_at": "2026-11-03T10:00:00Z"})");
    p.reports.push_back(told("11:00", R"({"state": "resolved"})"));
    auto s = issue("S1", "10:05",
                   R"({"state": "open", "links": ["P1"], "severity": 2, "environment": "prod-eu", "cause": "data",
                       "started_at": "2026-11-03T09:00:00Z", "detected_at": "2026-11-03T09:30:00Z",
                       "acknowledged_at": "2026-11-03T10:06:00Z", "culprit": "1.8.3",
                       "responders": [{"person": "ana"}]})");
    const auto i = fold({p, s});
    CHECK(i.started_at == at("10:00"));
    CHECK(i.detected_at == at("09:30"));
    CHECK(*i.acknowledged_at == at("10:06"));
    CHECK(*i.restored_at() == at("11:00"));  // the issue is still open
    CHECK(i.state == incident_state::resolved);
    CHECK(i.severity == 2);
    CHECK(i.environment == "prod-eu");
    CHECK(i.culprit == "1.8.3");
    CHECK(i.culprit_source == "jira");
    CHECK(i.responders.front().person == "ana");
    CHECK(text_at(i.facts, "/cause") == "data");
  }

  TEST_CASE("services come from the first member with a configured one, the lead first; the others are shown") {
    const naming names({{.name = "checkout", .team = {}}, {.name = "cart", .team = {}}}, {});
    const auto unknown = page("P1", "10:00", R"({"service": "Checkout API"})"),
               known = page("P1", "10:00", R"({"service": "cart"})");
    const auto s = issue("S1", "10:05", R"({"links": ["P1"], "service": "checkout"})");
    CHECK(fold({unknown, s}, names).services == std::vector<std::string>{"checkout"});
    const auto both = fold({known, s}, names);
    CHECK(both.services == std::vector<std::string>{"cart"});
    CHECK(json::serialize(both.facts.at("also_affected")) == R"(["checkout"])");
  }

  TEST_CASE("an override of any member applies to the incident") {
    const auto p = page("P1", "10:00", R"({"state": "open", "severity": 3})");
    auto s = issue("S1", "10:05", R"({"links": ["P1"]})");
    s.reports.push_back(told("12:00", R"({"severity": 1, "resolved_at": "2026-11-03T11:30:00Z"})", true));
    const auto i = fold({p, s});
    CHECK(i.severity == 1);
    CHECK(*i.restored_at() == at("11:30"));
  }

  TEST_CASE("an issue about several incidents adds its cause, not its state") {
    const auto s =
        issue("S1", "10:10", R"({"links": ["P1", "P2"], "cause": "data", "severity": 1, "state": "resolved"})");
    const all_reports all = {page("P1", "10:00"), page("P2", "10:05"), s};
    for (const auto& j : join(all)) {
      std::vector<told_member> members;
      for (const auto& m : j.members)
        members.push_back({m.thing, std::ranges::find(all, m.thing, &reported::thing)->reports, m.only_adds_facts});
      const auto i = fold_joined(j.thing, std::move(members), {}, settings);
      CHECK(text_at(i->facts, "/cause") == "data");
      CHECK(i->severity == 0);
      CHECK(i->is_open());
    }
  }

  TEST_CASE("a matching incident stays included, and a filter ignores reports without its field") {
    const incident_filter high{.words = {{"urgency", {"high"}}}}, severe{.severities = {1, 2}};
    const std::vector<report> lowered = {told("10:00", R"({"urgency": "high"})"),
                                         told("11:00", R"({"urgency": "low"})")},
                              low = {told("10:00", R"({"urgency": "low"})")}, unknown = {told("10:00", "{}")},
                              by_hand = {told("10:00", R"({"urgency": "low"})"),
                                         told("11:00", R"({"urgency": "high"})", true)},
                              raised = {told("11:00", R"({"severity": 2})"), told("10:00", R"({"severity": 4})")};
    CHECK(high.lets_in(lowered));
    CHECK(!high.lets_in(low));
    CHECK(high.lets_in(unknown));
    CHECK(!high.lets_in(by_hand));  // the source's own reports alone
    CHECK(severe.lets_in(raised));
    CHECK(!severe.lets_in(unknown));
    CHECK(!incident_filter{.follows = "pagerduty"}.lets_in(lowered));
  }

  TEST_CASE("an issue is included by a label or type until that is removed; reports without them are not filtered") {
    const incident_filter either{.any_of = {{"labels", {"incident", "outage"}}, {"issue_type", {"Bug"}}}};
    const auto lets_in = [&](std::initializer_list<const char*> reports) {
      std::vector<report> all;
      for (const auto* fields : reports)
        all.push_back(told(("1" + std::to_string(all.size()) + ":00").c_str(), fields));
      return either.lets_in(all);
    };
    CHECK(!lets_in({R"({"labels": [], "issue_type": "Task"})"}));
    CHECK(lets_in({R"({"labels": ["x", "outage"]})"}));
    CHECK(lets_in({R"({"labels": [], "issue_type": "Bug"})"}));
    CHECK(lets_in({R"({"labels": []})", R"({"labels": ["incident"]})", R"({"labels": []})"}));  // a report was missed
    CHECK(!lets_in({R"({"labels": ["incident"]})", R"({"labels": [], "reclassified": true})"}));
    CHECK(lets_in({R"({"labels": ["incident", "outage"]})", R"({"labels": ["outage"], "reclassified": true})"}));
    CHECK(lets_in({R"({"labels": []})", R"({"labels": ["outage"], "reclassified": true})"}));
    CHECK(lets_in({R"({"state": "open"})"}));  // stored by a release without labels
    CHECK(!lets_in({R"({"state": "open"})", R"({"labels": [], "reclassified": true})"}));
    const incident_filter none{.any_of = {{"labels", {}}}};
    CHECK(!none.lets_in({told("10:00", R"({"labels": ["incident"]})")}));
    CHECK(none.lets_in({told("10:00", "{}")}));
  }

  TEST_CASE("a filtered-out report opens and leads no incident, but adds facts to those it is joined with") {
    auto with = settings;
    with.filters["pagerduty"].severities = {1};
    const auto p = page("P1", "10:00", R"({"severity": 3, "acknowledged_at": "2026-11-03T10:02:00Z"})"),
               other = page("P2", "10:30");
    const auto s = issue("S1", "10:05", R"({"links": ["P1"]})");
    std::vector<nameable> names;
    for (const auto* r : {&p, &other, &s}) {
      names.push_back(names_of(*fold_incident(r->thing, r->reports, {}), {}, {}, with));
      names.back().is_let_in = with.lets_in(r->thing, r->reports);
    }
    const auto all = join_incidents(names, with);
    REQUIRE(all.size() == 1);
    CHECK(all.front().members.front().thing.subject == "S1");
    CHECK(all.front().members.back().thing.subject == "P1");
  }
}
