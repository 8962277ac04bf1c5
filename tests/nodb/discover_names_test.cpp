// Assigning names in the ledger to services (interface.md section 6).
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
  TEST_CASE("a name in the ledger becomes an alias of the most similar service, or a new service") {
    const std::vector<reported_name> names = {
        reported("github", R"({"service":"acme/checkout-service","repository":"acme/checkout-service"})", 9, 0),
        reported("github", R"({"service":"acme/search","repository":"acme/search"})", 5, 1),
        reported("argocd", R"({"service":"checkout-prod","repository":"acme/manifests"})", 9, 0),
        reported("argocd", R"({"service":"search-prod","repository":"acme/manifests"})", 5, 0),
        reported("argocd", R"({"service":"ingress","repository":"acme/manifests"})", 2, 0),
        reported("pd", R"({"service":"Checkout API","service_id":"PXYZ"})", 0, 4),
        reported("jira", R"({"service":"Search","project":"SHOP"})", 0, 2),
        reported("pd", R"({"service":"Data lake","service_id":"PDDD"})", 0, 7),
    };
    const auto known = configured_by(pagerduty_source);
    proposals all;
    propose_from_names(names, {}, known, all);
    const auto means = [&](const char* source, const char* fields) {
      return service_after(pagerduty_source, all, source, fields);
    };
    CHECK(all.services.size() == 3);
    CHECK(means("github", R"({"service":"acme/checkout-service","repository":"acme/checkout-service"})") ==
          "checkout-service");
    CHECK(means("argocd", R"({"service":"checkout-prod","repository":"acme/manifests"})") == "checkout-service");
    CHECK(means("pd", R"({"service":"Checkout API","service_id":"PXYZ"})") == "checkout-service");
    CHECK(means("argocd", R"({"service":"search-prod"})") == "search");
    CHECK(means("jira", R"({"service":"Search","project":"SHOP"})") == "search");
    CHECK(means("argocd", R"({"service":"ingress"})") == "ingress");
    CHECK(new_tables(all).find("pd = [\"PXYZ\"]  # guess: \"Checkout API\": ") != std::string::npos);
    CHECK(all.remarks ==
          std::vector<std::string>{"\"Data lake\" of pd, 7 incidents, no deployment: no similar service"});
    proposals again;
    propose_from_names(names, {}, configured_by(pagerduty_source + new_tables(all)), again);
    CHECK(again.is_empty());
  }

  TEST_CASE("a name that is equally similar to two services is left to the user") {
    const std::vector<reported_name> names = {
        reported("github", R"({"service":"acme/pay-web","repository":"acme/pay-web"})", 3, 0),
        reported("github", R"({"service":"acme/pay-api","repository":"acme/pay-api"})", 3, 0),
        reported("pd", R"({"service":"Pay","service_id":"P1"})", 0, 4)};
    proposals all;
    propose_from_names(names, {}, configured_by(pagerduty_source), all);
    CHECK(all.services.size() == 2);
    for (const auto& s : all.services) CHECK(s.aliases.size() == 1);
    REQUIRE(all.remarks.size() == 1);
    CHECK(all.remarks[0].ends_with(" match equally well"));
  }

  TEST_CASE("repositories are separate services whatever their last word, and applications are matched to theirs") {
    std::vector<reported_name> names;
    for (const std::string name : {"agent", "agent-sandbox", "muster"})
      names.push_back({"github", {{"service", "acme/" + name}, {"repository", "acme/" + name}}, 3, 0});
    for (const std::string name : {"agent-prod", "agent-dev", "agent-sandbox", "muster"})
      names.push_back({"argocd", {{"service", name}, {"repository", "acme/manifests"}}, 3, 0});
    proposals all;
    propose_from_names(names, {}, configured_by(""), all);
    CHECK(all.services.size() == 3);
    const auto means = [&](const std::string& app) {
      return right(new_tables(all)).figures.names.service("argocd", {{"service", app}}, {});
    };
    CHECK(means("agent-prod") == "agent");
    CHECK(means("agent-dev") == "agent");
    CHECK(means("agent-sandbox") == "agent-sandbox");
    CHECK(means("muster") == "muster");
    CHECK(service_after("", all, "github", R"({"service":"acme/muster","repository":"acme/muster"})") == "muster");
  }

  TEST_CASE("shared commits and incidents soon after deployments decide where spelling does not") {
    const auto *forge = R"({"service":"acme/kite","repository":"acme/kite"})",
               *other = R"({"service":"acme/lamp","repository":"acme/lamp"})";
    const auto *app = R"({"service":"x17"})", *alarm = R"({"service":"Kite alarms and lamp","service_id":"P1"})";
    std::vector<reported_thing> things;
    for (int i = 0; i < 4; ++i) {
      const auto commit = std::string(40, static_cast<char>('a' + i));
      const auto at = std::chrono::hours(100 * i);
      things.push_back(thing("github", forge, thing_type::deployment, at, commit.c_str()));
      things.push_back(thing("x", app, thing_type::deployment, at + std::chrono::minutes(5), commit.c_str()));
      things.push_back(thing("github", other, thing_type::deployment, at + std::chrono::hours(50), "f00"));
      things.push_back(thing("pd", alarm, thing_type::incident, at + std::chrono::minutes(30)));
    }
    const std::vector<reported_name> names = {reported("github", forge, 4, 0), reported("github", other, 4, 0),
                                              reported("x", app, 4, 0), reported("pd", alarm, 0, 4)};
    proposals all;
    propose_from_names(names, things, configured_by(pagerduty_source), all);
    REQUIRE(all.services.size() == 2);
    CHECK(service_after(pagerduty_source, all, "x", app) == "kite");  // matched by an alias for any source
    CHECK(service_after(pagerduty_source, all, "pd", alarm) == "kite");
    const auto table = new_tables(all);
    CHECK(table.find("\"*\" = [\"x17\"]  # guess: 0 % similar to \"kite\", 4 commits in common, 4 of 4 events close") !=
          std::string::npos);
  }

  TEST_CASE("a service whose deployments name no repository gets the one with a similar name and matching tags") {
    const std::vector<reported_name> names = {
        reported("argocd", R"({"service":"checkout-prod"})", 3, 0),
        reported("argocd", R"({"service":"search-production"})", 2, 0),
        reported("argocd", R"({"service":"ingress"})", 2, 0),
        reported("jenkins", R"({"service":"cart","repository":"acme/cart"})", 2, 0)};
    std::vector<reported_thing> things;
    for (const auto& [service, version] :
         {std::pair("checkout-prod", "1.8.3"), std::pair("checkout-prod", "1.8.4"),
          std::pair("search-production", "2.0.0"), std::pair("search-production", "2.1.0")})
      things.push_back({"argocd", {{"service", service}}, thing_type::deployment, noon, "", version});
    const std::vector<reported_tag> tags = {
        {"Acme/checkout", ""},          {"acme/search-service", ""},       {"acme/search-deploy", ""},
        {"acme/cart-old", ""},          {"Acme/checkout", "v1.8.3"},       {"Acme/checkout", "v1.8.4"},
        {"acme/search-service", "2.0"}, {"acme/search-service", "v2.0.0"}, {"acme/search-service", "v2.1.0"}};
    const auto propose_all = [&](const std::string& text) {
      const auto known = configured_by(text);
      proposals all;
      propose_from_names(names, things, known, all);
      propose_repositories(tags, names, things, known, all);
      return all;
    };
    const auto table = new_tables(propose_all(""));
    CHECK(table.find(
              "name = \"checkout\"  # 3 deployments reported by argocd\nrepository = [\"Acme/checkout\"]  # guess: "
              "100 % similar to \"checkout\", 2 versions in common\n") != std::string::npos);
    // the repository of its manifests is equally similar, but has no tags for its versions
    CHECK(table.find("repository = [\"acme/search-service\"]  # guess: ") != std::string::npos);
    CHECK(table.find("search-deploy") == std::string::npos);
    CHECK(table.find("cart-old") == std::string::npos);  // its deployments name another repository
    CHECK(propose_all(table).is_empty());
    // a configured service gets a line to add
    const std::string text = "[[service]]\nname='checkout'\naliases={argocd='checkout-prod'}\n";
    const auto missing = missing_lines(propose_all(text), configured_by(text));
    REQUIRE(missing.size() == 1);
    CHECK(missing[0].find("repository = [\"Acme/checkout\"]") != std::string::npos);
  }

  TEST_CASE("two repositories that are equally similar to a service are left to the user") {
    const std::vector<reported_name> names = {reported("argocd", R"({"service":"search"})", 2, 0)};
    proposals all;
    propose_from_names(names, {}, configured_by(""), all);
    propose_repositories({{"acme/search-service", ""}, {"acme/search-app", ""}}, names, {}, configured_by(""), all);
    CHECK(new_tables(all).find("repository") == std::string::npos);
  }

  TEST_CASE("applications per region are aliases of one service") {
    const std::vector<reported_name> names = {reported("argocd", R"({"service":"cart-eu"})", 2, 0),
                                              reported("argocd", R"({"service":"cart-us"})", 2, 0),
                                              reported("argocd", R"({"service":"cart-ap"})", 3, 0)};
    proposals all;
    propose_from_names(names, {}, configured_by(""), all);
    REQUIRE(all.services.size() == 1);
    CHECK(all.services[0].name.value == "cart");
    CHECK(service_after("", all, "argocd", R"({"service":"cart-ap"})") == "cart");
  }

  TEST_CASE("cloud regions are environments; other numbers and directions are not") {
    for (const auto* region : {"cart-eu-west-1", "cart-us-east-1", "cart-prod-ap-southeast-2", "cart-europe-west1"})
      CHECK(without_environment(region) == "cart");
    for (const auto* other : {"cart-2", "store-north", "store-north-1", "eu-west-1", "cart-v2"})
      CHECK(without_environment(other) == other);
  }

  TEST_CASE("a deployment job is matched to the service in its name") {
    const std::vector<reported_name> names = {reported("jenkins", R"({"service":"deploy-checkout"})", 3, 0),
                                              reported("pd", R"({"service":"Checkout","service_id":"P1"})", 0, 1),
                                              reported("servicenow", R"({"service":"Checkout Service"})", 0, 1)};
    proposals all;
    propose_from_names(names, {}, configured_by(pagerduty_source), all);
    REQUIRE(all.services.size() == 1);
    CHECK(service_after(pagerduty_source, all, "pd", R"({"service":"Checkout","service_id":"P1"})") ==
          "deploy-checkout");
    CHECK(service_after(pagerduty_source, all, "servicenow", R"({"service":"Checkout Service"})") == "deploy-checkout");
  }

  TEST_CASE("facts of an assigned name are used at once, so accepting every proposal leaves none") {
    const auto *web = R"({"service":"acme/orders-web","repository":"acme/orders-web"})",
               *api = R"({"service":"acme/orders-api","repository":"acme/orders-api"})";
    const auto *many = R"({"service":"Orders","service_id":"P1"})",
               *few = R"({"service":"Orders service","project":"O"})";
    std::vector<reported_thing> things;
    for (int i = 0; i < 4; ++i) {
      things.push_back(thing("github", web, thing_type::deployment, std::chrono::hours(100 * i)));
      things.push_back(thing("jira", few, thing_type::incident, std::chrono::hours(100 * i + 1)));
    }
    const std::vector<reported_name> names = {reported("github", web, 4, 0), reported("github", api, 4, 0),
                                              reported("pd", many, 0, 9), reported("jira", few, 0, 4)};
    proposals all;
    propose_from_names(names, things, configured_by(pagerduty_source), all);
    CHECK(service_after(pagerduty_source, all, "jira", few) == "orders-web");
    CHECK(service_after(pagerduty_source, all, "pd", many) == "orders-web");
    CHECK(all.remarks.empty());
    proposals again;
    propose_from_names(names, things, configured_by(pagerduty_source + new_tables(all)), again);
    CHECK(again.is_empty());
  }
}
