// Checks that the tests listed in edge_cases.tsv, faults.tsv and mutants.tsv exist.
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "tests/check.hpp"
#include "tests/fixture.hpp"

using namespace releasehealth::test;

namespace {

// Checks each row of a table (number, subject, file, test name) and returns the numbers it uses.
std::set<std::string> numbers_of(const std::string& table) {
  const std::string tests = SOURCE_DIR "/tests/";
  std::ifstream rows(tests + table);
  REQUIRE(rows);
  std::set<std::string> numbers;
  for (std::string line; std::getline(rows, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream cells(line);
    std::string number, subject, file, test;
    for (auto* cell : {&number, &subject, &file, &test}) std::getline(cells, *cell, '\t');
    CAPTURE(line);
    CHECK_FALSE(test.empty());
    CHECK(read_all(tests + file).find(test) != std::string::npos);
    numbers.insert(number);
  }
  return numbers;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("every group of edge cases has tests in the files that the table lists") {
    const auto groups = numbers_of("edge_cases.tsv");
    CHECK(groups.size() == 26);
    for (int group = 1; group <= 26; ++group) CHECK(groups.contains(std::to_string(group)));
  }

  TEST_CASE("every known fault has tests in the files that the table lists") {
    const auto numbers = numbers_of("faults.tsv");
    CHECK(numbers.contains("0"));
    const std::map<int, int> faults_of_sections{{1, 6}, {2, 9}, {3, 4}, {4, 17}, {5, 6}, {6, 6}, {7, 9}, {23, 12}};
    for (const auto& [section, faults] : faults_of_sections)
      for (int fault = 1; fault <= faults; ++fault) {
        const auto number = std::to_string(section) + '.' + std::to_string(fault);
        CAPTURE(number);
        CHECK(numbers.contains(number));
      }
  }

  TEST_CASE("the text that a mutant replaces and the test file that catches it exist") {
    const std::string root = SOURCE_DIR "/";
    std::ifstream rows(root + "tests/mutants/mutants.tsv");
    REQUIRE(rows);
    int planted = 0;
    for (std::string line; std::getline(rows, line);) {
      if (line.empty() || line.starts_with('#')) continue;
      std::istringstream cells(line);
      std::string name, file, from, to, test;
      for (auto* cell : {&name, &file, &from, &to, &test}) std::getline(cells, *cell, '\t');
      CAPTURE(name);
      CAPTURE(file);
      CHECK(read_all(root + file).find(from) != std::string::npos);
      const auto is_in = [&](const char* folder) {
        return std::filesystem::exists(root + "tests/" + folder + '/' + test + ".cpp");
      };
      CHECK(is_in("nodb") != is_in("postgres"));
      ++planted;
    }
    CHECK(planted > 40);
  }
}
