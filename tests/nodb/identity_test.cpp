#include "daemon/timeline/artifacts.hpp"
#include "daemon/timeline/stack.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

const naming names({{.name = "checkout", .team = {}, .aliases = {{"*", "kiosk"}}},
                    {.name = "search", .team = {}, .sidecars_are_changes = true}},
                   {{"Live-EU", true, {}}});

/// A deployment whose reports say that, and what of it is compared.
deployment deployed(const std::string& facts, const std::string& service = "checkout", const image_rules& rules = {}) {
  deployment d;
  d.thing = {"argo", "d1"};
  d.where = {service, "production"};
  d.facts = parse_json(facts)->as_object();
  d.version = text_at(d.facts, "/version");
  d.commit = text_at(d.facts, "/commit");
  choose_artifacts(d, rules, names);
  complete_identity(d, names);
  return d;
}

/// The two are the same, whichever comes first, and as they are stored.
bool same(const deployment& a, const deployment& b) {
  const bool is_same = a.what == b.what;
  CHECK((b.what == a.what) == is_same);
  CHECK((identity_in(as_json(a.what)) == identity_in(as_json(b.what))) == is_same);
  if (is_same) {
    const auto keys = a.what.keys(), others = b.what.keys();
    CHECK(std::ranges::any_of(keys, [&](const auto& key) { return std::ranges::find(others, key) != others.end(); }));
  }
  return is_same;
}

struct pair_case {
  const char* rule;
  const char *one, *other;
  bool is_same;
};

const pair_case pairs[] = {
    {"the commit if both have one", R"({"commit":"aaaaaaa1","version":"1"})", R"({"commit":"aaaaaaa2","version":"1"})",
     false},
    {"the commit before images", R"({"commit":"aaaaaaa1","artifacts":["a/checkout:1"]})",
     R"({"commit":"AAAAAAA1","artifacts":["a/checkout:2"]})", true},
    {"images where one has no commit", R"({"commit":"aaaaaaa1","artifacts":["a/checkout:1"]})",
     R"({"artifacts":["a/checkout:1"]})", true},
    {"the tag", R"({"artifacts":["a/checkout:1"]})", R"({"artifacts":["a/checkout:2"]})", false},
    {"the digest where both have one", R"({"artifacts":["a/checkout:1@sha256:1"]})",
     R"({"artifacts":["a/checkout:1@sha256:2"]})", false},
    {"the digest whatever the tag", R"({"artifacts":["a/checkout:1@sha256:1"]})",
     R"({"artifacts":["a/checkout:2@sha256:1"]})", true},
    {"else the tag", R"({"artifacts":["a/checkout:1@sha256:1"]})", R"({"artifacts":["a/checkout:1"]})", true},
    {"objects as well as references", R"({"artifacts":[{"repository":"a/checkout","tag":"1"}]})",
     R"({"artifacts":["a/checkout:1"]})", true},
    {"names of Docker Hub", R"({"artifacts":["docker.io/library/checkout:1"]})", R"({"artifacts":["checkout:1"]})",
     true},
    {"latest equals nothing", R"({"artifacts":["a/checkout:latest"]})", R"({"artifacts":["a/checkout:latest"]})",
     false},
    {"unless it has a digest", R"({"artifacts":["a/checkout:latest@sha256:1"]})",
     R"({"artifacts":["a/checkout:latest@sha256:1"]})", true},
    {"an image without a tag is latest", R"({"artifacts":["a/checkout"]})", R"({"artifacts":["a/checkout"]})", false},
    {"an environment's name", R"({"artifacts":["a/checkout:live-eu"]})", R"({"artifacts":["a/checkout:live-eu"]})",
     false},
    {"as a version, too", R"({"version":"Stable"})", R"({"version":"Stable"})", false},
    {"the environment as the sender has it", R"({"version":"shop","environment":"shop"})",
     R"({"version":"shop","environment":"shop"})", false},
    {"another sidecar", R"({"artifacts":["a/checkout:1","envoy:1"]})", R"({"artifacts":["a/checkout:1","envoy:2"]})",
     true},
    {"a sidecar more", R"({"artifacts":["a/checkout:1"]})", R"({"artifacts":["a/checkout:1","envoy:2"]})", true},
    {"other manifests", R"({"artifacts":["a/checkout:1"],"revisions":["aaaaaaa1"]})",
     R"({"artifacts":["a/checkout:1"],"revisions":["aaaaaaa2"]})", true},
    {"an alias names an image", R"({"artifacts":["a/kiosk:1","envoy:1"]})", R"({"artifacts":["a/kiosk:1","envoy:2"]})",
     true},
    {"no name: all", R"({"artifacts":["a/app:1","envoy:1"]})", R"({"artifacts":["a/app:1","envoy:2"]})", false},
    {"another image: the version", R"({"version":"1.8.3","artifacts":["a/checkout:1"]})",
     R"({"version":"1.8.3","artifacts":["b/checkout:1"]})", true},
    {"a version without v", R"({"version":"v1.8.3"})", R"({"version":"1.8.3"})", true},
    {"which stands before a number", R"({"version":"vega"})", R"({"version":"ega"})", false},
    {"metadata that one has", R"({"version":"v1.8.3+42"})", R"({"version":"1.8.3"})", true},
    {"metadata that both have", R"({"version":"1.8.3+42"})", R"({"version":"1.8.3+43"})", false},
    {"the sets of revisions", R"({"revisions":["aaaaaaa1",{"revision":"2.0","chart":"x"}]})",
     R"({"revisions":[{"revision":"2.0","chart":"x"},"aaaaaaa1"]})", true},
    {"all of them", R"({"revisions":["aaaaaaa1","bbbbbbb1"]})", R"({"revisions":["aaaaaaa1"]})", false},
    {"a version first", R"({"version":"1","revisions":["aaaaaaa1"]})", R"({"version":"2","revisions":["aaaaaaa1"]})",
     false},
    {"several sources, and images of nobody's", R"({"artifacts":["a:1","b:2"],"revisions":["2.2.3","aaaaaaa1"]})",
     R"({"artifacts":["a:1","b:2"],"revisions":["2.2.3","aaaaaaa2"]})", false},
    {"of one source the images alone", R"({"artifacts":["a:1","b:2"],"revisions":["aaaaaaa1"]})",
     R"({"artifacts":["a:1","b:2"],"revisions":["aaaaaaa2"]})", true},
    {"unknown equals nothing", "{}", "{}", false},
};

}

