// The setup steps of each source are one table that pages, `doctor` and `init` show. The README of each kind says where
// to find them, opens with the table to paste and ends with a test delivery.
#include "collectors/setup.hpp"

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/check.hpp"

using namespace releasehealth;

namespace {

// Removes emphasis and collapses white space.
std::string plain(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '*') continue;
    const bool is_space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!is_space)
      out += c;
    else if (!out.ends_with(' '))
      out += ' ';
  }
  return out;
}

std::filesystem::path readme_of(const collector& kind) {
  return std::filesystem::path(SOURCE_DIR) / "collectors" / kind.kind / "README.md";
}

std::string read_readme(const collector& kind) {
  std::ifstream in(readme_of(kind));
  return {std::istreambuf_iterator<char>(in), {}};
}

// The last section of a README.
std::string proof_section(const collector& kind) {
  const std::string name(kind.kind);
  const auto test =
      test_delivery(kind, "https://your.host/webhooks/" + name, "/etc/releasehealthd/" + name + ".secret");
  return "## See that it works\n\n" +
         (test.empty() ? "Only " + name + " itself can sign a delivery: send a test from there.\n\n"
                       : "```sh\n" + test +
                             "```\n\nThe daemon answers `a test delivery: address and secret are right`, or 401 if "
                             "the secret differs. No figure counts it.\n") +
         "The page `/sources` (port 9621) shows each delivery by outcome, the reasons for ignored ones and the steps "
         "that are missing;\n`releasehealthd doctor` prints the same on a terminal.\n";
}

}

TEST_SUITE("nodb") {
  TEST_CASE("the README of each kind of source says where to find every step of its setup") {
    std::size_t steps = 0;
    for (const auto* by : collectors()) {
      INFO(std::string(by->kind));
      const auto text = plain(read_readme(*by));
      for (const auto& step : by->setup) {
        INFO(std::string(step.what));
        CHECK(text.find(step.what) != text.npos);
        CHECK(!step.needed_by.empty());
        ++steps;
      }
    }
    CHECK(steps >= 24);
  }

  TEST_CASE("the README of each kind opens with the table to paste, and ends with a test delivery") {
    for (const auto* kind : collectors()) {
      INFO(std::string(kind->kind));
      auto text = read_readme(*kind);
      const auto expected = proof_section(*kind);
      if (std::getenv("RELEASEHEALTH_WRITE_FIXTURES") && !text.ends_with(expected)) {
        if (const auto old = text.find("\n## See that it works"); old != text.npos) text.resize(old);
        text += '\n' + expected;
        std::ofstream(readme_of(*kind)) << text;
      }
      CHECK(text.ends_with(expected));
      const auto section = text.find("\n## ");
      REQUIRE(section != text.npos);
      CHECK(text.substr(section + 1)
                .starts_with("## Connect it\n\n```toml\n[[source]]\nname = \"" + std::string(kind->kind) + '"'));
      CHECK(text.find("`https://your.host/webhooks/" + std::string(kind->kind) + '`') != text.npos);
    }
  }

  TEST_CASE("the table to paste has the required keys of a kind, with secrets from a file") {
    const auto table = source_table(*find_collector("circleci"), "secrets/circleci.secret");
    CHECK(table.starts_with(
        "[[source]]\nname = \"circleci\"\nkind = \"circleci\"\nsecret_file = \"secrets/circleci.secret\"\n"));
    CHECK(table.find("environment = \"production\"    # required, change it: ") != table.npos);
  }
}
