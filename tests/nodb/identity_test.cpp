#include "daemon/timeline/artifacts.hpp"
#include "daemon/timeline/stack.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

namespace {

const naming names({{.name = "checkout", .team = {}, .aliases = {{"*", "kiosk"}}},
                    {.name = "search", .team = {}, .sidecars_are_changes = true}},
                   {{"Live-EU", true, {}}});

/// A deployment with the given facts and its comparable identity.
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

/// Whether the identities are equal; also checks symmetry, the stored form and a common key.
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
    {"different commits differ", R"({"commit":"aaaaaaa1","version":"1"})", R"({"commit":"aaaaaaa2","version":"1"})",
     false},
    {"equal commits match before images", R"({"commit":"aaaaaaa1","artifacts":["a/checkout:1"]})",
     R"({"commit":"AAAAAAA1","artifacts":["a/checkout:2"]})", true},
    {"images are compared where one has no commit", R"({"commit":"aaaaaaa1","artifacts":["a/checkout:1"]})",
     R"({"artifacts":["a/checkout:1"]})", true},
    {"different tags differ", R"({"artifacts":["a/checkout:1"]})", R"({"artifacts":["a/checkout:2"]})", false},
    {"different digests differ", R"({"artifacts":["a/checkout:1@sha256:1"]})",
     R"({"artifacts":["a/checkout:1@sha256:2"]})", false},
    {"equal digests match whatever the tag", R"({"artifacts":["a/checkout:1@sha256:1"]})",
     R"({"artifacts":["a/checkout:2@sha256:1"]})", true},
    {"without a digest on both sides the tag is compared", R"({"artifacts":["a/checkout:1@sha256:1"]})",
     R"({"artifacts":["a/checkout:1"]})", true},
    {"an object equals its reference", R"({"artifacts":[{"repository":"a/checkout","tag":"1"}]})",
     R"({"artifacts":["a/checkout:1"]})", true},
    {"Docker Hub prefixes are ignored", R"({"artifacts":["docker.io/library/checkout:1"]})",
     R"({"artifacts":["checkout:1"]})", true},
    {"latest equals nothing", R"({"artifacts":["a/checkout:latest"]})", R"({"artifacts":["a/checkout:latest"]})",
     false},
    {"latest with a digest is compared", R"({"artifacts":["a/checkout:latest@sha256:1"]})",
     R"({"artifacts":["a/checkout:latest@sha256:1"]})", true},
    {"an image without a tag is latest", R"({"artifacts":["a/checkout"]})", R"({"artifacts":["a/checkout"]})", false},
    {"a tag that is an environment's name equals nothing", R"({"artifacts":["a/checkout:live-eu"]})",
     R"({"artifacts":["a/checkout:live-eu"]})", false},
    {"a version that is a moving tag equals nothing", R"({"version":"Stable"})", R"({"version":"Stable"})", false},
    {"a version that is the sender's environment equals nothing", R"({"version":"shop","environment":"shop"})",
     R"({"version":"shop","environment":"shop"})", false},
    {"another sidecar version is no difference", R"({"artifacts":["a/checkout:1","envoy:1"]})",
     R"({"artifacts":["a/checkout:1","envoy:2"]})", true},
    {"an additional sidecar is no difference", R"({"artifacts":["a/checkout:1"]})",
     R"({"artifacts":["a/checkout:1","envoy:2"]})", true},
    {"other manifests are no difference", R"({"artifacts":["a/checkout:1"],"revisions":["aaaaaaa1"]})",
     R"({"artifacts":["a/checkout:1"],"revisions":["aaaaaaa2"]})", true},
    {"an alias names an image", R"({"artifacts":["a/kiosk:1","envoy:1"]})", R"({"artifacts":["a/kiosk:1","envoy:2"]})",
     true},
    {"without an image of the service's name all images are compared", R"({"artifacts":["a/app:1","envoy:1"]})",
     R"({"artifacts":["a/app:1","envoy:2"]})", false},
    {"different image names leave the version to compare", R"({"version":"1.8.3","artifacts":["a/checkout:1"]})",
     R"({"version":"1.8.3","artifacts":["b/checkout:1"]})", true},
    {"a leading v is ignored", R"({"version":"v1.8.3"})", R"({"version":"1.8.3"})", true},
    {"a leading v counts unless a number follows", R"({"version":"vega"})", R"({"version":"ega"})", false},
    {"build metadata on one side is ignored", R"({"version":"v1.8.3+42"})", R"({"version":"1.8.3"})", true},
    {"build metadata on both sides is compared", R"({"version":"1.8.3+42"})", R"({"version":"1.8.3+43"})", false},
    {"revisions are compared as sets", R"({"revisions":["aaaaaaa1",{"revision":"2.0","chart":"x"}]})",
     R"({"revisions":[{"revision":"2.0","chart":"x"},"aaaaaaa1"]})", true},
    {"a subset of the revisions differs", R"({"revisions":["aaaaaaa1","bbbbbbb1"]})", R"({"revisions":["aaaaaaa1"]})",
     false},
    {"the version is compared before revisions", R"({"version":"1","revisions":["aaaaaaa1"]})",
     R"({"version":"2","revisions":["aaaaaaa1"]})", false},
    {"several revisions are compared with images of no service",
     R"({"artifacts":["a:1","b:2"],"revisions":["2.2.3","aaaaaaa1"]})",
     R"({"artifacts":["a:1","b:2"],"revisions":["2.2.3","aaaaaaa2"]})", false},
    {"with a single revision the images alone are compared", R"({"artifacts":["a:1","b:2"],"revisions":["aaaaaaa1"]})",
     R"({"artifacts":["a:1","b:2"],"revisions":["aaaaaaa2"]})", true},
    {"unknown equals nothing", "{}", "{}", false},
};

}

