// Reading tag names and commit messages.
#include "collectors/git/git.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

TEST_SUITE("nodb") {
  TEST_CASE("a commit message names reverted and cherry-picked commits") {
    const std::tuple<const char*, bool, const char*> cases[] = {
        {"Revert \"Pay\"\n\nThis reverts commit 5e1f00aa.", false, "revert of 5e1f00aa"},
        {"Revert \"Revert \"Pay\"\"\n\nThis reverts commit 5e1f00aa.", false, "reapply of 5e1f00aa"},
        {"Reapply \"Pay\"\n\nThis reverts commit 5e1f00aa.", false, "reapply of 5e1f00aa"},
        {"Squashed (#7)\n\n* This reverts commit 5e1f00aa", false, " of 5e1f00aa"},
        {"fix(cart)!: reverts the cart", false, "revert of "},
        {"revert: pay", false, "revert of "},
        {"Reverted it", false, "revert of "},
        {"Reverting is hard", false, " of "},
        {"feat: revertible payments", false, " of "},
        {"Pay\n\n(cherry picked from commit aaaaaaa)\n(cherry picked from commit bbbbbbb)", false, " of  from bbbbbbb"},
        {"Merge branch 'hotfix/1.2.3' into develop", true, " of  merges hotfix/1.2.3"},
        {"Merge pull request #7 from acme/hotfix/cart", true, " of  merges hotfix/cart"},
        {"Merge remote-tracking branch 'origin/hot-fix-cart'", true, " of  merges hot-fix-cart"},
        {"Merge branch 'hotfix/1.2.3'", false, " of "},
        {"Merge branch 'feature/no-hotfix'", true, " of "},
        {"", false, " of "},
    };
    for (const auto& [text, is_merge, wanted] : cases) {
      CAPTURE(text);
      const auto m = git::read_message(text, is_merge);
      CHECK(std::string(m.is_revert    ? "revert"
                        : m.is_reapply ? "reapply"
                                       : "") +
                " of " + m.reverts + (m.picked_from.empty() ? "" : " from " + m.picked_from) +
                (m.hotfix_branch.empty() ? "" : " merges " + m.hotfix_branch) ==
            wanted);
    }
  }

  TEST_CASE("release tags are recognized, with the release that precedes each") {
    const auto tagged = [](const char* name, const char* commit, const char* at) {
      return git::tag{name, commit, *parse_time(at)};
    };
    const std::vector<git::tag> tags = {
        tagged("v1.0.0", "a", "2026-01-01T00:00:00Z"),     tagged("1.0.0", "b", "2026-01-05T00:00:00Z"),
        tagged("v2.0.0", "c", "2026-01-02T00:00:00Z"),     tagged("v1.0.1", "d", "2026-01-03T00:00:00Z"),
        tagged("v0.301.0", "c", "2026-01-02T00:00:00Z"),   tagged("v1.0.1.1", "e", "2026-01-03T01:00:00Z"),
        tagged("v3.0.0-rc1", "f", "2026-01-04T00:00:00Z"), tagged("pay@1.0.0", "f", "2026-01-04T00:00:00Z"),
        tagged("26.1.2", "g", "2026-01-06T00:00:00Z")};
    const auto names = [](const git::chosen_releases& c) {
      std::string out;
      for (const auto& r : c.all)
        out += (out.empty() ? "" : " ") + r.name + (r.is_patch ? "*" : "") +
               (r.predecessor ? '<' + c.all[*r.predecessor].name : "");
      return out;
    };
    const auto chosen = git::choose_releases(tags, *git::read_scheme("versions", ""));
    CHECK(names(chosen) == "v1.0.0 v2.0.0 v1.0.1*<v1.0.0 26.1.2*");
    CHECK(chosen.left_out == 3);
    CHECK(chosen.four_part == 1);
    CHECK(chosen.same_version == 1);
    CHECK(chosen.same_commit == 1);
    CHECK(chosen.all[2].gap(chosen.all) == std::chrono::hours{48});
    CHECK(names(git::choose_releases(tags, *git::read_scheme("versions", "pay@"))) == "pay@1.0.0");
    CHECK(names(git::choose_releases(tags, *git::read_scheme(R"(^v?(\d+)\.(\d+)\.(\d+)(?:\.(\d+))?$)", ""))) ==
          "v1.0.0 v2.0.0 v1.0.1*<v1.0.0 v1.0.1.1*<v1.0.1 26.1.2*");
    const auto times = git::choose_releases({tagged("2026-01-02T030405", "a", "2026-01-01T00:00:00Z"),
                                             tagged("2026-13-02T030405", "a", "2026-01-01T00:00:00Z")},
                                            *git::read_scheme("times", ""));
    CHECK(names(times) == "2026-01-02T030405");
    CHECK(format_time(times.all.at(0).at) == "2026-01-02T03:04:05Z");
    CHECK(names(git::choose_releases(
              {tagged("v42", "a", "2026-01-01T00:00:00Z"), tagged("release_43", "a", "2026-01-01T00:00:01Z")},
              *git::read_scheme("numbers", ""))) == "v42 release_43");
    CHECK_FALSE(git::read_scheme("(", "").has_value());

    // a pattern matches whole names, its numbers are the version, and prereleases are no releases
    const std::vector<git::tag> odd = {tagged("v2-release-1.4.3", "a", "2026-01-01T00:00:00Z"),
                                       tagged("release-1.4.2", "b", "2026-01-01T00:00:00Z"),
                                       tagged("v2-release-1.4.4-rc1", "c", "2026-01-01T00:00:00Z"),
                                       tagged("v2-release-1.5.0-prod", "d", "2026-01-01T00:00:00Z")};
    const auto versions = [](const git::chosen_releases& c) {
      std::string out;
      for (const auto& r : c.all) out += r.version + (r.is_patch ? "* " : " ");
      return out + std::to_string(c.prereleases) + ' ' + std::to_string(c.left_out);
    };
    CHECK(versions(git::choose_releases(odd, *git::read_scheme(R"(release-(\d+)\.(\d+)\.(\d+))", ""))) == "1.4.2* 0 3");
    auto wide = *git::read_scheme(R"((?:v2-)?release-(\d+)\.(\d+)\.(\d+).*)", "");
    CHECK(versions(git::choose_releases(odd, wide)) == "1.4.2* 1.4.3* 1.5.0 1 0");
    wide.takes_prereleases = true;
    CHECK(versions(git::choose_releases(odd, wide)) == "1.4.2* 1.4.3* 1.4.4* 1.5.0 0 0");
    for (const auto* name : {"2.0.0-rc.1", "v1.2.3-beta", "1.4b2", "3.0-SNAPSHOT", "2.0.0.alpha.157", "1.0.0-M3",
                             "v3.0.0-rc1", "2.1.0.dev4"})
      CHECK_MESSAGE(git::is_prerelease(name), name);
    for (const auto* name :
         {"1.2.3", "v2024.1.3", "release_42", "1.2.3-prod", "1.2.3.4", "2024-05-01T131500", "pay@1.2.3"})
      CHECK_MESSAGE(!git::is_prerelease(name), name);
  }
}
