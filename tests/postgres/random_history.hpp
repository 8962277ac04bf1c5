#pragma once
// Random histories: reports that sources may send, in arbitrary order.
#include <set>
#include <string>
#include <vector>

#include "collectors/fields.hpp"
#include "tests/postgres/history.hpp"
#include "tests/postgres/random_words.hpp"

namespace releasehealth::test {

/// Services, environments, deployments with several reports, commits, tags that move, incidents that reopen, name
/// culprits or several services, remedies that name something, flags, work, retractions, overrides, equal times, gaps
/// longer than a rollback looks back. Everything follows from the seed.
class random_history : public random_words {
 public:
  explicit random_history(unsigned seed) : random_words(seed) {
    has_ancestry = one_in(3);
    for (int n = is_long ? 30 + pick(30) : 3 + pick(14); n > 0; --n) add_deployment();
    for (int n = pick(8); n > 0; --n) add_incident();
    for (int n = pick(3); n > 0; --n) add_flag();
    for (int n = pick(4); n > 0; --n) add_work();
    for (int n = pick(4); n > 0; --n) add_commit();
    for (int n = pick(6); n > 0; --n) add_tag();
    if (has_ancestry) add_ancestry();
  }

  std::vector<event> events;         ///< by their own time
  std::set<std::string_view> holds;  ///< features that it contains, by name

 private:
  void add(event e, const std::string& from) {
    e.id = "e" + std::to_string(events.size());
    e.source = from;
    events.push_back(std::move(e));
  }
  void maybe_retract(const std::string& type, const std::string& subject, const std::string& from) {
    if (!one_in(12)) return;
    auto e = report_of(type, subject, time(), {{"retracted", !one_in(3)}});
    e.type = event_type::retraction;
    add(std::move(e), from);
    holds.insert("retraction");
  }
  void maybe_override(const std::string& type, const std::string& subject, const std::string& from, json::object said) {
    if (!one_in(8)) return;
    said["by"] = "robin";
    said["reason"] = "so";
    auto e = report_of(type, subject, time(), std::move(said));
    e.is_override = true;
    add(std::move(e), from);
    holds.insert("override");
  }

  // Either text or an object; moving tags, digests with or without a tag.
  json::value image(const std::string& repository) {
    static const char* const moving[] = {"latest", "Stable", "prod-eu"};
    const auto tag = one_in(6) ? std::string() : one_in(5) ? std::string(moving[pick(3)]) : version();
    const auto pinned = tag.empty() || one_in(4) ? digest() : std::string();
    if (one_in(2))
      return json::string(repository + (tag.empty() ? "" : ":" + tag) + (pinned.empty() ? "" : "@" + pinned));
    json::object out = {{"repository", repository}};
    if (!tag.empty()) out["tag"] = tag;
    if (!pinned.empty()) out["digest"] = pinned;
    return out;
  }
  json::array images(const std::string& service) {
    json::array all;
    if (!one_in(5)) all.push_back(image("reg.example:5000/acme/" + service));
    if (one_in(6)) all.push_back(image("reg.example:5000/acme/" + service + "-worker"));
    if (all.empty() || one_in(3)) all.push_back(image("acme/envoy"));
    if (one_in(8)) all.push_back(image("acme/statsd"));
    return all;
  }
  void add_artifacts(json::object& fields) {
    const auto of = std::string(fields["service"].as_string());
    if (one_in(2)) fields["artifacts"] = images(of);
    if (one_in(3)) fields["revisions"] = revisions();
    if (one_in(6)) fields["manifest_repository"] = one_in(2) ? "acme/deploy" : "github.com/acme/checkout";
    if (one_in(2)) fields.erase("version");
    holds.insert("artifacts");
  }

