// From a version to a commit (figures.md section 14).
#include "daemon/timeline/resolution.hpp"

#include "tests/check.hpp"

using namespace releasehealth;

namespace {

const auto at = [](const char* clock) { return *parse_time(std::string("2026-11-03T") + clock + ":00Z"); };

std::string joined(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& one : all) out += (out.empty() ? "" : " ") + one;
  return out;
}

report told(const char* clock, const char* fields) {
  return {.id = clock, .time = at(clock), .fields = parse_json(fields)->as_object()};
}

struct token_case {
  const char *rule, *version, *tokens;
};
constexpr token_case tokens[] = {
    {"between dashes", "2026.11-1a2b3c4", "1a2b3c4"},
    {"whole", "1A2B3C4D", "1a2b3c4d"},
    {"git describe", "v1.8.3-5-g1a2b3c4", "1a2b3c4"},
    {"introduced: digits alone", "sha-1234567", "1234567"},
    {"introduced without a dash", "sha1234567", "1234567"},
    {"digits alone are a date", "20261103", ""},
    {"letters alone are a word", "defaced", ""},
    {"forty digits", "1234567890123456789012345678901234567890", "1234567890123456789012345678901234567890"},
    {"six digits", "1a2b3c", ""},
    {"part of a longer word", "x1a2b3c4", ""},
    {"two", "1a2b3c4-5d6e7f8", "1a2b3c4 5d6e7f8"},
};

struct repository_case {
  const char *a, *b;
  bool are_same;
};
constexpr repository_case repositories[] = {
    {"acme/checkout", "https://github.com/Acme/Checkout.git", true},
    {"git@github.com:acme/checkout.git", "github.com/acme/checkout", true},
    {"ssh://git@gitlab.example.com:2222/acme/shop", "acme/shop", true},
    {"github.com/acme/checkout", "gitlab.com/acme/checkout", false},
    {"acme/checkout", "acme/checkout2", false},
    {"acme/checkout", "checkout", false},
    {"team.shop/api", "https://gitlab.com/team.shop/api", true},  // a group with a dot
    {"team.shop/api", "api", false},
};

}