TEST_SUITE("nodb") {
  TEST_CASE("two deployments are of the same thing, case by case (figures.md section 14)") {
    for (const auto& c : pairs) {
      CAPTURE(c.rule);
      CHECK(same(deployed(c.one), deployed(c.other)) == c.is_same);
    }
  }

  TEST_CASE("sidecars that count, and sources whose pattern chooses images or whose images do not count") {
    const auto with = [](const char* sidecar) {
      return deployed(R"({"artifacts":["a/search:1"],"commit":"aaaaaaa1"})", "search").what ==
             deployed(std::string(R"({"artifacts":["a/search:1",")") + sidecar + R"("],"commit":"aaaaaaa1"})", "search")
                 .what;
    };
    CHECK(!with("envoy:2"));
    CHECK(with("envoy:latest"));  // nobody knows whether it is another one
    image_rules rules;
    rules["argo"].own = *compile_pattern("^ghcr.io/acme/(?P<service>[^:@/]+)");
    const auto three = R"({"artifacts":["ghcr.io/acme/checkout:2","ghcr.io/acme/worker:3","checkout/envoy:1"]})";
    CHECK(deployed(three, "checkout", rules).what.images == std::vector<image>{{"ghcr.io/acme/checkout", "2", ""}});
    CHECK(deployed(three, "checkout", rules).version == "2");
    CHECK(deployed(three, "mail", rules).what.images.size() == 2);  // nothing is called mail: what matches
    CHECK(deployed(three, "checkout").what.images.size() == 2);
    CHECK(deployed(R"({"artifacts":["checkout:1"]})", "checkout", rules).what.images.size() == 1);  // none matches
    rules["argo"] = {.own = {}, .compares_images = false};
    const auto by_revision = deployed(R"({"artifacts":["a/checkout:1"],"revisions":["aaaaaaa1"]})", "checkout", rules);
    CHECK(by_revision.what.images.empty());
    CHECK(
        !same(by_revision, deployed(R"({"artifacts":["a/checkout:1"],"revisions":["aaaaaaa2"]})", "checkout", rules)));
  }

  TEST_CASE("the version of what is deployed is the tag of the service's own image") {
    const auto version = [](const char* facts) { return deployed(facts).version; };
    CHECK(version(R"({"artifacts":["envoy:2","a/checkout:1.8.3@sha256:1"]})") == "1.8.3");
    CHECK(version(R"({"artifacts":["a/checkout-worker:1.8.4","a/checkout:1.8.3"]})") == "1.8.3");
    CHECK(version(R"({"artifacts":["a/checkout-worker:1","a/checkout-web:2"]})") == "");
    CHECK(version(R"({"artifacts":["a/checkout:1.8.3"],"version":"R7"})") == "R7");
    CHECK(version(R"({"artifacts":["a:1","b:2"],"revisions":["2.2.3","aaaaaaa1"]})") == "2.2.3");
    CHECK(version(R"({"revisions":[{"revision":"3","repository":"charts.example","chart":"base"}]})") == "3");
    CHECK(version(R"({"revisions":["5e1f0c9a7b3d2e4f60718293a4b5c6d7e8f90123"]})") == "");
  }

  TEST_CASE("what a person says of the version is compared, whatever the images are") {
    auto d = deployed(R"({"artifacts":["a/checkout:1"]})");
    deployment amended;
    amended.where = d.where;
    amended.facts = {{"artifacts", json::array{"a/checkout:1"}}, {"version", "2"}};
    amended.version = "2";
    amended.overrides = {{"version", "2"}};
    choose_artifacts(amended, {}, names);
    complete_identity(amended, names);
    CHECK(!same(d, amended));
  }

  TEST_CASE("references of images and packages") {
    using reference = std::pair<const char*, image>;
    for (const auto& [text, is] : {
             reference{"registry.example:5000/shop/checkout:1.8.3@sha256:0b31",
                       {"registry.example:5000/shop/checkout", "1.8.3", "sha256:0b31"}},
             reference{"registry.example:5000/shop/checkout", {"registry.example:5000/shop/checkout", "", ""}},
             reference{"checkout@sha256:0b31", {"checkout", "", "sha256:0b31"}},
             reference{"docker-pullable://checkout:1", {"checkout", "1", ""}},
             reference{"pkg:oci/checkout@sha256%3A0b31?repository_url=ghcr.io/acme/checkout&tag=1.8.3",
                       {"ghcr.io/acme/checkout", "1.8.3", "sha256:0b31"}},
             reference{"pkg:docker/acme/checkout@1.8.3?repository_url=gcr.io", {"gcr.io/acme/checkout", "1.8.3", ""}},
             reference{"pkg:maven/com.acme/checkout@1.8.3", {"pkg:maven/com.acme/checkout", "1.8.3", ""}},
             reference{"pkg:npm/%40acme/checkout@1.8.3", {"pkg:npm/%40acme/checkout", "1.8.3", ""}},
             reference{"pkg:oci/checkout", {"checkout", "", ""}},
             reference{"", {"", "", ""}},
         }) {
      CAPTURE(text);
      CHECK(parse_image(text).repository == is.repository);
      CHECK(parse_image(text).tag == is.tag);
      CHECK(parse_image(text).digest == is.digest);
    }
    CHECK(reference_of(parse_image("a:5000/b:1@sha256:2")) == "a:5000/b:1@sha256:2");
  }

  TEST_CASE("names of one version have one key") {
    for (const auto* name : {"1.8.3", "v1.8.3", "V1.8.3+42", "backend@1.8.3", "@acme/backend@v1.8.3+b.1"})
      CHECK(lookup_key(name) == "1.8.3");
    CHECK(lookup_key("c++@1") == "1");
    CHECK(lookup_key("Vega") == "vega");
    CHECK(lookup_key("5E1F0C9") == "5e1f0c9");
    CHECK(lookup_key("") == "");
  }
}
