// What a change brings, by the ancestry of its commits, compared with a computation over whole histories.
#include "daemon/timeline/content.hpp"

#include <map>
#include <random>
#include <set>
#include <sstream>

#include "tests/check.hpp"

using namespace releasehealth;

namespace {

timestamp hour(int n) { return timestamp{} + std::chrono::hours(n); }

struct history {
  std::map<std::string, commit_node> commits;

  /// "b 2 a" is commit b, of hour 2, with the parent a; "b - a" has no time, and "b 2 ?" no known parents.
  explicit history(const std::string& text = "") {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line, ';');) {
      std::istringstream words(line);
      std::string time;
      commit_node c;
      words >> c.sha >> time;
      if (time != "-") c.committed_at = hour(std::stoi(time));
      c.lines_changed = 10;
      c.parents.emplace();
      for (std::string parent; words >> parent;)
        if (parent == "?")
          c.parents.reset();
        else
          c.parents->push_back(parent);
      commits.emplace(c.sha, c);
    }
  }

  change_content between(const std::string& base, const std::string& commit, int start = 1000) const {
    return content_of({commit, base, hour(start)}, [&](const std::string& sha) {
      const auto found = commits.find(sha);
      return found == commits.end() ? nullptr : &found->second;
    });
  }

  std::set<std::string> reachable(const std::string& first) const {
    std::set<std::string> met;
    std::vector<std::string> open = {first};
    while (!open.empty()) {
      const auto sha = open.back();
      open.pop_back();
      if (!met.insert(sha).second) continue;
      for (const auto& p : *commits.at(sha).parents) open.push_back(p);
    }
    return met;
  }
};

std::string said(const change_content& c) {
  if (!c.is_known) return c.missing.empty() ? "not known" : "without " + c.missing;
  auto text = std::to_string(c.commits);
  if (c.first_commit_at)
    text += " since " +
            std::to_string(std::chrono::duration_cast<std::chrono::hours>(*c.first_commit_at - hour(0)).count());
  if (c.lines_changed) text += ", " + std::to_string(*c.lines_changed) + " lines";
  if (c.is_based_on_live) text += *c.is_based_on_live ? ", based on live" : ", not based on live";
  return text;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("a change brings the commits that the change before it does not contain") {
    const history line("a 1; b 2 a; c 3 b; d 4 c");
    CHECK(said(line.between("b", "d")) == "2 since 3, 20 lines, based on live");
    CHECK(said(line.between("d", "d")) == "0");
    CHECK(said(line.between("d", "b")) == "0");  // an older commit brings nothing
    CHECK(said(line.between("", "d")) == "not known");
    CHECK(said(line.between("x", "d")) == "without x");

    const history merged("a 1; b 2 a; side 3 a; c 4 b; m 5 c side; d 6 m");
    CHECK(said(merged.between("c", "d")) == "2 since 3, 20 lines, based on live");
    CHECK(said(merged.between("b", "m")) == "2 since 3, 20 lines, based on live");  // merges do not count
    const history both("a 1; left 2 a; right 3 a");
    CHECK(said(both.between("left", "right")) == "1 since 3, 10 lines");
  }

  TEST_CASE("what is not reported makes the content unknown, not smaller") {
    CHECK(said(history("a 1; c 30 b").between("a", "c")) == "without b");
    CHECK(said(history("a 1; b 2 ?; c 30 b").between("a", "c")) == "without b");
    CHECK(said(history("old 1 ?; a 90 old; b 91 a").between("a", "b")) == "1 since 91, 10 lines, based on live");
    history without_lines("a 1; b 2 a; c 3 b");
    without_lines.commits.at("b").lines_changed.reset();
    CHECK(said(without_lines.between("a", "c")) == "2 since 2, based on live");
    history timeless("a 1; b - a; c 3 b");
    CHECK(said(timeless.between("a", "c")) == "2 since 3, 20 lines, based on live");
  }

  TEST_CASE("more commits than the limit are not counted") {
    history h("c0 0");
    for (int n = 1; n <= static_cast<int>(most_commits) + 10; ++n) {
      commit_node c{.sha = "c" + std::to_string(n),
                    .parents = {{"c" + std::to_string(n - 1)}},
                    .committed_at = hour(n),
                    .lines_changed = {},
                    .reached_at = {},
                    .pull_request = {}};
      h.commits.emplace(c.sha, c);
    }
    CHECK(h.between("c100", "c" + std::to_string(most_commits)).commits == most_commits - 100);
    CHECK(said(h.between("c1", "c" + std::to_string(most_commits + 5))) == "not known");
  }

  TEST_CASE("a change is based on the live one unless another commit of the default branch is in between") {
    history h("a 1; b 2 a; c 3 b; d 4 c");
    h.commits.at("c").reached_at = hour(3);
    CHECK(said(h.between("b", "d")) == "2 since 3, 20 lines, not based on live");
    CHECK(said(h.between("b", "d", 2)) == "2 since 3, 20 lines, based on live");  // c reached it later
    h.commits.at("c").pull_request = h.commits.at("d").pull_request = "7";
    CHECK(said(h.between("b", "d")) == "2 since 3, 20 lines, based on live");
  }

  TEST_CASE("random histories with skewed clocks give what whole histories give") {
    for (unsigned seed = 1; seed <= 300; ++seed) {
      CAPTURE(seed);
      std::mt19937 draw(seed);
      const auto pick = [&](int n) { return static_cast<int>(draw() % static_cast<unsigned>(n)); };
      history h;
      const int count = 5 + pick(60);
      for (int n = 0; n < count; ++n) {
        commit_node c{.sha = "c" + std::to_string(n),
                      .parents = {std::vector<std::string>()},
                      .committed_at = hour(8 * n - pick(12)),
                      .lines_changed = pick(9),
                      .reached_at = {},
                      .pull_request = {}};
        std::set<int> parents;
        for (int p = n == 0 || pick(25) == 0 ? 0 : 1 + (pick(4) == 0 ? 1 + pick(2) : 0); p > 0; --p)
          parents.insert(std::max(0, n - 1 - (pick(3) == 0 ? pick(20) : 0)));
        for (const auto p : parents) c.parents->push_back("c" + std::to_string(p));
        h.commits.emplace(c.sha, c);
      }
      for (int tries = 0; tries < 10; ++tries) {
        const auto base = "c" + std::to_string(pick(count)), commit = "c" + std::to_string(pick(count));
        const auto known = h.reachable(base);
        std::size_t commits = 0;
        std::optional<timestamp> first;
        std::int64_t lines = 0;
        for (const auto& sha : h.reachable(commit)) {
          const auto& c = h.commits.at(sha);
          if (known.contains(sha) || c.parents->size() > 1) continue;
          ++commits;
          lines += *c.lines_changed;
          first = std::min(first.value_or(timestamp::max()), *c.committed_at);
        }
        const auto found = h.between(base, commit);
        CHECK(found.is_known);
        CHECK(found.commits == commits);
        CHECK(found.first_commit_at == first);
        CHECK(found.lines_changed.value_or(0) == lines);
      }
    }
  }
}
