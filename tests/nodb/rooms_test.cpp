// The rooms of the house: who may include what (CONTRIBUTING.md).
#include <filesystem>
#include <fstream>
#include <regex>

#include "tests/check.hpp"

namespace fs = std::filesystem;

namespace {

struct room_rule {
  const char* files;     ///< a path in the source tree that begins like this
  const char* includes;  ///< may not include what matches this
  const char* except;    ///< unless its path begins like this
  const char* why;
};

constexpr room_rule rules[] = {
    {"collectors/", "daemon/.*", nullptr, "collectors are pure: they know nothing of the daemon"},
    {"collectors/", "(pqxx|toml\\+\\+|boost/asio|boost/beast|spdlog|filesystem|fstream|ctime)(/.*)?", nullptr,
     "collectors do no I/O and have no clock"},
    {"daemon/timeline/", "daemon/(?!timeline/).*", nullptr, "the timeline knows events only"},
    {"daemon/timeline/", "(pqxx|toml\\+\\+|boost/asio|boost/beast|spdlog|filesystem|fstream|ctime)(/.*)?", nullptr,
     "the timeline does no I/O and has no clock"},
    {"daemon/", "pqxx.*", "daemon/ledger/", "only the ledger knows libpqxx"},
    {"daemon/", "SQLiteCpp.*", "daemon/ledger/spool", "only the spool knows SQLite"},
    {"daemon/", "daemon/ledger/(database|binary_array).hpp", "daemon/ledger/", "which its headers keep to themselves"},
    {"daemon/", "(boost/beast|boost/asio/ip).*", "daemon/http/", "only http/ knows sockets"},
    {"daemon/", "toml\\+\\+.*", "daemon/config", "only the configuration knows TOML"},
    {"daemon/", "prometheus/.*", "daemon/metrics", "only the own metrics know prometheus-cpp"},
    {"daemon/", "git2.*", "daemon/import/repository", "only the import of repositories knows libgit2"},
    {"daemon/", "kainjow/.*", "daemon/review/page", "only the pages know templates"},
    {"daemon/review/", "daemon/(intake|operations|http|commands|import)/.*", nullptr,
     "a page is made of figures and lists, whoever shows it"},
    {"daemon/http/", "daemon/(?!http/).*", nullptr, "http/ knows requests, not their meaning"},
    {"daemon/ledger/", "daemon/(intake|operations|figures|http|commands)/.*", nullptr,
     "the ledger serves, it does not call"},
};

}

TEST_SUITE("nodb") {
  TEST_CASE("no room reaches where it may not") {
    const std::regex include("^#include [<\"]([^>\"]+)[>\"]");
    std::size_t files = 0;
    for (const auto* top : {"collectors", "daemon"})
      for (const auto& entry : fs::recursive_directory_iterator(fs::path(SOURCE_DIR) / top)) {
        const auto ext = entry.path().extension();
        if (ext != ".cpp" && ext != ".hpp") continue;
        ++files;
        const auto name = fs::relative(entry.path(), SOURCE_DIR).string();
        std::ifstream in(entry.path());
        for (std::string line; std::getline(in, line);) {
          std::smatch found;
          if (!std::regex_search(line, found, include)) continue;
          for (const auto& r : rules) {
            if (!name.starts_with(r.files) || (r.except && name.starts_with(r.except))) continue;
            CAPTURE(name);
            CAPTURE(line);
            CAPTURE(r.why);
            CHECK_FALSE(std::regex_match(found[1].str(), std::regex(r.includes)));
          }
        }
      }
    CHECK(files > 50);
  }

  TEST_CASE("SQL is in schema/ only") {
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
