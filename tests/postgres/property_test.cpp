// The timeline is a function of the events alone (figures.md §1): whatever the order in which they come, however often,
// in whichever batches, derived by whichever daemon, step by step or at once.
#include <algorithm>
#include <cstdlib>
#include <map>

#include "tests/check.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/random_history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

unsigned histories() {
  const char* asked = std::getenv("RELEASEHEALTH_HISTORIES");
  return asked ? static_cast<unsigned>(std::stoul(asked)) : 300;
}

void store(ledger::appender& to, std::vector<event> events) {
  static int n = 0;
  auto e = entry_of("delivery-" + std::to_string(++n), std::move(events));
  REQUIRE(to.append({e}).front());
}

constexpr auto is_late = std::chrono::days(30);

}

TEST_SUITE("postgres") {
  TEST_CASE("any order, any duplication, any split into batches and daemons: the same rows as from scratch") {
    const auto total = histories();
    std::map<std::string, unsigned> shares;
    const database db;
    ledger::appender to(db.where());
    ledger::deriver one(db.where(), {}), other(db.where(), {});
    for (unsigned seed = 1; seed <= total; ++seed) {
      CAPTURE(seed);
      random_history h(seed);
      db.empty();
      store(to, h.events);
      one.derive();
      const auto reference = db.derived();
      for (const auto what : h.holds) ++shares[std::string(what)];
      shares["rollback"] += reference.find("\"kind\": \"rollback\"") != reference.npos;
      shares["reopening"] +=
          db.query("SELECT count(*) FROM incident WHERE (SELECT count(*) FROM unnest(stretches)) > 1") != "0";
      shares["failed change"] += reference.find("\"failed\": true") != reference.npos;
      shares["remedy"] += reference.find("remedy|") != reference.npos;

      db.empty();
      auto events = h.events;
      const auto twice = events;
      events.insert(events.end(), twice.begin(), twice.begin() + h.pick(static_cast<int>(twice.size())));
      std::ranges::shuffle(events, h.random);
      bool late = false;
      timestamp latest{};
      for (std::size_t at = 0; at < events.size();) {
        const auto size = std::min<std::size_t>(events.size() - at, 1 + static_cast<std::size_t>(h.pick(6)));
        std::vector<event> batch(events.begin() + static_cast<std::ptrdiff_t>(at),
                                 events.begin() + static_cast<std::ptrdiff_t>(at + size));
        for (const auto& e : batch) {
          late |= e.type == "deployment" && latest - e.time > is_late;
          latest = std::max(latest, e.time);
        }
        store(to, std::move(batch));
        at += size;
        if (!h.one_in(4)) (h.one_in(2) ? one : other).derive();
      }
      one.derive();
      shares["late event"] += late;
      CHECK(db.derived() == reference);
      if (seed % 10 == 0) CHECK(other.check().empty());
    }
    std::string said;
    for (const auto& [what, n] : shares) said += ' ' + what + ' ' + std::to_string(n * 100 / total) + " %,";
    MESSAGE("of " << total << " histories:" << said);
    for (const auto* what : {"rollback", "reopening", "several services", "late event", "retraction", "override"}) {
      CAPTURE(what);
      CHECK(shares[what] * 20 >= total);
    }
  }
}
