// The allowed includes between modules, called rooms (CONTRIBUTING.md).
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

#include "tests/check.hpp"
#include "tests/fixture.hpp"

namespace fs = std::filesystem;

namespace {

struct room_rule {
  const char* files;     ///< path prefix in the source tree
  const char* includes;  ///< pattern of forbidden includes
  const char* except;    ///< path prefix of the exception
  const char* why;
};

constexpr room_rule rules[] = {
    {"collectors/", "(pqxx|toml\\+\\+|boost/asio|boost/beast|spdlog|filesystem|fstream|ctime)(/.*)?", nullptr,
     "collectors do no I/O and have no clock"},
    {"daemon/timeline/", "(pqxx|toml\\+\\+|boost/asio|boost/beast|spdlog|filesystem|fstream|ctime)(/.*)?", nullptr,
     "the timeline does no I/O and has no clock"},
    {"daemon/", "pqxx.*", "daemon/database/", "only the database knows libpqxx"},
    {"daemon/", "SQLiteCpp.*", "daemon/ledger/spool", "only the spool knows SQLite"},
    {"daemon/", "(boost/beast|boost/asio/ip).*", "daemon/http/", "only http/ knows sockets"},
    {"daemon/", "curl/.*", "daemon/http/client", "only the client knows libcurl"},
    {"daemon/", "toml\\+\\+.*", "daemon/config/", "only the configuration knows TOML"},
    {"daemon/", "CLI/.*", "daemon/commands/", "only the commands know CLI11"},
    {"daemon/", "prometheus/.*", "daemon/telemetry/metrics", "only the own metrics know prometheus-cpp"},
    {"daemon/", "spdlog.*", "daemon/log/", "only the log knows spdlog"},
    {"daemon/", "git2.*", "daemon/import/repository", "only the import of repositories knows libgit2"},
    {"daemon/", "yaml-cpp/.*", "daemon/discover/catalogue", "only the catalogue's reader knows yaml-cpp"},
    {"daemon/", "kainjow/.*", "daemon/review/page", "only the pages know templates"},
};

/// The rooms with their allowed includes, from their CMakeLists.txt.
std::map<std::string, std::set<std::string>> rooms_of_the_house() {
  const std::regex told(R"(room\((\w+)(?: DEPENDS ([\w ]+))?)");
  std::map<std::string, std::set<std::string>> rooms;
  for (const auto* top : {"collectors", "daemon"})
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / top)) {
      if (entry.path().filename() != "CMakeLists.txt") continue;
      const auto text = releasehealth::test::read_all(entry.path().string());
      std::smatch found;
      REQUIRE(std::regex_search(text, found, told));
      CHECK(found[1].str() == entry.path().parent_path().filename().string());
      std::istringstream names(found[2].str());
      rooms.emplace(found[1].str(), std::set<std::string>(std::istream_iterator<std::string>(names), {}));
    }
  return rooms;
}

/// Every `#include` below a folder: the file and the included path.
std::vector<std::pair<std::string, std::string>> includes_below(const char* top) {
  const std::regex include("^#include [<\"]([^>\"]+)[>\"]");
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / top)) {
    const auto ext = entry.path().extension();
    if (ext != ".cpp" && ext != ".hpp") continue;
    std::ifstream in(entry.path());
    std::smatch found;
    for (std::string line; std::getline(in, line);)
      if (std::regex_search(line, found, include))
        all.emplace_back(fs::relative(entry.path(), SOURCE_DIR).string(), found[1].str());
  }
  return all;
}

/// The room of a path below daemon/; below collectors/ the base or everything above it; empty: none.
std::string room_of(const std::string& path) {
  if (path.starts_with("collectors/base/")) return "base";
  if (path.starts_with("collectors/")) return "collectors";
  std::smatch found;
  return std::regex_match(path, found, std::regex("daemon/(\\w+)/.*")) ? found[1].str() : std::string();
}

}

