// Mapping of reported names to services and environments (figures.md section 15).
#include "daemon/timeline/naming.hpp"

#include "daemon/timeline/incident.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

const timestamp then = *parse_time("2026-01-01T00:00:00Z"), later = *parse_time("2026-03-01T00:00:00Z");

/// A configuration of two teams.
naming configured() {
  return naming({{.name = "checkout",
                  .team = "payments",
                  .was = {{"cart"}, {"kiosk", later}},
                  .source = "github",
                  .repository = "acme/checkout",
                  .aliases = {{"argocd", "checkout-prod"},
                              {"pagerduty", "PXYZ"},
                              {"pagerduty", "Platform", true},
                              {"jira", "SHOP"},
                              {"*", "Check Out"},
                              {"github", "acme/mono/services/checkout"}}},
                 {.name = "search",
                  .team = "discovery",
                  .aliases = {{"argocd", "search-prod"},
                              {"cluster-eu", "checkout-prod"},
                              {"pagerduty", "Platform", true},
                              {"jira", "SHOP/Search"},
                              {"*", "checkout"},
                              {"github", "acme/mono"}}},
                 {.name = "kiosk", .team = {}}},
                {{.name = "production", .production = true, .match = *compile_pattern("^(prod|live)$")},
                 {.name = "EU", .production = true}},
                {}, {{"argocd", "argocd"}, {"cluster-eu", "argocd"}, {"cluster-us", "argocd"}, {"pd", "pagerduty"}});
}

struct named {
  const char *rule, *source, *fields, *service;
};

constexpr named cases[] = {
    {"alias of a kind, in a source of another name", "cluster-us", R"({"service":"checkout-prod"})", "checkout"},
    {"alias of a source before one of its kind", "cluster-eu", R"({"service":"checkout-prod"})", "search"},
    {"aliases ignore case", "argocd", R"({"service":"CHECKOUT-Prod"})", "checkout"},
    {"alias of another source", "gitlab", R"({"service":"checkout-prod"})", "checkout-prod"},
    {"a sender's id beside its title", "pd", R"({"service":"Checkout API","service_id":"PXYZ"})", "checkout"},
    {"a service's own name before an alias of any source", "gitlab", R"({"service":"checkout"})", "checkout"},
    {"alias of any source", "gitlab", R"({"service":"check out"})", "checkout"},
    {"a longer path before a shorter one", "jira", R"({"service":"Search","project":"SHOP"})", "search"},
    {"what lies below a path", "jira", R"({"service":"Basket","project":"SHOP"})", "checkout"},
    {"a project alone", "jira", R"({"service":"SHOP","project":"SHOP"})", "checkout"},
    {"no path: a name that only begins so", "jira", R"({"service":"SHOPS","project":"SHOPS"})", "SHOPS"},
    {"a folder of a repository", "github",
     R"({"service":"acme/mono","repository":"acme/mono","path":"services/checkout/api"})", "checkout"},
    {"another folder", "github", R"({"service":"acme/mono","repository":"acme/mono","path":"services/x"})", "search"},
    {"`match`", "github", R"({"service":"acme/checkout","repository":"acme/checkout"})", "checkout"},
    {"named apart from the repository", "github", R"({"service":"admin","repository":"acme/checkout"})", "admin"},
    {"a name that services share says none", "pd", R"({"service":"Platform"})", ""},
    {"unless another name decides", "pd", R"({"service":"Platform","service_id":"PXYZ"})", "checkout"},
    {"a shared name, and another one for any source", "pd", R"({"service":"Platform","service_id":"check out"})",
     "checkout"},
    {"a former name", "api", R"({"service":"cart"})", "checkout"},
    {"a service's own name before a former one", "api", R"({"service":"kiosk"})", "kiosk"},
    {"nothing", "api", "{}", ""},
};

}

