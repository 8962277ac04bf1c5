// Joining changes and rollbacks of several environments into releases (figures.md section 17).
#include "daemon/timeline/release.hpp"

#include <sstream>

#include "tests/check.hpp"

using namespace releasehealth;

namespace {

constexpr duration week = std::chrono::days(7);

/// Turns "eu 1 v1, us 2 v1" (environment, day, version) into each release with its environments: "v1 eu us".
std::string releases_of(const std::string& changes) {
  struct change {
    std::string environment;
    int day;
    identity what;
  };
  std::vector<change> told;
  std::istringstream in(changes);
  for (std::string one; std::getline(in, one, ',');) {
    std::istringstream words(one);
    auto& c = told.emplace_back();
    words >> c.environment >> c.day >> c.what.version;
  }
  std::vector<rolled_out> ordered;
  for (const auto& c : told) ordered.push_back({c.environment, timestamp{} + std::chrono::days(c.day), &c.what});
  const auto firsts = find_releases(ordered, week);
  std::string out;
  for (std::size_t first = 0; first < told.size(); ++first) {
    if (firsts[first] != first) continue;
    out += (out.empty() ? "" : "; ") + told[first].what.version;
    for (std::size_t n = first; n < told.size(); ++n)
      if (firsts[n] == first) out += ' ' + told[n].environment;
  }
  return out;
}

/// Turns "1 a, 2 ab" (day, a letter for each popped release) into the first of each joined rollback: "0 0".
std::string rollbacks_of(const std::string& rollbacks) {
  std::vector<group_rollback> ordered;
  std::istringstream in(rollbacks);
  for (std::string one; std::getline(in, one, ',');) {
    std::istringstream words(one);
    int day = 0;
    std::string popped;
    words >> day >> popped;
    auto& r = ordered.emplace_back(group_rollback{timestamp{} + std::chrono::days(day), {}});
    for (const char c : popped) r.releases.insert(std::string(1, c));
  }
  std::string out;
  for (const auto first : find_group_rollbacks(ordered, week)) out += (out.empty() ? "" : " ") + std::to_string(first);
  return out;
}

}

TEST_SUITE("nodb") {
  TEST_CASE("a change joins the latest release of its identity that its environment still lacks") {
    const std::pair<const char*, const char*> cases[] = {
        {"", ""},
        {"eu 1 v1", "v1 eu"},
        {"eu 1 v1, us 1 v1, ap 8 v1", "v1 eu us ap"},
        {"eu 1 v1, us 8 v1", "v1 eu us"},  // exactly a week after the last one
        {"eu 1 v1, us 9 v1", "v1 eu; v1 us"},
        {"eu 1 v1, us 8 v1, ap 15 v1", "v1 eu us ap"},                 // measured from the last, not the first
        {"eu 1 v1, eu 2 v2, us 3 v1, us 4 v2", "v1 eu us; v2 eu us"},  // independent of the live version
        {"eu 1 v1, eu 3 v1", "v1 eu; v1 eu"},                          // deployed again after a rollback
        {"eu 1 v1, us 1 v1, eu 3 v1, us 4 v1", "v1 eu us; v1 eu us"},  // other environments follow likewise
        {"eu 1 v1, eu 3 v1, us 4 v1, us 5 v1", "v1 eu us; v1 eu us"},  // the latest first, then the one before
        {"eu 1 v1, us 2 v1.0, ap 2 V1", "v1 eu ap; v1.0 us"},          // by version identity
    };
    for (const auto& [changes, releases] : cases) {
      CAPTURE(changes);
      CHECK(releases_of(changes) == releases);
    }
  }

  TEST_CASE("consecutive rollbacks that pop changes of one release are one rollback") {
    const std::pair<const char*, const char*> cases[] = {
        {"", ""},
        {"1 a, 2 a, 8 a, 15 a", "0 0 0 0"},
        {"1 a, 9 a", "0 1"},
        {"1 a, 2 b", "0 1"},
        {"1 a, 2 b, 3 ab", "0 0 0"},  // it joins both, which joins them
        {"1 a, 2 b, 3 ab, 4 b", "0 0 0 0"},
        {"1 , 2 ", "0 1"},  // rollbacks that popped nothing
    };
    for (const auto& [rollbacks, firsts] : cases) {
      CAPTURE(rollbacks);
      CHECK(rollbacks_of(rollbacks) == firsts);
    }
  }
}
