// Mutates every fixture of every source: a field removed or of another type, an overlong name, deep nesting,
// truncation, NUL or invalid UTF-8. The result is never an exception, and events that are read pass the check again.
#include <filesystem>

#include "collectors/collector.hpp"
#include "collectors/fields.hpp"
#include "tests/check.hpp"
#include "tests/fixture.hpp"

using namespace releasehealth;
using namespace releasehealth::test;
namespace fs = std::filesystem;

namespace {

struct outcome_counts {
  int bodies = 0, events = 0, ignored = 0, refused = 0;

  void add(const collector& kind, const fixture& f, std::string_view body) {
    const auto d = f.as_delivery(body);
    ++bodies;
    CHECK_FALSE(kind.key(d).empty());
    CHECK_FALSE(kind.authentic(f.from, d));  // no secret is configured
    auto read = kind.decode(f.from, d);
    if (!read) {
      ++refused;
      return;
    }
    for (auto& e : read->events) CHECK(check(e, d.received_at).empty());
    ++(read->events.empty() ? ignored : events);
  }
};

void collect_pointers(const json::value& in, const std::string& at, std::vector<std::string>& into) {
  if (!at.empty()) into.push_back(at);
  if (in.is_object())
    for (const auto& [name, value] : in.get_object()) collect_pointers(value, at + '/' + pointer_token(name), into);
  if (in.is_array() && !in.get_array().empty()) collect_pointers(in.get_array().front(), at + "/0", into);
}

}

TEST_SUITE("nodb") {
  TEST_CASE("every mutation of a fixture is read or rejected, never an exception") {
    const json::value others[] = {nullptr,
                                  true,
                                  -1,
                                  1e300,
                                  "",
                                  "x",
                                  json::value(std::string(100'000, 'x')),
                                  json::array{},
                                  json::object{},
                                  json::array{json::array{nullptr}, 1, "\xC3\xA9"},
                                  "0001-01-01T00:00:00Z",
                                  "9999-12-31T23:59:60+23:59"};
    for (const auto* kind : collectors()) {
      outcome_counts counts;
      for (const auto& entry : fs::directory_iterator(fs::path(SOURCE_DIR) / "collectors" / kind->kind / "fixtures")) {
        if (entry.path().extension() != ".http") continue;
        CAPTURE(entry.path().filename().string());
        const auto f = read_fixture(*kind, entry.path());
        counts.add(*kind, f, "");
        counts.add(*kind, f, std::string(50'000, '['));
        counts.add(*kind, f, f.body.substr(0, f.body.size() / 2));
        counts.add(*kind, f, f.body + std::string(1, '\0'));
        counts.add(*kind, f, "\"\xC0\xA0\"");
        const auto in = parse_json(f.body);
        if (!in) continue;
        std::vector<std::string> pointers;
        collect_pointers(*in, {}, pointers);
        for (const auto& pointer : pointers) {
          CAPTURE(pointer);
          for (const auto& other : others) {
            auto changed = *in;
            json::error_code ec;
            *changed.find_pointer(pointer, ec) = other;
            counts.add(*kind, f, json::serialize(changed));
          }
          auto without = *in;
          const auto slash = pointer.rfind('/');
          json::error_code ec;
          auto* parent = slash == 0 ? &without : without.find_pointer(pointer.substr(0, slash), ec);
          if (parent && parent->is_object()) {
            parent->get_object().erase(pointer.substr(slash + 1));
            counts.add(*kind, f, json::serialize(without));
          }
        }
      }
      MESSAGE(kind->kind << ": " << counts.bodies << " bodies, " << counts.events << " with events, " << counts.ignored
                         << " ignored, " << counts.refused << " refused");
      CHECK(counts.refused > 20);
      CHECK(counts.events > 20);
    }
  }
}
