// Every collector's fixtures: collectors/<kind>/fixtures/<name>.http is a delivery, its head as sent and its body byte
// for byte; <name>.becomes says what it must become. RELEASEHEALTH_WRITE_FIXTURES=1 writes the latter anew.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "collectors/canonical/canonical.hpp"
#include "collectors/collector.hpp"
#include "tests/check.hpp"

using namespace releasehealth;
namespace fs = std::filesystem;

namespace {

std::string read_all(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string become(const collector& kind, const fs::path& file) {
  const auto all = read_all(file);
  const auto end_of_head = all.find("\n\n");
  source from;
  from.name = from.kind = kind.kind;
  for (const auto& rule : kind.settings)
    if (!rule.fallback.empty()) from.settings[std::string(rule.key)] = {std::string(rule.fallback)};
  headers head;
  std::istringstream lines(all.substr(0, end_of_head));
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(": ");
    const auto name = line.substr(0, colon), value = line.substr(colon + 2);
    const auto equals = value.find('=');
    if (name == "Fixture-Setting")
      from.settings[value.substr(0, equals)] = {value.substr(equals + 1)};
    else
      head.add(name, value);
  }
  const auto body = all.substr(end_of_head + 2);
  const auto read = kind.decode(from, {head, body, *parse_time("2026-11-20T12:00:00Z")});
  if (!read) {
    constexpr const char* codes[] = {"malformed", "unreadable", "unauthorized", "forbidden",
                                     "unknown",   "media_type", "too_large",    "unavailable"};
    return std::string(codes[static_cast<int>(read.error().code)]) + ": " + read.error().text() + '\n';
  }
  if (read->events.empty()) return "ignored: " + read->ignored + '\n';
  std::string out;
  for (const auto& e : read->events) out += json::serialize(canonical::write_event(e)) + '\n';
  return out;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("each fixture of each source becomes the events beside it") {
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
      }
      CHECK(count > 5);
    }
  }

  TEST_CASE("each kind of source has a README that names what it ignores") {
    for (const auto* kind : collectors()) {
      const auto text = read_all(fs::path(SOURCE_DIR) / "collectors" / kind->kind / "README.md");
      CHECK(text.find("## Ignored") != text.npos);
    }
  }
}
