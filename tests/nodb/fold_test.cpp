#include "daemon/timeline/fold.hpp"

#include <algorithm>

#include "tests/check.hpp"

using namespace releasehealth;

namespace {

/// One report, such as "10:00 state=running service=a"; `retract`, `restore` and `override` are separate words.
report parse_report(const std::string& text, std::size_t n) {
  report r;
  r.id = "event-" + std::to_string(n);
  r.time = *parse_time("2026-11-03T" + text.substr(0, 5) + ":00Z");
  for (std::size_t at = 5; at < text.size();) {
    const auto end = std::min(text.find(' ', at + 1), text.size());
    const auto word = text.substr(at + 1, end - at - 1);
    at = end;
    const auto equals = word.find('=');
    if (word == "override")
      r.is_override = true;
    else if (word == "retract" || word == "restore") {
      r.retraction = true;
      r.fields["retracted"] = word == "retract";
    } else if (word.substr(equals + 1) == "null")
      r.fields[word.substr(0, equals)] = nullptr;
    else
      r.fields[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return r;
}

std::string show(const std::vector<deployment>& all) {
  std::string out;
  const auto clock = [](const std::optional<timestamp>& t) { return t ? format_time(*t).substr(11, 5) : "-"; };
  for (const auto& d : all)
    out += (out.empty() ? "" : "; ") + d.where.service + '/' + d.where.environment + ' ' +
           (d.state ? std::string(word(d.state)) : "?") + ' ' + clock(d.started_at) + ' ' + clock(d.finished_at) +
           (d.version.empty() ? "" : ' ' + d.version);
  return out;
}

struct fold_case {
  const char* rule;
  std::vector<const char*> reports;
  const char* becomes;
};

const fold_case cases[] = {
    {"§23.2 a service without an environment applies to that service in every environment",
     {"10:00 service=a environment=x state=succeeded", "10:00 service=a environment=y state=succeeded",
      "10:00 service=b environment=x state=succeeded", "10:05 service=a version=2"},
     "a/x succeeded 10:00 10:00 2; a/y succeeded 10:00 10:00 2; b/x succeeded 10:00 10:00"},
    {"§23.2 an environment without a service applies to every service in that environment",
     {"10:00 service=a environment=x state=succeeded", "10:00 service=a environment=y state=succeeded",
      "10:00 service=b environment=x state=succeeded", "10:05 environment=x version=2"},
     "a/x succeeded 10:00 10:00 2; a/y succeeded 10:00 10:00; b/x succeeded 10:00 10:00 2"},
    {"§2 the last terminal report gives the state",
     {"10:00 service=a state=running", "10:05 state=succeeded"},
     "a/production succeeded 10:00 10:05"},
    {"§2 the first report of a run gives the finish",
     {"10:00 service=a state=succeeded", "10:05 state=succeeded"},
     "a/production succeeded 10:00 10:00"},
    {"§2 only another terminal state breaks a run",
     {"10:00 service=a state=succeeded", "10:01 state=running", "10:05 state=succeeded"},
     "a/production succeeded 10:01 10:00"},
    {"§2 another terminal state begins a new run",
     {"10:00 service=a state=succeeded", "10:05 state=failed", "10:09 state=succeeded"},
     "a/production succeeded 10:09 10:09"},
    {"§2 a late inactive changes neither state nor finish",
     {"10:00 service=a state=succeeded", "11:00 state=inactive"},
     "a/production succeeded 10:00 10:00"},
    {"§2 superseded and destroyed change neither state nor finish",
     {"10:00 service=a state=failed", "11:00 state=superseded", "12:00 state=destroyed"},
     "a/production failed 10:00 10:00"},
    {"§2 finished_at precedes the report's time",
     {"10:00 service=a state=succeeded finished_at=2026-11-03T09:30:00Z"},
     "a/production succeeded 09:30 09:30"},
    {"§2 without started_at the first running report gives the start",
     {"10:00 service=a state=running", "10:01 state=running", "10:05 state=succeeded"},
     "a/production succeeded 10:00 10:05"},
    {"§2 the creation is never the start",
     {"09:00 service=a state=pending created_at=2026-11-03T09:00:00Z", "10:05 state=succeeded"},
     "a/production succeeded 10:05 10:05"},
    {"§2 an unfinished deployment has no finish", {"10:00 service=a state=running"}, "a/production running 10:00 -"},
    {"§2 rank orders equal times",
     {"10:00 service=a state=succeeded", "10:00 state=running", "10:00 state=pending"},
     "a/production succeeded 10:00 10:00"},
    {"§2 the last report that carries a field wins",
     {"10:00 service=a state=succeeded version=1", "10:05 version=2"},
     "a/production succeeded 10:00 10:00 2"},
    {"§2 null clears a field",
     {"10:00 service=a state=succeeded version=1", "10:05 version=null"},
     "a/production succeeded 10:00 10:00"},
    {"§2 overrides beat reports, even later ones",
     {"10:00 service=a state=succeeded version=1", "10:01 override version=9 reason=x", "10:05 version=2"},
     "a/production succeeded 10:00 10:00 9"},
    {"§2 a null override withdraws the override",
     {"10:00 service=a state=succeeded version=1", "10:01 override version=9", "10:02 override version=null"},
     "a/production succeeded 10:00 10:00 1"},
    {"§2 a retraction removes the deployment", {"10:00 service=a state=succeeded", "10:05 retract"}, ""},
    {"§2 an earlier retraction removes it too", {"10:05 service=a state=succeeded", "10:00 retract"}, ""},
    {"§2 the latest retraction decides",
     {"10:00 service=a state=succeeded", "10:05 retract", "10:06 restore"},
     "a/production succeeded 10:00 10:00"},
    {"§2 a report without an environment applies to all",
     {"10:00 service=a environment=eu state=running", "10:00 service=a environment=us state=running",
      "10:05 state=succeeded"},
     "a/eu succeeded 10:00 10:05; a/us succeeded 10:00 10:05"},
    {"§2 a report with an environment applies to that one",
     {"10:00 service=a environment=eu state=succeeded", "10:00 service=a environment=us state=failed"},
     "a/eu succeeded 10:00 10:00; a/us failed 10:00 10:00"},
    {"§2 service and environment from different reports",
     {"10:00 service=a state=running", "10:05 environment=staging state=succeeded"},
     "a/staging succeeded 10:00 10:05"},
    {"interface §3 no report names a service", {"10:00 state=succeeded"}, "/production succeeded 10:00 10:00"},
};

}

TEST_SUITE("nodb") {
  TEST_CASE("facts of a commit come from reports of its own repository") {
    const auto told = [](const char* id, const char* fields, bool is_retraction = false) {
      return report{.id = id,
                    .time = *parse_time("2026-11-03T10:00:00Z"),
                    .retraction = is_retraction,
                    .fields = parse_json(fields)->as_object()};
    };
    const thing_id own{"github", "1a2b3c4d"}, other{"github", "1a2b3c4e"}, unnamed{"api", "1a2b3c4"};
    const std::map<thing_id, std::vector<report>> all = {
        {own,
         {told("1", R"({"repository":"github.com/acme/a","title":"Ours"})"), told("2", R"({"lines_changed":3})"),
          told("3", R"({"repository":"acme/fork","labels":["hotfix"]})")}},
        {other,
         {told("4", R"({"repository":"acme/b","title":"Theirs","picked_from":"1"})"),
          told("5", R"({"of":"commit"})", true)}},
        {unnamed, {told("6", R"({"reviewed":true})")}}};
    const auto facts = [&](const std::vector<std::string>& repositories, const repository_names& names = {}) {
      return json::value(fold_commit(reports_of_commit(all, repositories, names)));
    };
    const json::value ours = {{"reviewed", true},
                              {"repository", "github.com/acme/a"},
                              {"title", "Ours"},
                              {"lines_changed", 3},
                              {"titles", {"Ours"}}};
    CHECK(facts({"acme/a"}) == ours);
    CHECK(facts({"acme/c"}) == json::value{{"reviewed", true}});
    CHECK(facts({}).as_object().empty());  // retracting one report retracts all
    const repository_names renamed(std::vector<repository_rule>{{"acme/a2", {"acme/a"}}});
    CHECK(facts({"acme/a2"}, renamed) == ours);
  }

  TEST_CASE("reports of one deployment fold to the same result in any order") {
    for (const auto& c : cases) {
      CAPTURE(c.rule);
      std::vector<report> reports;
      for (const auto* text : c.reports) reports.push_back(parse_report(text, reports.size()));
      std::vector<std::size_t> order(reports.size());
      for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
      do {
        std::vector<report> shuffled;
        for (const auto i : order) shuffled.push_back(reports[i]);
        CHECK(show(fold_deployment({"test", "d"}, shuffled, {})) == c.becomes);
      } while (std::ranges::next_permutation(order).found);
    }
  }
}
