// What migrations must not do: daemons of the previous release keep running during a migration, and figures are served
// while it is applied.
#include "daemon/database/migrations.hpp"

#include <regex>

#include "tests/check.hpp"

using namespace releasehealth;

TEST_SUITE("nodb") {
  TEST_CASE("no migration truncates, deletes or rewrites derived rows") {
    const std::regex comment("--[^\n]*");
    const std::regex forbidden(
        "TRUNCATE|DELETE\\s+FROM|DROP\\s+(TABLE|COLUMN)|UPDATE\\s+(deployment|incident|commit_seen|flag_change|remedy|"
        "work|"
        "engagement|known_name|place)\\b|INSERT\\s+INTO\\s+touched",
        std::regex::icase);
    std::size_t checked = 0;
    for (const auto& [name, statements] : ledger::migrations()) {
      if (std::string(name) < "0010") continue;  // released before this rule
      ++checked;
      CAPTURE(name);
      auto text = std::regex_replace(std::string(statements), comment, "");
      for (auto at = text.find("$$"); at != text.npos; at = text.find("$$"))  // function bodies run only when called
        text.erase(at, text.find("$$", at + 2) + 2 - at);
      CHECK_FALSE(std::regex_search(text, forbidden));
    }
    CHECK(checked > 0);
  }
}
