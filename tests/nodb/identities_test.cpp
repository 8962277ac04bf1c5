// tests/identities.tsv holds the identity of each event of each fixture. A changed identity breaks stored data (an open
// incident is never resolved, a second import counts twice), so changes need a decision: CONTRIBUTING.md, "Identities".
// RELEASEHEALTH_WRITE_FIXTURES=1 regenerates the table.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "collectors/collector.hpp"
#include "tests/check.hpp"
#include "tests/fixture.hpp"

using namespace releasehealth;
using namespace releasehealth::test;
namespace fs = std::filesystem;

namespace {

/// One line per event: fixture, source, id, type and subject, separated by tabs. A retraction has the type that it
/// retracts.
void add_identities(std::multiset<std::string>& lines, const collector& kind, const fs::path& file) {
  const auto f = read_fixture(kind, file);
  const auto read = kind.decode(f.from, f.as_delivery(f.body));
  if (!read) return;
  for (const auto& e : read->events) {
    const auto of = std::string(word(e.thing));
    const auto type = e.type == report_of(e.thing) ? of : std::string(word(e.type)) + " of " + of;
    std::string line = std::string(kind.kind) + '/' + file.stem().string();
    for (const auto& column : {e.source.empty() ? f.from.name : e.source, e.id, type, e.subject}) {
      CHECK(column.find_first_of("\t\n") == column.npos);
      line.append("\t").append(column);
    }
    lines.insert(std::move(line));
  }
}

}

TEST_SUITE("nodb") {
  TEST_CASE("each event of each fixture has the identity in identities.tsv") {
    std::multiset<std::string> lines;
    for (const auto* kind : collectors())
      for (const auto& entry : fs::directory_iterator(fs::path(SOURCE_DIR) / "collectors" / kind->kind / "fixtures"))
        if (entry.path().extension() == ".http") add_identities(lines, *kind, entry.path());
    CHECK(lines.size() > 150);
    std::string table = "fixture\tsource\tid\ttype\tsubject\n";
    for (const auto& line : lines) table.append(line).append("\n");
    const fs::path kept = SOURCE_DIR "/tests/identities.tsv";
    if (std::getenv("RELEASEHEALTH_WRITE_FIXTURES")) std::ofstream(kept, std::ios::binary) << table;
    CHECK(table == read_all(kept));
  }
}
