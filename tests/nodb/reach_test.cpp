// Reports that a restricted token or source may make.
#include "daemon/access/reach.hpp"

#include "tests/check.hpp"

using namespace releasehealth;

namespace {

const timestamp winter = *parse_time("2026-02-01T00:00:00Z");

naming configured() {
  return naming({{.name = "checkout",
                  .team = {},
                  .was = {{"kiosk", parse_time("2026-03-01T00:00:00Z")}},
                  .source = {},
                  .repository = "acme/checkout",
                  .aliases = {{"*", "PXYZ"}}},
                 {.name = "search", .team = {}, .repositories = {"https://github.com/acme/search"}}},
                {}, {}, {}, repository_names(std::vector<repository_rule>{{"acme/search", {"acme/find"}}}));
}

struct reported {
  const char* rule;
  const char* type;
  const char* fields;
  bool is_own_source;
  const char* outside;  ///< JSON pointers of the rejected fields
};

// Reports of a sender restricted to the service `search` in Staging.
constexpr reported cases[] = {
    {"its own service", "deployment", R"({"service":"search","environment":"staging"})", false, ""},
    {"another service", "deployment", R"({"service":"checkout","environment":"staging"})", false, "/service "},
    {"an environment in another case", "deployment", R"({"service":"search","environment":"STAGING"})", false, ""},
    {"another environment", "deployment", R"({"service":"search","environment":"production"})", false, "/environment "},
    {"`services` of a deployment are ignored", "deployment",
     R"({"services":["search"],"repository":"acme/checkout","environment":"staging"})", false, "/service "},
    {"an alias beside ignored `services`", "deployment",
     R"({"services":["search"],"service_id":"PXYZ","environment":"staging"})", false, "/service "},
    {"another service in `services` of an incident", "incident",
     R"({"services":["search","checkout"],"environment":"staging"})", false, "/services/1 "},
    {"a former name applies at the start of the incident", "incident",
     R"({"services":["search"],"service":"kiosk","started_at":"2026-06-01T00:00:00Z","environment":"staging"})", false,
     "/service /service "},
    {"an incident that joins another service's", "incident",
     R"({"service":"search","environment":"staging","links":["P1"],"keys":["k"],"same_as":["P2"]})", false,
     "/links /keys /same_as "},
    {"an incident that joins none", "incident",
     R"({"service":"search","environment":"staging","same_as":["none"],"links":[]})", false, ""},
    {"a commit of its repository", "commit", R"({"repository":"acme/search"})", false, ""},
    {"a tag of its repository", "tag", R"({"repository":"git@github.com:acme/search.git"})", false, ""},
    {"a tag by its repository's former name", "tag", R"({"repository":"acme/find"})", false, ""},
    {"a tag of another service's repository", "tag", R"({"repository":"acme/checkout"})", false, "/repository "},
    {"a tag of another service's repository, by a source", "tag", R"({"repository":"acme/checkout"})", true,
     "/repository "},
    {"a tag of a repository without a service, by a source", "tag", R"({"repository":"acme/tools"})", true, ""},
    {"a tag of a repository without a service, by a token", "tag", R"({"repository":"acme/tools"})", false,
     "/repository "},
    {"a retraction by a token", "retraction", R"({"of":"tag"})", false, "/type "},
    {"a retraction by a source", "retraction", R"({"of":"tag"})", true, ""},
};

}

TEST_SUITE("nodb") {
  TEST_CASE("a sender restricted to a service and an environment cannot report about others") {
    const auto names = configured();
    for (const auto& c : cases) {
      CAPTURE(c.rule);
      event e;
      e.type = *parse_word<event_type>(c.type);
      e.time = winter;
      e.fields = parse_json(c.fields)->as_object();
      std::string pointers;
      for (const auto& p : outside({{"search"}, {"Staging"}}, e, "api", names, c.is_own_source))
        pointers += p.pointer + ' ';
      CHECK(pointers == c.outside);
    }
  }

  TEST_CASE("a name prefix is compared like the name itself") {
    const reach of{{"pay-*"}, {"Prod*"}};
    CHECK(of.has_service("pay-in"));
    CHECK_FALSE(of.has_service("Pay-in"));
    CHECK(of.has_environment("production"));
    CHECK_FALSE(of.has_environment("staging"));
  }
}