  void add_deployment() {
    static const char* const states[] = {"succeeded", "succeeded", "succeeded", "succeeded", "succeeded",
                                         "failed",    "canceled",  "running",   "inactive"};
    const auto subject = "d" + std::to_string(deployments++);
    const auto from = source();
    json::object fields = {{"service", service()}, {"environment", environment()}, {"version", version()}};
    if (one_in(30)) fields["environment"] = "everywhere";  // some configurations have a group of that name
    if (one_in(3)) fields["commit"] = commit();
    if (has_ancestry && !one_in(4)) fields["commit"] = ancestor(pick(most_ancestors)).substr(0, one_in(4) ? 8 : 40);
    if (one_in(10)) fields["production_environment"] = !one_in(4);
    if (one_in(2)) fields["repository"] = repository();
    if (one_in(8)) fields["version"] = "main-" + commit();
    if (one_in(12)) fields["version"] = one_in(2) ? "latest" : "Production";
    if (one_in(3)) add_artifacts(fields);
    if (one_in(8)) fields["kind"] = "rollback";
    if (one_in(4)) fields["ref"] = "hotfix/1";
    if (one_in(10))
      fields["fixes"] = one_in(2)   ? deployment_name()
                        : one_in(4) ? std::string("none")
                        : one_in(3) ? service() + '@' + version()
                                    : version();
    if (one_in(10)) fields["incident"] = incident_name();
    if (one_in(6)) fields["cause"] = one_in(2) ? "data" : "bad luck";
    if (one_in(6)) fields["justification"] = "revenue";
    if (one_in(12)) fields["merged_back_at"] = time();
    if (one_in(8)) fields["default_branch"] = one_in(2);
    if (one_in(8)) fields["tested"] = one_in(2);
    if (one_in(8)) fields["lines_changed"] = pick(50);
    if (one_in(8)) fields["new_commits"] = pick(3);
    if (one_in(8)) fields["review_held_at"] = time();
    if (one_in(10)) fields["team"] = one_in(2) ? "payments" : "search";
    if (one_in(6)) fields["date_only"] = true;
    if (one_in(8)) fields["line_released_at"] = time();
    if (one_in(5)) fields["first_commit_at"] = one_in(2) ? json::value(time()) : json::value(nullptr);
    fields["state"] = states[pick(9)];
    if (one_in(3)) fields["started_at"] = time();
    const auto at = time();
    add(report_of("deployment", subject, at, fields), from);
    if (fields.contains("kind") || one_in(2)) follow(fields, at, from);
    for (int more = pick(3); more > 0; --more) {
      json::object later = {{"state", states[pick(9)]}};
      if (one_in(4)) later["version"] = version();
      if (one_in(6)) later["service"] = service();
      if (one_in(6)) later["environment"] = environment();  // one report of several environments
      add(report_of("deployment", subject, time(), later), from);
    }
    maybe_retract("deployment", subject, from);
    maybe_override("deployment", subject, from,
                   one_in(3)   ? json::object{{"kind", one_in(2) ? "hotfix" : "planned"}}
                   : one_in(6) ? json::object{{"version", version()}}
                   : one_in(2) ? json::object{{"failed", one_in(2)}}
                               : json::object{{"finished_at", time()}});
    if (one_in(6))
      add(report_of("commit", commit(), time(),
                    {{"title", one_in(2) ? "Revert \"x\"" : "Fix"},
                     {"labels", json::array{"hotfix"}},
                     {"authored_at", time()}}),
          from);
  }

  /// Repeats the deployment in the other production environment, twice: soon, or beyond the release window.
  void follow(json::object fields, const std::string& at, const std::string& from) {
    const bool is_eu = fields["environment"] == "prod-eu";
    if (!is_eu && fields["environment"] != "production") return;
    fields["environment"] = is_eu ? "production" : "prod-eu";
    fields.erase("started_at");
    for (const auto* state : {"succeeded", "failed"}) {
      fields["state"] = state;
      const auto later = *parse_time(at) + std::chrono::hours(6 * pick(32));
      add(report_of("deployment", "d" + std::to_string(deployments++), format_time(later), fields), from);
      if (!one_in(6)) break;
    }
  }

  event resolution_of(const std::string& subject) {
    json::object fields = {{"state", "resolved"}};
    if (one_in(3)) fields["resolved_at"] = time();
    return report_of("incident", subject, time(), std::move(fields));
  }

  json::array links() {
    json::array all;
    for (int n = pick(4); n > 0; --n)
      all.emplace_back(one_in(4)   ? "group " + std::to_string(pick(2))
                       : one_in(3) ? page_of(incident_name()) + "?from=chat"
                                   : incident_name());
    return all;
  }

