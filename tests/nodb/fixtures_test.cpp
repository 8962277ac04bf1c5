// Every collector's fixtures: collectors/<kind>/fixtures/<name>.http is a delivery with the headers as sent and the
// body byte for byte; <name>.becomes is the expected result. RELEASEHEALTH_WRITE_FIXTURES=1 regenerates the latter.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "collectors/canonical/canonical.hpp"
#include "collectors/collector.hpp"
#include "tests/check.hpp"
#include "tests/fixture.hpp"

using namespace releasehealth;
using namespace releasehealth::test;
namespace fs = std::filesystem;

namespace {

std::string become(const collector& kind, const fs::path& file) {
  const auto f = read_fixture(kind, file);
  const auto read = kind.decode(f.from, f.as_delivery(f.body));
  if (!read) {
    constexpr const char* codes[] = {"malformed",  "unreadable", "unauthorized", "forbidden", "unknown",
                                     "media_type", "too_large",  "unavailable",  "internal"};
    return std::string(codes[static_cast<int>(read.error().code)]) + ": " + read.error().text() + '\n';
  }
  if (read->events.empty()) return "ignored: " + read->ignored + '\n';
  std::string out;
  for (const auto& e : read->events) out += json::serialize(canonical::write_event(e)) + '\n';
  return out;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("each fixture of each source gives the events in its .becomes file") {
    for (const auto* kind : collectors()) {
      std::size_t count = 0;
      for (const auto& entry : fs::directory_iterator(fs::path(SOURCE_DIR) / "collectors" / kind->kind / "fixtures")) {
        if (entry.path().extension() != ".http") continue;
        ++count;
        CAPTURE(entry.path().filename().string());
        const auto expected = fs::path(entry.path()).replace_extension(".becomes");
        const auto events = become(*kind, entry.path());
        if (std::getenv("RELEASEHEALTH_WRITE_FIXTURES")) std::ofstream(expected, std::ios::binary) << events;
        CHECK(events == read_all(expected));
        constexpr std::string_view ignored = "ignored: ";
        if (events.starts_with(ignored))
          CHECK(lists_reason(*kind, events.substr(ignored.size(), events.size() - ignored.size() - 1)));
      }
      CHECK(count > 5);
    }
  }

  TEST_CASE("the README of each kind of source lists the reasons for ignoring deliveries") {
    for (const auto* kind : collectors()) {
      const auto text = read_all(fs::path(SOURCE_DIR) / "collectors" / kind->kind / "README.md");
      CHECK(text.find("## Ignored") != text.npos);
    }
  }
}