TEST_SUITE("nodb") {
  TEST_CASE("deployments are compared by identity (figures.md section 14)") {
    for (const auto& c : pairs) {
      CAPTURE(c.rule);
      CHECK(same(deployed(c.one), deployed(c.other)) == c.is_same);
    }
  }

  TEST_CASE("sidecars may count, and a source's rules select or ignore images") {
    const auto with = [](const char* sidecar) {
      return deployed(R"({"artifacts":["a/search:1"],"commit":"aaaaaaa1"})", "search").what ==
             deployed(std::string(R"({"artifacts":["a/search:1",")") + sidecar + R"("],"commit":"aaaaaaa1"})", "search")
                 .what;
    };
    CHECK(!with("envoy:2"));
    CHECK(with("envoy:latest"));  // it may or may not be another image
    image_rules rules;
    rules["argo"].own = *compile_pattern("^ghcr.io/acme/(?P<service>[^:@/]+)");
    const auto three = R"({"artifacts":["ghcr.io/acme/checkout:2","ghcr.io/acme/worker:3","checkout/envoy:1"]})";
    CHECK(deployed(three, "checkout", rules).what.images == std::vector<image>{{"ghcr.io/acme/checkout", "2", ""}});
    CHECK(deployed(three, "checkout", rules).version == "2");
    CHECK(deployed(three, "mail", rules).what.images.size() == 2);  // no image is named mail: the matching ones
    CHECK(deployed(three, "checkout").what.images.size() == 2);
    CHECK(deployed(R"({"artifacts":["checkout:1"]})", "checkout", rules).what.images.size() == 1);  // none matches
    rules["argo"] = {.own = {}, .compares_images = false};
    const auto by_revision = deployed(R"({"artifacts":["a/checkout:1"],"revisions":["aaaaaaa1"]})", "checkout", rules);
    CHECK(by_revision.what.images.empty());
    CHECK(
        !same(by_revision, deployed(R"({"artifacts":["a/checkout:1"],"revisions":["aaaaaaa2"]})", "checkout", rules)));
  }

  TEST_CASE("a deployment's version is the tag of the service's own image") {
    const auto version = [](const char* facts) { return deployed(facts).version; };
    CHECK(version(R"({"artifacts":["envoy:2","a/checkout:1.8.3@sha256:1"]})") == "1.8.3");
    CHECK(version(R"({"artifacts":["a/checkout-worker:1.8.4","a/checkout:1.8.3"]})") == "1.8.3");
    CHECK(version(R"({"artifacts":["a/checkout-worker:1","a/checkout-web:2"]})") == "");
    CHECK(version(R"({"artifacts":["a/checkout:1.8.3"],"version":"R7"})") == "R7");
    CHECK(version(R"({"artifacts":["a:1","b:2"],"revisions":["2.2.3","aaaaaaa1"]})") == "2.2.3");
    CHECK(version(R"({"revisions":[{"revision":"3","repository":"charts.example","chart":"base"}]})") == "3");
    CHECK(version(R"({"revisions":["5e1f0c9a7b3d2e4f60718293a4b5c6d7e8f90123"]})") == "");
  }

  TEST_CASE("an overridden version is compared whatever the images are") {
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

  TEST_CASE("image and package references are parsed") {
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

  TEST_CASE("spellings of one version have one lookup key") {
    for (const auto* name : {"1.8.3", "v1.8.3", "V1.8.3+42", "backend@1.8.3", "@acme/backend@v1.8.3+b.1"})
      CHECK(lookup_key(name) == "1.8.3");
    CHECK(lookup_key("c++@1") == "1");
    CHECK(lookup_key("Vega") == "vega");
    CHECK(lookup_key("5E1F0C9") == "5e1f0c9");
    CHECK(lookup_key("") == "");
  }
}
