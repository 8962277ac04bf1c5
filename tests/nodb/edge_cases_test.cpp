// The table of what others get wrong names tests that exist, and leaves none of the 26 groups out.
#include <fstream>
#include <set>
#include <sstream>

#include "tests/check.hpp"
#include "tests/fixture.hpp"

using namespace releasehealth::test;

TEST_SUITE("nodb") {
  TEST_CASE("every group of edge cases has tests, and they are where the table says") {
    const std::string tests = SOURCE_DIR "/tests/";
    std::ifstream table(tests + "edge_cases.tsv");
    REQUIRE(table);
    std::set<int> groups;
    for (std::string line; std::getline(table, line);) {
      if (line.starts_with('#')) continue;
      std::istringstream in(line);
      std::string group, what, file, test;
      for (auto* cell : {&group, &what, &file, &test}) std::getline(in, *cell, '\t');
      CAPTURE(line);
      CHECK_FALSE(test.empty());
      CHECK(read_all(tests + file).find(test) != std::string::npos);
      groups.insert(std::stoi(group));
    }
    CHECK(groups.size() == 26);
    CHECK(*groups.begin() == 1);
    CHECK(*groups.rbegin() == 26);
  }
}
