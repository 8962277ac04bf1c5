#include "daemon/queries/reads.hpp"

#include <latch>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "tests/check.hpp"
#include "tests/postgres/cluster.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

void add_place(const database& db, const std::string& service) {
  db.query("INSERT INTO place (service, environment, generation) VALUES ('" + service +
           "', 'production', 1) RETURNING 1");
}

}

TEST_SUITE("postgres") {
  TEST_CASE("two sessions of a reader share one snapshot of the database") {
    const database db;
    add_place(db, "checkout");
    ledger::reader from(db.where(), 2);
    std::mutex mutex;
    std::set<std::thread::id> threads;
    std::vector<std::size_t> seen;
    std::latch both(2);
    const auto count = [&](ledger::reader& r) {
      const auto found = r.places().size();
      const std::lock_guard lock(mutex);
      threads.insert(std::this_thread::get_id());
      seen.push_back(found);
    };
    const auto meet = [&](ledger::reader& r) {  // no thread runs both of these
      both.count_down();
      for (int n = 0; n < 1000 && !both.try_wait(); ++n) std::this_thread::sleep_for(std::chrono::milliseconds(10));
      count(r);
    };
    from.at_one_instant([&](ledger::reader& r) {
      CHECK(r.places().size() == 1);
      add_place(db, "search");
      r.ask_all({meet, meet, count, count, count}, true);
    });
    CHECK(seen == std::vector<std::size_t>(5, 1));
    CHECK(threads.size() == 2);
    CHECK(from.places().size() == 2);
  }

  TEST_CASE("a failure in either session of a reader fails the whole query, and the next query succeeds") {
    const database db;
    ledger::reader from(db.where(), 2);
    const auto counts = [](ledger::reader& r) { r.counts(100); };
    for (const bool is_of_postgres : {false, true}) {
      const auto fails = [&](ledger::reader& r) {
        if (is_of_postgres) r.count("SELECT no_such_column", {}, {});
        throw std::runtime_error("no");
      };
      const auto ask = [&](ledger::reader& r) { r.ask_all({counts, fails, fails, counts}, true); };
      CHECK_THROWS(from.at_one_instant(ask));
      bool is_answered = false;
      from.at_one_instant([&](ledger::reader& r) {
        r.ask_all({counts, counts, [&](ledger::reader&) { is_answered = true; }}, true);
      });
      CHECK(is_answered);
    }
  }
}
