// Delivery outcomes per source: bounded in memory, summed over daemons, without contents.
#include "daemon/ledger/source_journal.hpp"
#include "daemon/queries/reads.hpp"
#include "tests/check.hpp"
#include "tests/postgres/cluster.hpp"
#include "tests/postgres/history.hpp"

using namespace releasehealth;
using namespace releasehealth::test;

namespace {

const auto noon = *parse_time("2026-11-20T12:00:00Z");
constexpr std::chrono::hours hour{1};

}

TEST_SUITE("postgres") {
  TEST_CASE("a source's counts are kept by day and outcome, with its newest 20 reasons") {
    ledger::source_journal journal;
    for (int n = 0; n < 1000; ++n)
      journal.note("github", "malformed", noon + std::chrono::seconds(n),
                   "line " + std::to_string(n) + std::string(9999, 'x'));
    journal.note("github", "accepted", noon);
    journal.note("github", "accepted", noon + 24 * hour);
    const auto entries = journal.take();
    CHECK(journal.take().empty());
    REQUIRE(entries.counts.size() == 3);
    CHECK(entries.counts[0].outcome == "accepted");
    CHECK(entries.counts[1].outcome == "malformed");
    CHECK(entries.counts[1].deliveries == 1000);
    CHECK(format_time(entries.counts[2].day) == "2026-11-21T00:00:00Z");
    REQUIRE(entries.reasons.size() == ledger::source_journal::most_reasons);
    CHECK(entries.reasons.front().reason.starts_with("line 980x"));
    for (const auto& r : entries.reasons) CHECK(r.reason.size() <= ledger::source_journal::longest_reason);

    journal.note("github", "malformed", noon + hour, "the newest");
    journal.put_back(entries);
    const auto again = journal.take();
    REQUIRE(again.counts.size() == 3);
    CHECK(again.counts[1].deliveries == 1001);
    REQUIRE(again.reasons.size() == ledger::source_journal::most_reasons);
    CHECK(again.reasons.back().reason == "the newest");
    CHECK(again.reasons.front().reason.starts_with("line 981x"));
  }

  TEST_CASE(
      "counts of several daemons add up, their newest reasons are kept, and entries over 90 days old are dropped") {
    const database db;
    const auto write = [&](int first, int count, timestamp at) {
      ledger::source_journal journal;
      for (int n = first; n < first + count; ++n)
        journal.note("github", "unauthorized", at + std::chrono::seconds(n), "reason " + std::to_string(n));
      write_journal(db.where(), journal.take(), at);
    };
    write(0, 15, noon);
    write(15, 15, noon);
    CHECK(db.query("SELECT source, outcome, day, deliveries FROM source_day") == "github|unauthorized|2026-11-20|30");
    CHECK(db.query("SELECT count(*), min(reason COLLATE \"C\"), max(at) FROM source_reason") ==
          "20|reason 10|2026-11-20 12:00:29+00");
    write(0, 1, noon + 100 * 24 * hour);
    CHECK(db.query("SELECT day, deliveries FROM source_day") == "2027-02-28|1");
    CHECK(db.query("SELECT count(*) FROM source_reason") == "1");
  }

  TEST_CASE("the usual gap of a source is the 99th percentile of its gaps without imports") {
    const database db;
    ledger::appender to(db.where());
    for (int n = 0; n < 30; ++n) {
      auto e = entry_of("d" + std::to_string(n), {});
      e.received_at = noon + n * hour;
      REQUIRE(to.append({e}).front());
    }
    ledger::reader from(db.where());
    const auto all = from.rhythms({"never", "test"});
    REQUIRE(all.size() == 2);
    const auto &never = all[0], &known = all[1];
    CHECK(known.deliveries == 30);
    CHECK(known.gap_s == 3600);
    CHECK(known.last_at == noon + 29 * hour);
    CHECK(!known.is_silent(noon + 53 * hour));
    CHECK(known.is_silent(noon + 54 * hour));
    CHECK(known.is_silent(noon + std::chrono::days(400)));
    CHECK(never.deliveries == 0);
    CHECK(!never.is_silent(noon + 54 * hour));
    db.query("UPDATE delivery SET outcome = 'imported'");
    CHECK(from.rhythms({"test"}).front().deliveries == 0);
  }
}