TEST_SUITE("nodb") {
  TEST_CASE("all names that sources use for a service map to one name") {
    const auto names = configured();
    for (const auto& c : cases) {
      CAPTURE(c.rule);
      CHECK(names.service(c.source, parse_json(c.fields)->as_object(), then) == c.service);
    }
  }

  TEST_CASE("`match` also matches former names of a repository") {
    const naming names({{.name = "checkout", .team = {}, .source = {}, .repository = "acme/checkout"}}, {}, {}, {},
                       repository_names(std::vector<repository_rule>{{"acme/checkout", {"acme/cart"}}}));
    const auto service = [&](const char* repository) {
      return names.service("github", {{"service", repository}, {"repository", repository}}, then);
    };
    CHECK(service("acme/checkout") == "checkout");
    CHECK(service("acme/cart") == "checkout");
    CHECK(service("acme/search") == "acme/search");
    CHECK(names.services_of_repository("github.com/acme/cart") == std::vector<std::string>{"checkout"});
  }

  TEST_CASE("a former name is valid until its date") {
    const naming names({{.name = "checkout", .team = {}, .was = {{"kiosk", later}}}}, {});
    CHECK(names.service("api", {{"service", "kiosk"}}, then) == "checkout");
    CHECK(names.service("api", {{"service", "kiosk"}}, later) == "kiosk");
    CHECK(names.ends_of_names() == std::vector{later});
  }

  TEST_CASE("each service of an incident is mapped, and an id belongs to one service only") {
    const auto names = configured();
    const auto services = [&](const char* fields) {
      const auto at = format_time(then);
      const auto of =
          fold_incident({"pd", "i"}, {{.id = "r", .time = then, .fields = parse_json(fields)->as_object()}}, names);
      std::string all;
      for (const auto& s : of->services) all += s + ';';
      return all;
    };
    CHECK(services(R"({"services":["Checkout API"],"service_id":"PXYZ"})") == "checkout;");
    CHECK(services(R"({"services":["Checkout API","Other"],"service_id":"PXYZ"})") == "Checkout API;Other;");
    CHECK(services(R"({"services":["Platform"]})").empty());
    CHECK(services(R"({"services":["Platform","search"]})") == "search;");
    // an id of an earlier report does not apply to services that a later one names
    const std::vector<report> two = {
        {.id = "1", .time = then, .fields = {{"services", {"mine-a", "mine-b"}}, {"service_id", "PXYZ"}}},
        {.id = "2", .time = later, .fields = {{"services", {"mine-a"}}}}};
    CHECK(fold_incident({"pd", "i"}, two, names)->services == std::vector<std::string>{"mine-a"});
  }

  TEST_CASE("names are mapped before they are compared (interface.md 5)") {
    const naming names({{.name = "checkout", .team = "payments", .source = "github", .repository = "acme/checkout"}},
                       {{.name = "production", .production = true, .match = *compile_pattern("^(prod|live)$")},
                        {.name = "EU", .production = true}});
    CHECK(names.service("gitlab", {{"service", "acme/checkout"}, {"repository", "acme/checkout"}}, then) ==
          "acme/checkout");
    CHECK(names.team("checkout") == "payments");
    const naming several({{.name = "api", .team = {}, .repository = "acme/shop", .path = "services/api"},
                          {.name = "shop", .team = {}, .repository = "acme/shop"}},
                         {});
    const auto in = [&](const char* path) {
      return several.service("github", {{"service", "acme/shop"}, {"repository", "acme/shop"}, {"path", path}}, then);
    };
    CHECK(in("services/api") == "api");
    CHECK(in("services/api/v2") == "api");
    CHECK(in("services/apis") == "shop");
    CHECK(in("") == "shop");
    const naming of_source({{.name = "search", .team = {}, .source = "argocd-search"}}, {});
    CHECK(of_source.service("argocd-search", json::object{}, then) == "search");
    CHECK(of_source.service("argocd-search", {{"service", "admin"}}, then) == "admin");
    CHECK(of_source.service("argocd", json::object{}, then).empty());
    CHECK(names.configured() == std::vector<place>{{"checkout", "production"}, {"checkout", "EU"}});
  }

  TEST_CASE("environments are compared regardless of case, and unconfigured ones are lower-cased") {
    const auto names = configured();
    CHECK(names.environment("LIVE") == "production");
    CHECK(names.environment("Production") == "production");
    CHECK(names.environment("eu") == "EU");
    CHECK(names.environment("Staging") == "staging");
    CHECK(names.environment("").empty());
    CHECK(names.is_production("eu"));
    CHECK(naming().environment("PRODUCTION") == "production");
  }

  TEST_CASE("production is recognized by its name unless configured") {
    const naming names;
    for (const auto* yes : {"production", "Prod", "prod-eu", "live", "prd 2", "production/eu", "prod2"}) {
      CAPTURE(yes);
      CHECK(names.is_production(yes));
    }
    for (const auto* no :
         {"staging", "preprod", "prod-staging", "prod-test", "production-preview", "productive", "dev", ""}) {
      CAPTURE(no);
      CHECK_FALSE(names.is_production(no));
    }
  }
}