TEST_SUITE("nodb") {
  TEST_CASE("commits are found in versions") {
    for (const auto& c : tokens) {
      CAPTURE(c.rule);
      CHECK(joined(commit_tokens(c.version)) == c.tokens);
    }
  }

  TEST_CASE("repositories are compared by host and path") {
    for (const auto& c : repositories) {
      CAPTURE(c.a);
      CAPTURE(c.b);
      CHECK(same_repository(repository_key(c.a), repository_key(c.b)) == c.are_same);
      CHECK(same_repository(repository_key(c.b), repository_key(c.a)) == c.are_same);
    }
  }

  TEST_CASE("a version finds its tags, and a tag the deployments that it resolves") {
    const std::vector<std::string> names = {"checkout", "SHOP/Checkout"};
    const std::vector<tag_template> templates = {*parse_tag_template("build_{version}_prod")};
    CHECK(joined(tag_names("v1.8.4+42", {}, {})) ==
          "v1.8.4+42 v1.8.4 1.8.4+42 1.8.4 release-1.8.4+42 release-1.8.4 "
          "release/1.8.4+42 release/1.8.4");
    CHECK(joined(tag_names("1.8", templates[0], std::span(names).first(1))) ==
          "build_1.8_prod checkout@1.8 checkout-v1.8 checkout-1.8 checkout/v1.8 checkout/1.8 v1.8 1.8 release-1.8 "
          "release/1.8");
    for (const auto* nothing : {"", "v", "+42"}) CHECK(tag_names(nothing, templates[0], names).empty());
    for (const auto* version :
         {"1.8.4", "v1.8.4", "1.8.4+42", "v2-rc.1", "2026-11-03", "main/7", "vv1", "V1.2", "1.0-v2"})
      for (const auto& name : tag_names(version, templates[0], names)) {
        CAPTURE(version);
        CAPTURE(name);
        const auto found = versions_of_tag(name, templates);
        CHECK(std::ranges::find(found, version_key(version)) != found.end());
      }
  }

  TEST_CASE("a deployment has the commit of a moved or deleted tag at its start, in any order of reports") {
    std::vector<report> reports = {
        told("10:00", R"({"repository":"acme/a","name":"v1","commit":"AAAA"})"),
        told("12:00", R"({"repository":"acme/a","name":"v1","commit":"bbbb","at":"2026-11-03T11:00:00Z"})"),
        told("13:00", R"({"repository":"acme/a","name":"v1","deleted":true})")};
    std::ranges::sort(reports, {}, &report::id);
    do {
      const auto tags = fold_tags({{{"github", "acme/a@v1"}, reports}});
      REQUIRE(tags.size() == 1);
      CHECK(tags[0].commit_at(at("09:00")) == "aaaa");  // before the tag existed: its first commit
      CHECK(tags[0].commit_at(at("10:00")) == "aaaa");
      CHECK(tags[0].commit_at(at("11:30")) == "bbbb");
      CHECK(tags[0].commit_at(at("14:00")).empty());
    } while (std::ranges::next_permutation(reports, {}, &report::id).found);
    CHECK(fold_tags({{{"github", "acme/a@v1"},
                      {reports[0], {.id = "r", .time = at("15:00"), .retraction = true, .fields = {}}}}})
              .empty());
  }

  TEST_CASE("the object of a tag's ref is its commit if that commit is known or a report names its commit") {
    const auto pushed = told("10:00", R"({"repository":"acme/a","name":"v1","object":"AAAAAAA1"})");
    const auto read = told("11:00", R"({"repository":"acme/a","name":"v1","commit":"bbbbbbb1","object":"aaaaaaa1",
                                        "at":"2026-11-03T09:00:00Z"})");
    const auto commit_at = [](const char* clock, const std::vector<report>& reports, const known_commits& commits) {
      const auto tags = fold_tags({{{"bitbucket", "acme/a@v1"}, reports}}, commits);
      REQUIRE(tags.size() == 1);
      return tags[0].commit_at(at(clock));
    };
    const auto commit_of = [](const char* repository) {
      return known_commits(std::vector<known_commit>{{"aaaaaaa1", repository}});
    };
    const auto none = known_commits({}), own = commit_of("acme/a"), other = commit_of("acme/b");
    CHECK(commit_at("12:00", {pushed}, own) == "aaaaaaa1");
    CHECK(commit_at("12:00", {pushed}, none).empty());  // possibly the object of an annotated tag
    CHECK(commit_at("12:00", {pushed}, other).empty());
    CHECK(commit_at("12:00", {pushed, read}, none) == "bbbbbbb1");
    const auto moved = told("11:30", R"({"repository":"acme/a","name":"v1","object":"ccccccc1"})");
    CHECK(commit_at("12:00", {pushed, read, moved}, none).empty());  // no longer the earlier commit
    CHECK(commit_at("11:00", {pushed, read, moved}, none) == "bbbbbbb1");
  }

  TEST_CASE("a tag reported with and without a host has one history; a tag on another host has its own") {
    const auto tags = fold_tags(
        {{{"github", "1"}, {told("10:00", R"({"repository":"acme/a","name":"v1","commit":"aaaa"})")}},
         {{"git", "2"}, {told("11:00", R"({"repository":"github.com/acme/a","name":"v1","commit":"bbbb"})")}},
         {{"git", "3"}, {told("11:00", R"({"repository":"github.com/acme/b","name":"v1","commit":"cccc"})")}}});
    REQUIRE(tags.size() == 2);
    CHECK(tags[0].history.size() == 2);
    CHECK(tags[0].repository == "github.com/acme/a");
    CHECK(tags[1].history.size() == 1);
  }

  TEST_CASE("a renamed repository has one history of each tag and one set of commits") {
    const repository_rule rules[] = {{"acme/checkout", {"acme/cart", "gitlab.com/shop/cart"}},
                                     {"github.com/acme/search", {"acme/find"}}};
    const repository_names names(rules);
    for (const auto& [name, key] : {std::pair("https://github.com/Acme/Cart.git", "github.com/acme/checkout"),
                                    {"acme/cart", "acme/checkout"},
                                    {"gitlab.com/shop/cart", "gitlab.com/acme/checkout"},
                                    {"shop/cart", "acme/checkout"},
                                    {"bitbucket.org/shop/cart", "bitbucket.org/shop/cart"},
                                    {"acme/search", "github.com/acme/search"},
                                    {"acme/find", "github.com/acme/search"},
                                    {"acme/cart2", "acme/cart2"},
                                    {"", ""}}) {
      CAPTURE(name);
      CHECK(names.key(name) == key);
    }
    CHECK(names.are_of_one("acme/cart", "github.com/acme/checkout"));
    CHECK_FALSE(names.are_of_one("acme/checkout", "github.com/acme/checkout"));
    CHECK_FALSE(names.are_of_one("acme/cart", "acme/find"));
    const auto tags =
        fold_tags({{{"github", "1"}, {told("10:00", R"({"repository":"acme/cart","name":"v1","commit":"aaaa"})")}},
                   {{"github", "2"}, {told("11:00", R"({"repository":"acme/checkout","name":"v1","commit":"bbbb"})")}}},
                  known_commits({}), names);
    REQUIRE(tags.size() == 1);
    CHECK(tags[0].history.size() == 2);
    const std::vector<std::string> today = {"acme/checkout"};
    const std::vector<known_commit> reported = {{"1a2b3c4d", "acme/cart"}};
    CHECK(known_commits(reported, names).find("1a2b3c4", today).size() == 1);
    CHECK(known_commits(reported).find("1a2b3c4", today).empty());
  }

  TEST_CASE("a version is resolved by a commit in it first, then by tags in name order") {
    const std::vector<std::string> both = {"acme/b", "acme/a"}, own = {"checkout"};
    const auto tag_of = [](const char* repository, const char* name, const char* commit) {
      return tag{repository, name, {{at("10:00"), commit}}};
    };
    const known_tags tags(
        std::vector<tag>{tag_of("acme/a", "v1.8.4", "aaaa"), tag_of("github.com/acme/b", "v1.8.4", "bbbb"),
                         tag_of("acme/a", "checkout@1.8.4", "cccc"), tag_of("acme/c", "1.8.4", "dddd")});
    const known_commits commits(
        {{"1A2B3C4D", "acme/a"}, {"1a2b3c4d5", "acme/a"}, {"5d6e7f80", ""}, {"1a2b3c4e", "acme/c"}});
    const auto found = [&](const char* version, std::span<const std::string> repositories,
                           std::span<const std::string> names) -> std::string {
      const auto tried = tag_names(version, {}, names);
      const auto is = resolve({version, at("12:00"), repositories, tried}, tags, commits);
      return is ? is->commit + " by " + is->evidence : std::string();
    };
    CHECK(found("1.8.4", both, own) == "cccc by tag checkout@1.8.4 of acme/a");
    CHECK(found("1.8.4", both, {}) == "bbbb by tag v1.8.4 of github.com/acme/b");
    CHECK(found("1.8.4", std::span(both).last(1), {}) == "aaaa by tag v1.8.4 of acme/a");
    CHECK(found("1.8.4", {}, {}).empty());
    CHECK(found("1.8.4-1a2b3c4", both, own) == "1a2b3c4d5 by its version contains 1a2b3c4");
    CHECK(found("1.8.4-5d6e7f8", both, own) == "5d6e7f80 by its version contains 5d6e7f8");  // without repository
    CHECK(found("1a2b3c4-5d6e7f8", both, own).empty());                                      // two commits
    const std::vector<std::string> c = {"acme/a", "acme/c"};
    CHECK(found("x-1a2b3c4", c, own).empty());  // a prefix of two commits
  }
}
