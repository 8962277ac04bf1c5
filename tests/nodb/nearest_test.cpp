#include "collectors/base/nearest.hpp"

#include <algorithm>

#include "collectors/collector.hpp"
#include "daemon/figures/figure.hpp"
#include "tests/check.hpp"

using namespace releasehealth;

TEST_SUITE("nodb") {
  TEST_CASE("the nearest word needs the fewest edits, and too many edits give no suggestion") {
    const word_list known = {"github", "gitlab", "kubernetes", "version", "service", "team", "7d"};
    const std::pair<const char*, const char*> cases[] = {
        {"gihub", "github"},
        {"gitub", "github"},
        {"GitHub", "github"},
        {"gitlib", "gitlab"},
        {"versoin", "version"},
        {"servcie", "service"},
        {"taem", "team"},
        {"kubernets", "kubernetes"},
        {"kuberntees", "kubernetes"},
        {"9d", "7d"},
        {"x", ""},
        {"teletype", ""},
        {"", ""},
        {"environment", ""},
        {"team ", "team"},
        {"serv", ""},
    };
    for (const auto& [word, expected] : cases) {
      CAPTURE(word);
      CHECK(nearest(word, known) == expected);
    }
    CHECK(nearest("a", {}).empty());
    CHECK(nearest(std::string(100'000, 'a'), known).empty());
  }

  TEST_CASE("a known word with one letter dropped, doubled or swapped yields a suggestion at most that far away") {
    auto known = word_list_of(collectors(), &collector::kind);
    for (const auto& f : figures()) known.push_back(f.name);
    std::size_t back = 0, tried = 0;
    for (const auto& word : known)
      for (std::size_t i = 1; i + 1 < word.size(); ++i) {
        std::string lost(word), doubled(word), exchanged(word);
        lost.erase(i, 1);
        doubled.insert(i, 1, word[i]);
        std::swap(exchanged[i], exchanged[i + 1]);
        for (const auto& typed : {lost, doubled, exchanged}) {
          ++tried;
          const auto found = nearest(typed, known);
          CAPTURE(typed);
          CHECK_FALSE(found.empty());
          back += found == word ? 1 : 0;
        }
      }
    CHECK(back > tried * 9 / 10);
  }

  TEST_CASE("an unknown word is quoted with the nearest known one or a short list of all") {
    CHECK(unknown_word("kind", "gihub", {"github", "gitlab"}) == R"(unknown kind "gihub"; did you mean "github"?)");
    CHECK(unknown_word("kind", "svn", {"github", "gitlab", "jira"}) ==
          R"(unknown kind "svn"; expected github, gitlab or jira)");
    CHECK(unknown_word("kind", "svn", {"git"}) == R"(unknown kind "svn"; expected git)");
    CHECK(unknown_word("service", "nope", {}) == R"(unknown service "nope")");
    const std::vector<std::string> many(1000, "something");
    CHECK(unknown_word("service", "nope", word_list_of(many)) == R"(unknown service "nope")");
    CHECK(unknown_word("kind", "a\x1b[31m", {}) == R"(unknown kind "a\u001b[31m")");
  }
}
