// The timeline is a function of the events alone (figures.md §1), independent of their order, duplication, batches, the
// deriving daemon, and incremental or full derivation.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

#include "tests/check.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/differing.hpp"
#include "tests/postgres/random_history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

unsigned histories() {
  const char* asked = std::getenv("RELEASEHEALTH_HISTORIES");
  return asked ? static_cast<unsigned>(std::stoul(asked)) : 80;
}

/// Features of histories, each with a text found in the derived rows.
constexpr std::pair<const char*, const char*> told_in_rows[] = {
    {"rollback", "\"kind\": \"rollback\""},
    {"failed change", "\"failed\": true"},
    {"other names", "\"service\": \"other\""},
    {"during an incident", "rule fire"},
    {"commit by a tag", "\"commit_evidence\": \"tag"},
    {"commit in a version", "\"commit_evidence\": \"its version"},
    {"resolved with a member", "\"resolved_with\": "},
    {"remedy", "remedy|"},
};
/// Features of histories, each with a query that finds rows.
constexpr std::pair<const char*, const char*> found_by_query[] = {
    {"reopening", "SELECT FROM incident WHERE (SELECT count(*) FROM unnest(stretches)) > 1"},
    {"merged back", "SELECT FROM deployment WHERE merged_back_at IS NOT NULL"},
    {"against policy", "SELECT FROM incident WHERE is_against_policy"},
    {"closed too early", "SELECT FROM incident WHERE is_closed_too_early"},
    {"joined incidents", "SELECT FROM incident_member WHERE position > 0"},
    {"an issue about several", "SELECT FROM incident_member WHERE only_adds_facts"},
    {"releases of a group", "SELECT FROM deployment WHERE is_release"},
    {"echoes", "SELECT FROM deployment WHERE release <> '' AND is_change GROUP BY release HAVING count(*) > 1"},
    {"rollbacks of a group",
     "SELECT FROM deployment WHERE release <> '' AND kind = 'rollback' GROUP BY release HAVING count(*) > 1"},
    {"images", "SELECT FROM deployment WHERE identity ? 'images'"},
    {"sidecars", "SELECT FROM deployment WHERE identity ? 'sidecars'"},
    {"redeployed images",
     "SELECT FROM deployment WHERE kind IN ('redeploy', 'rollback') AND identity ? 'images' AND NOT identity ? "
     "'commit'"},
    {"content",
     "SELECT FROM deployment WHERE facts ? 'new_commits' AND first_commit_at IS NOT NULL AND commit_facts ? 'parents'"},
    {"awaited commit", "SELECT FROM deployment WHERE awaited_commit <> ''"},
    {"said production", "SELECT FROM place WHERE environment = 'staging' AND production"},
};

constexpr auto is_late = std::chrono::days(30);

}

TEST_SUITE("postgres") {
  TEST_CASE("any order, any duplication, any split into batches and daemons: the same rows as from scratch") {
    const auto total = histories();
    std::map<std::string, unsigned> shares;
    const database db;
    ledger::appender to(db.where());
    // a short look-back, so that long histories exceed it; a rule that uses the release line
    ledger::derive_settings settings;
    settings.stack.rollback_lookback = std::chrono::days(40);
    settings.joins = {
        .ranks = {{"other", 0}, {"test", 1}, {"tracker", 2}}, .monitors = {"other"}, .trackers = {"tracker"}};
    settings.joins.filters["tracker"].severities = {1, 2, 3};
    settings.joins.filters["tracker"].any_of = {{"labels", {"incident", "outage"}}, {"issue_type", {"Incident"}}};
    kind_rule quick{.name = "quick",
                    .kind = deployment_kind::hotfix,
                    .when = {},
                    .unless = {},
                    .patch_release = true,
                    .at_most = std::chrono::hours(48)};
    settings.stack.rules.rules.push_back(quick);
    settings.stack.rules.rules.push_back({.name = "fire",
                                          .kind = deployment_kind::hotfix,
                                          .when = {},
                                          .unless = {},
                                          .patch_release = true,
                                          .at_most = {},
                                          .during_incident = true});
    const std::vector<service_rule> services = {{.name = "search", .team = {}, .sidecars_are_changes = true}};
    settings.blame.names = naming(services, {});
    settings.images["other"].own = *compile_pattern("acme/(?P<service>[^:@/]+)-worker|envoy");
    auto capped = settings, in_group = settings;
    capped.max_names = 1;
    in_group.blame.names = naming(services, {{.name = "production", .production = true, .group = "everywhere"},
                                             {.name = "prod-eu", .production = true, .group = "everywhere"}});
    ledger::deriver free[] = {{db.where(), settings}, {db.where(), settings}};
    ledger::deriver bound[] = {{db.where(), capped}, {db.where(), capped}};
    ledger::deriver grouped[] = {{db.where(), in_group}, {db.where(), in_group}};
    const char* only = std::getenv("RELEASEHEALTH_SEED");
    const unsigned first = only ? static_cast<unsigned>(std::stoul(only)) : 1;
    const unsigned ran = total - first + 1;
    for (unsigned seed = first; seed <= total; ++seed) {
      CAPTURE(seed);
      random_history h(seed);
      auto& [one, other] = seed % 4 == 0 ? bound : seed % 4 == 1 ? free : grouped;
      db.empty();
      store(to, h.events);
      one.derive();
      const auto reference = db.derived();
      for (const auto what : h.holds) ++shares[std::string(what)];
      for (const auto& [what, text] : told_in_rows) shares[what] += reference.find(text) != reference.npos;
      for (const auto& [what, rows] : found_by_query)
        shares[what] += db.query(std::string("SELECT EXISTS (") + rows + ")") == "t";

      db.empty();
      auto events = h.events;
      const auto twice = events;
      events.insert(events.end(), twice.begin(), twice.begin() + h.pick(static_cast<int>(twice.size())));
      std::ranges::shuffle(events, h.random);
      bool late = false;
      timestamp latest{};
      for (std::size_t at = 0; at < events.size();) {
        const auto size = std::min<std::size_t>(events.size() - at, 1 + static_cast<std::size_t>(h.pick(6)));
        std::vector<event> batch(events.begin() + static_cast<std::ptrdiff_t>(at),
                                 events.begin() + static_cast<std::ptrdiff_t>(at + size));
        for (const auto& e : batch) {
          late |= e.type == event_type::deployment && latest - e.time > is_late;
          latest = std::max(latest, e.time);
        }
        store(to, std::move(batch));
        at += size;
        if (!h.one_in(4)) (h.one_in(2) ? one : other).derive();
      }
      one.derive();
      shares["late event"] += late;
      CHECK(differing(db.derived(), reference) == "");
      if (seed % 10 == 0) CHECK(other.check().empty());
    }
    std::string said;
    for (const auto& [what, n] : shares) said += ' ' + what + ' ' + std::to_string(n * 100 / ran) + " %,";
    MESSAGE("of " << ran << " histories:" << said);
    for (const auto* what : {"rollback", "reopening", "several services", "late event", "retraction", "override",
                             "commit by a tag", "commit in a version", "images", "sidecars", "redeployed images",
                             "said production", "joined incidents", "echoes"}) {
      CAPTURE(what);
      CHECK(shares[what] * 20 >= ran);
    }
  }
}
