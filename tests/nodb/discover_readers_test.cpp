// How `discover` reads catalogues, CODEOWNERS files and names.
#include <set>

#include "daemon/discover/similarity.hpp"
#include "tests/nodb/source_tree.hpp"

using namespace releasehealth;
using namespace releasehealth::discover;
using namespace releasehealth::test;

namespace {

catalogue read_text(std::string_view text) {
  catalogue c;
  read_catalogue(text, "f.yaml", c);
  return c;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("a catalogue file may hold several documents; a malformed one is reported with its line and skipped") {
    const auto c =
        read_text("# comment\n" + component("a", "    argocd/app-name: a-prod\n", owned_by("group:default/t1")) +
                  "---\nkind: [broken\n---\n" + component("b") + "--- # more\n" +
                  "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {name: t1}\nspec: {members: [x, y]}\n"
                  "---\napiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: u}\n"
                  "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: k8s}\n");
    REQUIRE(c.entities.size() == 3);
    CHECK(c.entities[0].name == "a");
    CHECK(c.entities[0].place() == "f.yaml:5");
    CHECK(c.entities[0].annotations.at("argocd/app-name") == "a-prod");
    CHECK(c.entities[1].place() == "f.yaml:19");
    CHECK(c.entities[2].members == 2);
    CHECK(c.others == 1);
    REQUIRE(c.problems.size() == 1);
    CHECK_MESSAGE(c.problems[0].starts_with("f.yaml:15: "), c.problems[0]);
  }

  TEST_CASE("template names are counted; other names that Backstage rejects are reported") {
    const auto c = read_text(component("${{ values.name | dump }}") + "---\n" + component("'two words'"));
    CHECK(c.entities.empty());
    CHECK(c.templates == 1);
    REQUIRE(c.problems.size() == 1);
    CHECK(c.problems[0].starts_with("f.yaml:14: metadata.name: invalid name \"two words\"; expected letters"));
  }

  TEST_CASE("nesting depth and nested aliases are limited") {
    CHECK(read_text("a: " + std::string(200'000, '[')).problems.size() == 1);
    CHECK(read_text(std::string(20'000, '-')).entities.empty());
    std::string bomb = component("a") + "x0: &x0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
    for (int i = 1; i < 40; ++i) {
      const auto before = "*x" + std::to_string(i - 1);
      bomb += "x" + std::to_string(i) + ": &x" + std::to_string(i) + " [";
      for (int n = 0; n < 9; ++n) bomb += before + ", ";
      bomb += "]\n";
    }
    CHECK(read_text(bomb).entities.size() == 1);
  }

  TEST_CASE("a tree is read up to its limits, and exceeded limits are reported") {
    const source_tree t;
    t.write("a/catalog-info.yaml", component("a"));
    t.write("b/catalog-info.yml", component("b"));
    t.write("b/node_modules/x/catalog-info.yaml", component("x"));
    t.write("c/catalog-info.yaml", component("c") + std::string(3000, '#'));
    t.write("d/e/f/catalog-info.yaml", component("f"));
    t.write("all.yaml", component("by-location"));
    t.write("g/catalog-info.yaml",
            "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: l}\nspec:\n  targets: [../all.yaml, "
            "../../../etc/passwd, 'https://example.com/x.yaml']\n");
    const auto all = t.read({.file_bytes = 2000, .depth = 3});
    std::set<std::string> names;
    for (const auto& e : all.found.entities) names.insert(e.name);
    CHECK(names == std::set<std::string>{"a", "b", "by-location"});
    REQUIRE(all.found.problems.size() == 2);
    CHECK(t.read({.files = 2}).files == 2);
    CHECK(t.read({.entries = 2}).found.problems.at(0).ends_with("more than 2 entries; the rest was not read"));
    const std::string absent[] = {"/nowhere/at/all"};
    CHECK_THROWS_WITH(read_trees(absent), "/nowhere/at/all: no such file or folder");
  }

  TEST_CASE("the last matching CODEOWNERS rule names a path's owner") {
    const auto rules = read_codeowners(
        "# all\n* @acme/platform\n/services/checkout/ @acme/payments @ann\n"
        "docs/* @acme/writers # those\n*.md\n\\#odd @acme/odd\nservices/**/api @acme/apis\n");
    const auto owner = [&](const char* path) {
      const auto* rule = owner_of(rules, path);
      return rule ? team_among(rule->owners) : "nobody";
    };
    CHECK(owner("catalog-info.yaml") == "platform");
    CHECK(owner("services/checkout/catalog-info.yaml") == "payments");
    CHECK(owner("other/services/checkout/catalog-info.yaml") == "platform");
    CHECK(owner("docs/x.yaml") == "writers");
    CHECK(owner("docs/deep/x.yaml") == "platform");
    CHECK(owner("services/checkout/readme.md") == "nobody");
    CHECK(owner("services/a/b/api/catalog-info.yaml") == "apis");
    CHECK(owner("#odd/x") == "odd");
    CHECK(rules[1].line == 3);
    CHECK(team_among({"@ann", "dev@example.com"}).empty());
  }

  TEST_CASE("a section of GitLab's CODEOWNERS gives its owners to rules without owners") {
    const auto rules =
        read_codeowners("[Shop][2] @acme/shop\n/cart/\n/pay/ @acme/group/payments\n^[Docs] @acme/writers\n/docs/\n");
    REQUIRE(rules.size() == 3);
    CHECK(team_among(owner_of(rules, "cart/x")->owners) == "shop");
    CHECK(team_among(owner_of(rules, "pay/x")->owners) == "payments");
    CHECK(team_among(owner_of(rules, "docs/x")->owners) == "writers");
  }

  TEST_CASE(
      "names are compared by their words: environments, fillers and plurals count less, parts of a product more") {
    const std::string names[] = {"checkout", "search", "acme-a", "acme-b", "acme-c", "acme-d", "acme-e", "acme-f"};
    const word_weights weights(names);
    const auto alike = [&](const char* a, const char* b) {
      const auto words_a = words_without_environment(a), words_b = words_without_environment(b);
      const auto one = similarity(words_a, words_b, weights);
      CHECK(one == doctest::Approx(similarity(words_b, words_a, weights)));
      return one;
    };
    CHECK(alike("checkout-prod", "checkout") == 1);
    CHECK(alike("CheckoutAPI", "checkout_api") == 1);
    CHECK(alike("checkoutservice", "checkout-service") == 1);
    CHECK(alike("Checkout API", "checkout") > 0.7);
    CHECK(alike("Checkout API", "checkout-web") < 0.7);
    CHECK(alike("payment-service", "payments") > 0.7);
    CHECK(alike("user", "user-profile") < 0.7);
    CHECK(alike("acme-a", "acme-b") < 0.3);
    CHECK(alike("checkout", "search") == 0);
    CHECK(alike("...", "checkout") == 0);
    CHECK(words_of_name("checkout-prod") == name_words{"checkout", "prod"});
    CHECK(without_environment("checkout-prod-eu") == "checkout");
    CHECK(without_environment("staging/checkout") == "checkout");
    CHECK(without_environment("live-chat") == "live-chat");
    CHECK(without_environment("production") == "production");
  }
}
