// Services, teams and aliases proposed from catalogues and the ledger's names (interface.md section 6).
#include "daemon/discover/catalogue_services.hpp"
#include "daemon/discover/names.hpp"
#include "daemon/discover/repositories.hpp"
#include "daemon/discover/similarity.hpp"
#include "daemon/discover/toml.hpp"
#include "tests/nodb/discoveries.hpp"
#include "tests/nodb/source_tree.hpp"

using namespace releasehealth;
using namespace releasehealth::discover;
using namespace releasehealth::test;

TEST_SUITE("nodb") {
  TEST_CASE(
      "components become services with teams, repositories and aliases, and the proposal is valid configuration") {
    const source_tree t;
    t.write("catalog-info.yaml",
            component("checkout",
                      "    github.com/project-slug: acme/checkout\n    argocd/app-name: checkout-prod\n"
                      "    pagerduty.com/service-id: PXYZ\n    jira/project-key: SHOP\n    jira/component: Checkout\n"
                      "    sentry.io/project-slug: acme/checkout-web\n    opsgenie.com/component-selector: "
                      "'tag:\"service:co\"'\n",
                      owned_by("group:default/payments")) +
                "---\napiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: payments}\nspec: {type: team, "
                "members: "
                "[a, b, c]}\n---\n" +
                component("search", "    jira/project-key: SHOP\n", "  system: shop\n") +
                "---\napiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: shop}\nspec: {owner: "
                "discovery}\n---\n" +
                "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: lib}\nspec: {type: library, "
                "owner: x}\n");
    const auto all = propose(t.read(), configured_by(""));
    REQUIRE(all.services.size() == 2);
    CHECK(all.services[0].team.value == "payments");
    CHECK_FALSE(all.services[0].team.is_guess);
    CHECK(all.services[1].team.value == "discovery");
    CHECK(all.services[1].team.is_guess);
    CHECK(all.teams.size() == 2);
    CHECK(all.teams[1].members == 3);
    const auto means = [&](const char* source, const char* fields) { return service_after("", all, source, fields); };
    CHECK(means("argocd", R"({"service":"checkout-prod","repository":"acme/manifests"})") == "checkout");
    CHECK(means("pagerduty", R"({"service":"Checkout API","service_id":"PXYZ"})") == "checkout");
    CHECK(means("github", R"({"service":"acme/checkout","repository":"acme/checkout"})") == "checkout");
    CHECK(means("jira", R"({"service":"Checkout","project":"SHOP"})") == "checkout");
    CHECK(means("jira", R"({"service":"SHOP","project":"SHOP"})") == "search");
    CHECK(means("sentry", R"({"service":"checkout-web"})") == "checkout");
    CHECK(means("opsgenie", R"({"service":"co"})") == "checkout");
    CHECK(new_tables(all).find("argocd = [\"checkout-prod\"]  # annotation argocd/app-name\n") != std::string::npos);
    // once accepted, nothing is left to propose
    CHECK(propose(t.read(), configured_by(new_tables(all))).is_empty());
  }

  TEST_CASE("a name shared by several components means none of them, and folders distinguish a shared repository") {
    const source_tree t;
    t.write(".git/HEAD", "");
    t.write("CODEOWNERS", "/services/b/ @acme/beta\n");
    for (const std::string name : {"a", "b"})
      t.write("services/" + name + "/catalog-info.yaml",
              component(name, "    github.com/project-slug: acme/mono\n    pagerduty.com/service-id: P1\n"));
    const auto all = propose(t.read(), configured_by(""));
    const auto means = [&](const char* source, const char* fields) { return service_after("", all, source, fields); };
    CHECK(means("pagerduty", R"({"service":"Shop","service_id":"P1"})").empty());
    CHECK(means("github", R"({"service":"acme/mono","repository":"acme/mono","path":"services/b/x"})") == "b");
    CHECK(means("github", R"({"service":"acme/mono","repository":"acme/mono"})") == "acme/mono");
    CHECK(std::ranges::find(all.services, "b", [](const auto& s) { return s.name.value; })->team.value == "beta");
    CHECK(new_tables(all).find("team = \"beta\"  # guess: ") != std::string::npos);
    CHECK(propose(t.read(), configured_by(new_tables(all))).is_empty());
  }

  TEST_CASE("a configured service gets lines to add to its definition, and its own settings stay") {
    const source_tree t;
    t.write("catalog-info.yaml",
            component("checkout", "    argocd/app-name: checkout-prod\n    pagerduty.com/service-id: PXYZ\n",
                      owned_by("someone-else")) +
                "---\n" + component("renamed", "    pagerduty.com/service-id: PABC\n") + "---\n" +
                component("late", "    pagerduty.com/service-id: PTWO\n"));
    const auto text = pagerduty_source +
                      "[[service]]\nname='checkout'\nteam='Payments'\naliases={argocd='x'}\n"
                      "[[service]]\nname='by a person'\nteam='t'\naliases={pd='pabc'}\n"
                      "[[service]]\nname='other'\naliases={pagerduty={name='PTWO',shared=true}}\n";
    const auto known = configured_by(text);
    const auto all = propose(t.read(), known);
    const auto missing = missing_lines(all, known);
    REQUIRE(missing.size() == 1);
    CHECK(missing[0] ==
          "c.toml:5:1: [[service]] \"checkout\" lacks:\naliases = { argocd = [\"x\", \"checkout-prod\"], pagerduty = "
          "[\"PXYZ\"] }  # \"checkout-prod\": annotation argocd/app-name; \"PXYZ\": annotation "
          "pagerduty.com/service-id\n");
    CHECK(new_tables(all).find("[[service]]\nname = \"late\"") != std::string::npos);
    CHECK(new_tables(all).find("renamed") == std::string::npos);
    right(text + new_tables(all));  // a name shared with another service stays shared
  }

  TEST_CASE("an alias of another service is a remark, not a proposal") {
    const source_tree t;
    t.write("catalog-info.yaml",
            component("new", "    pagerduty.com/service-id: PABC\n    argocd/app-name: new-prod\n"));
    const auto text = std::string("[[service]]\nname='new'\n[[service]]\nname='old'\naliases={pagerduty='PABC'}\n");
    const auto all = propose(t.read(), configured_by(text));
    REQUIRE(all.services.size() == 1);
    CHECK(all.services[0].aliases.size() == 1);
    REQUIRE(all.remarks.size() == 1);
    CHECK(all.remarks[0].ends_with(
        "catalog-info.yaml:4: \"PABC\" of pagerduty.com/service-id is also an alias of [[service]] \"old\""));
  }

  TEST_CASE("a catalogue of 160 components gives 160 services, and a second run proposes nothing") {
    const source_tree t;
    for (int i = 0; i < 160; ++i) {
      const auto n = std::to_string(i);
      t.write("team-" + std::to_string(i % 12) + "/svc-" + n + "/catalog-info.yaml",
              component("svc-" + n,
                        "    github.com/project-slug: acme/svc-" + n + "\n    argocd/app-name: svc-" + n +
                            "-prod\n    pagerduty.com/service-id: P" + n + "\n    jira/project-key: J" +
                            std::to_string(i % 40) + "\n",
                        owned_by("team-" + std::to_string(i % 12))));
    }
    const auto all = propose(t.read(), configured_by(""));
    CHECK(all.services.size() == 160);
    CHECK(all.teams.size() == 12);
    const auto c = right(new_tables(all));
    for (int i = 0; i < 160; ++i) {
      const auto n = std::to_string(i);
      CHECK(c.figures.names.service("argocd", {{"service", "svc-" + n + "-prod"}}, {}) == "svc-" + n);
      CHECK(c.figures.names.service("pagerduty", {{"service", "?"}, {"service_id", "P" + n}}, {}) == "svc-" + n);
    }
    CHECK(c.figures.names.service("jira", {{"service", "J7"}}, {}).empty());  // shared by four components
    CHECK(propose(t.read(), configured_by(new_tables(all))).is_empty());
  }

  TEST_CASE("text from catalogues and sources stays quoted in the written configuration") {
    proposals all;
    all.services.push_back({.name = {"a\"b\\c\nd\x1b", "why\n[[team]]\nname = 'x'"}});
    const auto c = right(new_tables(all));
    REQUIRE(c.figures.names.services().size() == 1);
    CHECK(c.figures.names.services()[0].name == "a\"b\\c\nd\x1b");
    CHECK(c.figures.engineers.empty());
  }
}