  // Labels and type for the tracker's filter `any_of`.
  void put_class(json::object& fields) {
    fields["labels"] = one_in(2) ? json::array() : one_in(2) ? json::array{"incident"} : json::array{"x", "outage"};
    if (one_in(2)) fields["issue_type"] = one_in(3) ? "Task" : "Incident";
  }
  void add_incident() {
    const auto subject = incident_name();
    const auto from = one_in(4) ? std::string("tracker") : one_in(3) ? std::string("other") : std::string("test");
    json::object fields = {{"state", "open"}};
    if (one_in(3)) fields["url"] = page_of(subject);
    if (one_in(4)) fields["keys"] = json::array{"group " + std::to_string(pick(2))};
    if (!one_in(4)) fields["links"] = links();
    if (one_in(12)) fields["same_as"] = json::array{incident_name()};
    if (one_in(12)) fields["names"] = json::array{incident_name()};
    if (fields.contains("same_as") && one_in(2)) fields["duplicate"] = true;
    if (from == "tracker" && !one_in(3)) put_class(fields);
    if (one_in(3)) {
      fields["services"] = json::array{"checkout", "search"};
      holds.insert("several services");
    } else if (!one_in(10)) {
      fields["service"] = service();
    }
    if (one_in(4)) fields["environment"] = one_in(5) ? "everywhere" : environment();
    if (one_in(2)) fields["severity"] = 1 + pick(5);
    if (one_in(3)) fields["started_at"] = time();
    if (one_in(4)) fields["detected_at"] = time();
    if (one_in(5))
      fields["culprit"] = one_in(3)   ? deployment_name()
                          : one_in(2) ? (one_in(3) ? service() + '@' : std::string()) + version()
                          : one_in(4) ? std::string("none")
                                      : commit();
    if (one_in(5)) fields["cause"] = one_in(2) ? "security" : "data";
    if (one_in(6)) fields["touches"] = json::array{"money"};
    if (one_in(4)) fields["blast_radius"] = one_in(2) ? "small" : "large";
    if (one_in(4)) fields["trajectory"] = one_in(2) ? "stable" : "rising";
    if (one_in(4)) fields["cause_known"] = one_in(2);
    if (one_in(4)) fields["fix_tested"] = one_in(2);
    if (one_in(6)) fields["review_held_at"] = time();
    if (one_in(4)) fields["responders"] = json::array{{{"person", "ana"}, {"from", time()}}, {{"person", "bo"}}};
    add(report_of("incident", subject, time(), fields), from);
    if (one_in(3)) add(report_of("incident", subject, time(), {{"state", "acknowledged"}}), from);
    if (one_in(4)) add(report_of("incident", subject, time(), {{"mitigated_at", time()}}), from);
    if (!one_in(3)) add(resolution_of(subject), from);
    if (one_in(3)) {
      json::object reopened = {{"state", one_in(3) ? "acknowledged" : "open"}};
      if (one_in(4)) reopened["resolved_at"] = nullptr;  // withdraws the resolution
      add(report_of("incident", subject, time(), std::move(reopened)), from);
      holds.insert("another opening");
      if (!one_in(3)) add(resolution_of(subject), from);
      if (one_in(4)) add(report_of("incident", subject, time(), {{"resolved_at", time()}}), from);
    }
    if (one_in(5)) add(report_of("incident", subject, time(), {{"silent_since", time()}}), from);
    maybe_retract("incident", subject, from);
    if (one_in(6)) add(report_of("incident", subject, time(), {{"links", links()}}), from);
    if (fields.contains("duplicate") && one_in(2))
      add(report_of("incident", subject, time(), {{"duplicate", false}, {"same_as", nullptr}}), from);
    if (from == "tracker" && one_in(3)) {
      json::object other = {{"reclassified", !one_in(4)}};
      put_class(other);
      add(report_of("incident", subject, time(), std::move(other)), from);
    }
    maybe_override("incident", subject, from,
                   one_in(3) ? json::object{{"same_as", json::array{one_in(2) ? std::string("none") : incident_name()}}}
                   : one_in(2) ? json::object{{"culprit", deployment_name()}}
                               : json::object{{"resolved_at", time()}});
  }

  void add_flag() {
    json::object fields = {{"flag", "dark-mode"}, {"on", one_in(4)}, {"incident", incident_name()}};
    if (one_in(3)) fields["service"] = service();
    const auto subject = "f" + std::to_string(pick(3)), from = source();
    add(report_of("flag", subject, time(), fields), from);
    maybe_retract("flag", subject, from);
  }

