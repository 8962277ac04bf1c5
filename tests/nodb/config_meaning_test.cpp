// Settings of services, issues, images and thresholds.
#include "tests/nodb/configurations.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

TEST_SUITE("nodb") {
  TEST_CASE("a configured threshold replaces the default of its figure and period; a service's own takes precedence") {
    const auto c = right(
        "[[threshold]]\nfigure='hotfixes'\nperiod='month'\nabove=3\n[[threshold]]\nfigure='hotfixes'\nperiod='month'"
        "\nabove=9\nservice='legacy'\n");
    const auto limit = [&](const char* service) {
      for (const auto& t : thresholds_of(c.figures.thresholds, service))
        if (t.figure == "hotfixes") return t.value;
      return -1.0;
    };
    CHECK(limit("checkout") == 3);
    CHECK(limit("legacy") == 9);
    CHECK(thresholds_of(c.figures.thresholds, "legacy").size() == default_thresholds().size() - 1);
  }

  TEST_CASE("a service's names are strings or tables, for one source, a kind of source or all sources") {
    const auto c = right(R"(
[[source]]
name = "cluster-eu"
kind = "argocd"
unauthenticated = true
[[service]]
name = "checkout"
was = ["cart", { name = "kiosk", until = 2026-03-01 }]
aliases = { cluster-eu = "co-eu", argocd = ["co"], pagerduty = { name = "Platform", shared = true }, "*" = "Check Out" }
[[service]]
name = "search"
aliases = { pagerduty = { name = "platform", shared = true } }
)");
    CHECK(c.warnings.empty());
    const auto day = [](const char* text) { return *parse_time(text); };
    const auto named = [&](const char* source, const char* name, timestamp at) {
      return c.figures.names.service(source, {{"service", name}}, at);
    };
    const auto before = day("2026-02-28T23:59:59Z"), after = day("2026-03-01T00:00:00Z");
    CHECK(named("cluster-eu", "co-eu", before) == "checkout");
    CHECK(named("cluster-eu", "CO", before) == "checkout");  // matched by kind of source
    CHECK(named("other", "check out", before) == "checkout");
    CHECK(named("pagerduty", "Platform", before).empty());
    CHECK(named("api", "kiosk", before) == "checkout");
    CHECK(named("api", "kiosk", after) == "kiosk");
    const auto unknown = right("[[service]]\nname = 'a'\naliases = { jirra = 'SHOP' }\n");
    CHECK(unknown.warnings == std::vector<std::string>{R"(service.aliases: unknown source or kind of source "jirra")"});
    CHECK(c.timeline.fingerprint != right("[[service]]\nname = 'checkout'\n").timeline.fingerprint);
  }

  TEST_CASE("issue labels and types filter during derivation; the default depends on the kind, and GitHub has none") {
    const auto filter_of = [](const std::string& source) {
      const auto c = right("[[source]]\nname = 's'\nunauthenticated = true\n" + source);
      return std::pair(json::serialize(json::value_from(c.timeline.joins.filters.at("s").any_of)),
                       c.timeline.fingerprint);
    };
    CHECK(filter_of("kind = 'jira'\n").first == R"({"issue_type":["Incident"],"labels":[]})");
    CHECK(filter_of("kind = 'gitlab'\nincidents = { labels = ['x'] }\n").first ==
          R"({"issue_type":["Incident"],"labels":["x"]})");
    CHECK(filter_of("kind = 'github'\n").first == R"({"issue_type":[],"labels":[]})");
    CHECK(filter_of("kind = 'bitbucket'\nincidents = { kinds = ['bug', 'task'] }\n").first ==
          R"({"issue_type":["bug","task"]})");
    CHECK(filter_of("kind = 'jira'\n").second != filter_of("kind = 'jira'\nincidents = { types = ['Bug'] }\n").second);
    CHECK(right("").timeline.joins.filters.at("jira").any_of.at("issue_type") == std::vector<std::string>{"Incident"});
    CHECK(!right("").timeline.joins.filters.contains("github"));  // no GitHub issues are imported
  }

  TEST_CASE("changing former names of repositories makes a rebuild due") {
    const auto c = right(
        "[[service]]\nname = 'a'\nrepository = 'acme/cart'\n"
        "[[repository]]\nname = 'acme/checkout'\nwas = ['acme/cart']\n");
    CHECK(c.figures.names.repositories().key("github.com/acme/cart") == "github.com/acme/checkout");
    CHECK(c.figures.names.rule_of("a")->repositories == std::vector<std::string>{"acme/checkout"});
    CHECK(c.timeline.fingerprint != right("[[service]]\nname = 'a'\nrepository = 'acme/cart'\n").timeline.fingerprint);
  }

  TEST_CASE("a source configures which images are a service's own, and changing that makes a rebuild due") {
    const std::string argo = "[[source]]\nname = 'argo'\nkind = 'argocd'\nunauthenticated = true\n";
    const auto plain = right(argo), chosen = right(argo + "images = 'acme/(?P<service>[^:@/]+)'\n"),
               by_revision = right(argo + "identity = 'revision'\n");
    CHECK(plain.timeline.images.empty());
    CHECK(text_of(chosen.timeline.images.at("argo").own) == "acme/(?P<service>[^:@/]+)");
    CHECK(chosen.timeline.images.at("argo").compares_images);
    CHECK(!by_revision.timeline.images.at("argo").compares_images);
    const std::set<std::string> different = {plain.timeline.fingerprint, chosen.timeline.fingerprint,
                                             by_revision.timeline.fingerprint};
    CHECK(different.size() == 3);
    const auto is_change = [](const char* text) {
      return right(text).timeline.blame.names.rule_of("a")->sidecars_are_changes;
    };
    CHECK(is_change("[[service]]\nname = 'a'\nsidecars = 'change'\n"));
    CHECK(!is_change("[[service]]\nname = 'a'\nsidecars = 'redeployment'\n"));
    CHECK(!is_change("[[service]]\nname = 'a'\n"));
  }

  TEST_CASE("a threshold may be another figure; the merge-back target is a threshold; causes are slices") {
    const auto c = right(
        "[figures]\nmerge_back_due = '2d'\ncauses = ['weather']\n"
        "[[threshold]]\nfigure = 'change_fail_ratio'\nperiod = '30d'\nabove = 'planned_fail_ratio'\n");
    for (const auto& t : c.figures.thresholds) {
      if (t.figure == "oldest_unmerged_hotfix_seconds") CHECK(t.value == 2 * 86400);
      if (t.figure == "change_fail_ratio") CHECK(t.ratio == "planned_fail_ratio");
    }
    CHECK(c.figures.cause_slices.size() == 3);
    CHECK(c.timeline.fingerprint != right("").timeline.fingerprint);
    CHECK(right("# nothing\n").timeline.fingerprint == right("").timeline.fingerprint);
  }

  TEST_CASE("a service is retired at a date, and environments of a group are production") {
    const auto c = right(
        "[[service]]\nname='cart'\nretired=2026-03-01\n[[service]]\nname='shop'\n"
        "[[environment]]\nname='eu'\ngroup='Live'\n[[environment]]\nname='us'\ngroup='live'\n");
    CHECK(c.figures.names.retired("cart") == parse_time("2026-03-01T00:00:00Z"));
    CHECK(!c.figures.names.retired("shop"));
    CHECK(c.figures.names.configured() == std::vector<place>{{"shop", "Live"}});  // one group, in its first spelling
    CHECK(c.figures.names.environment("LIVE") == "Live");
    CHECK(c.figures.names.is_production("eu"));
    CHECK(!c.figures.names.is_target({"shop", "eu"}));
  }
}