TEST_SUITE("nodb") {
  TEST_CASE("each library is included only in its own room") {
    for (const auto* top : {"collectors", "daemon"})
      for (const auto& [file, included] : includes_below(top))
        for (const auto& r : rules) {
          if (!file.starts_with(r.files) || (r.except && file.starts_with(r.except))) continue;
          CAPTURE(file);
          CAPTURE(included);
          CAPTURE(r.why);
          CHECK_FALSE(std::regex_match(included, std::regex(r.includes)));
        }
  }

  TEST_CASE("only the database room uses libpqxx: other rooms see opaque transactions and rows as structs") {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / "daemon")) {
      const auto file = fs::relative(entry.path(), SOURCE_DIR).string();
      if (!entry.is_regular_file() || file.starts_with("daemon/database/")) continue;
      CAPTURE(file);
      CHECK(releasehealth::test::read_all(entry.path().string()).find("pqxx::") == std::string::npos);
    }
  }

  TEST_CASE("a room includes exactly the rooms that it depends on") {
    const auto rooms = rooms_of_the_house();
    CHECK(rooms.size() > 15);
    std::map<std::string, std::set<std::string>> used;
    for (const auto* top : {"collectors", "daemon"})
      for (const auto& [file, included] : includes_below(top)) {
        const auto from = room_of(file), to = room_of(included);
        CAPTURE(file);
        CAPTURE(included);
        if (from.empty()) {
          CHECK(file == "daemon/main.cpp");  // no other file is outside a room
          continue;
        }
        if (to.empty() || to == from) continue;
        CHECK(rooms.at(from).contains(to));
        used[from].insert(to);
      }
    for (const auto& [room, depends] : rooms) {
      CAPTURE(room);
      CHECK(used[room] == depends);
    }
  }

  TEST_CASE("dependencies between rooms point down and have no cycle") {
    auto rooms = rooms_of_the_house();
    std::set<std::string> below;
    while (!rooms.empty()) {  // each round removes the rooms whose dependencies are removed
      const auto before = rooms.size();
      std::set<std::string> floor;
      for (const auto& [room, depends] : rooms)
        if (std::ranges::includes(below, depends)) floor.insert(room);
      below.insert(floor.begin(), floor.end());
      for (const auto& room : floor) rooms.erase(room);
      CAPTURE(rooms.begin()->first);
      REQUIRE(rooms.size() < before);
    }
  }

  TEST_CASE("every thread is a worker with a name from the table") {
    const std::regex thread("std::(jthread|thread|async)\\b(?!::)|thread_pool");
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / "daemon")) {
      const auto file = fs::relative(entry.path(), SOURCE_DIR).string();
      if (entry.is_directory() || file == "daemon/system/worker.cpp") continue;
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) {
        CAPTURE(file);
        CAPTURE(line);
        CHECK_FALSE(std::regex_search(line, thread));
      }
    }
  }

  TEST_CASE("sources use no range views, because the fuzzers' clang does not compile those of GCC 12's library") {
    const std::regex view("std::(ranges::)?(views|subrange)\\b|std::ranges::(stable_)?partition\\b");
    for (const auto* top : {"collectors", "daemon"})
      for (const auto& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / top)) {
        const auto ext = entry.path().extension();
        if (ext != ".cpp" && ext != ".hpp") continue;
        CAPTURE(entry.path().string());
        CHECK_FALSE(std::regex_search(releasehealth::test::read_all(entry.path().string()), view));
      }
  }

  TEST_CASE("SQL lives in schema/ only") {
    const std::regex statement("\"[^\"]*\\b(SELECT .* FROM|INSERT INTO|UPDATE .* SET|DELETE FROM)\\b");
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / "daemon")) {
      if (entry.path().extension() != ".cpp" || entry.path().filename() == "migrate.cpp") continue;  // its own table
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) {
        CAPTURE(entry.path().string());
        CAPTURE(line);
        CHECK_FALSE(std::regex_search(line, statement));
      }
    }
  }
}