  void add_work() {
    json::object fields;
    if (!one_in(4)) fields["person"] = one_in(2) ? "ana" : "bo";
    if (!one_in(3)) fields["incident"] = incident_name();
    if (one_in(2)) fields["service"] = service();
    if (one_in(3)) {
      fields["seconds"] = 60 * pick(100);
    } else {
      fields["begin"] = time();
      fields["end"] = time();
    }
    const auto subject = "w" + std::to_string(pick(4)), from = source();
    add(report_of("work", subject, time(), fields), from);
    maybe_retract("work", subject, from);
  }

  void add_commit() {
    json::object fields;
    if (one_in(2)) fields["default_branch"] = !one_in(5);
    if (one_in(3)) fields["picked_from"] = commit();
    if (one_in(2)) {
      fields["repository"] = one_in(4) ? "acme/search" : "acme/checkout";
      fields["pull_request"] = std::to_string(pick(3));
      fields["ref"] = one_in(2) ? "hotfix/1" : "hotfix/2";
      if (one_in(2)) fields["title"] = "Fix";
      if (one_in(2)) fields["merged_at"] = time();
    }
    if (one_in(4)) fields["lines_changed"] = pick(20);
    if (one_in(4)) fields["reviewed"] = one_in(2);
    const auto subject = one_in(2) ? commit() : "fedcba0" + std::to_string(pick(3)), from = source();
    add(report_of("commit", subject, time(), fields), from);
    maybe_retract("commit", subject, from);
  }

  static constexpr int most_ancestors = 10;
  bool has_ancestry = false;
  static std::string ancestor(int n) { return std::string(8, "0123456789"[n]) + std::string(32, 'e'); }

  /// Commits with parents: branches and merges, skewed clocks, commits that nobody reports, or without their parents.
  void add_ancestry() {
    for (int n = 0; n < most_ancestors; ++n) {
      if (one_in(12)) continue;
      json::object fields = {{"commit", ancestor(n)}};
      json::array parents;
      if (n > 0 && !one_in(20)) parents.emplace_back(ancestor(n - 1 - (one_in(3) ? pick(n) : 0)));
      if (n > 1 && one_in(4)) parents.emplace_back(ancestor(pick(n)));
      if (!one_in(20)) fields["parents"] = std::move(parents);
      const auto hours = std::chrono::hours(24 * n + pick(24));
      if (!one_in(15)) fields["committed_at"] = format_time(*parse_time("2026-01-01T00:00:00Z") + hours);
      if (!one_in(10)) fields["lines_changed"] = pick(30);
      if (!one_in(3)) fields["repository"] = one_in(8) ? "acme/search" : "acme/checkout";
      if (one_in(4)) fields["authored_at"] = time();
      if (one_in(5)) fields["pull_request"] = std::to_string(pick(2));
      if (one_in(3)) fields["title"] = "Fix";
      if (one_in(2)) {
        fields["default_branch"] = !one_in(3);
        if (!one_in(3)) fields["merged_at"] = time();
      }
      const auto from = source();
      add(report_of("commit", ancestor(n), time(), fields), from);
      if (one_in(8))
        add(report_of("commit", ancestor(n), time(), {{"default_branch", true}, {"merged_at", time()}}), from);
      if (one_in(15))
        add(report_of("commit", ancestor(n), time(), {{"parents", json::array{ancestor(pick(most_ancestors))}}}), from);
      maybe_retract("commit", ancestor(n), from);
    }
    holds.insert("ancestry");
  }

  void add_tag() {
    const auto of = version().substr(one_in(2) ? 0 : 1);
    const auto name = one_in(3) ? service() + '@' + of : of;
    json::object fields = {{"repository", repository()}, {"name", name}};
    if (one_in(6))
      fields["deleted"] = true;
    else if (one_in(3))  // a push of a tag without its commit
      fields["object"] = one_in(3) ? "0b7ec70" : commit();
    else
      fields["commit"] = commit();
    if (fields.contains("commit") && one_in(3)) fields["object"] = "0b7ec70";
    if (one_in(2)) fields["at"] = time();
    const auto subject = tag_subject(fields["repository"].as_string(), name), from = source();
    add(report_of("tag", subject, time(), std::move(fields)), from);
    maybe_retract("tag", subject, from);
    holds.insert("tag");
  }
};

}
