// Which lane of the commit queue a delivery enters, and when PostgreSQL is tried.
#include "daemon/ledger/lane_policy.hpp"

#include <doctest/doctest.h>

using namespace releasehealth;
using ledger::attempt;
using ledger::lane_policy;
using ledger::lane_state;
using ledger::spool;
using ledger::stored;
using step = lane_policy::step;

namespace {

constexpr auto moment = std::chrono::milliseconds(10);
const lane_policy::time_point start{std::chrono::hours(1)};

spool::contents holding(std::size_t deliveries) {
  spool::contents some;
  some.deliveries = deliveries;
  return some;
}

attempt without_postgres(std::size_t spooled) {
  attempt a;
  a.is_away = true;
  a.spooled = holding(spooled);
  return a;
}

attempt drained(std::size_t left) {
  attempt a;
  a.has_drained = true;
  a.spooled = holding(left);
  return a;
}

attempt without_spool(std::size_t left) {
  attempt a;
  a.drain_failure = "disk I/O error";
  a.spooled = holding(left);
  return a;
}

const lane_state idle{};
const lane_state with_deliveries{.waiting = 3};
const lane_state busy{.is_busy = true, .waiting = 3};
const result<stored> rejected = error(errc::malformed, "no such column"),
                     unavailable = error(errc::unavailable, "gone");

}

TEST_SUITE("nodb") {
  TEST_CASE("deliveries are written at once, and an empty lane does not try PostgreSQL") {
    const lane_policy p(true, {});
    CHECK(p.next(with_deliveries, start) == step::attempt);
    CHECK(p.next(busy, start) == step::rest);
    CHECK(p.next(idle, start) == step::rest);
    CHECK_FALSE(p.needs_tick(idle));
    CHECK(p.needs_tick(with_deliveries));
    CHECK_FALSE(p.spools_new());
  }

  TEST_CASE("a batching lane waits for more deliveries unless PostgreSQL is unavailable") {
    lane_policy p(false, {});
    const lane_state gathers{.waiting = 3, .gathers_until = start + moment};
    CHECK(p.next(gathers, start) == step::gather);
    CHECK(p.next({.gathers_until = start + moment}, start) == step::rest);
    p.ended(without_postgres(0));
    CHECK(p.next(gathers, start) == step::attempt);
  }

  TEST_CASE("deliveries spooled by an earlier process are drained without new deliveries") {
    lane_policy p(true, holding(5));
    CHECK(p.next(idle, start) == step::attempt);
    p.began(start);
    p.ended(drained(2));
    CHECK(p.next(idle, start + moment) == step::attempt);
    p.ended(drained(0));
    CHECK(p.next(idle, start + moment) == step::rest);
  }

  TEST_CASE("while PostgreSQL is unavailable deliveries are spooled, and PostgreSQL is tried once a second") {
    lane_policy p(true, {});
    p.began(start);
    p.ended(without_postgres(1));
    CHECK(p.is_away());
    CHECK(p.spools_new());
    CHECK(p.needs_tick(idle));
    CHECK(p.next(idle, start + moment) == step::retry);
    CHECK(p.next(with_deliveries, start + moment) == step::retry);
    CHECK(p.next(idle, start + lane_policy::retry_interval) == step::attempt);
    p.ended(drained(0));
    CHECK_FALSE(p.spools_new());
    CHECK_FALSE(p.needs_tick(idle));
  }

  TEST_CASE("without a spool each delivery is tried at once, and PostgreSQL is probed once a second") {
    lane_policy p(false, {});
    p.began(start);
    p.ended(without_postgres(0));
    CHECK_FALSE(p.spools_new());
    CHECK_FALSE(p.spools(unavailable));
    CHECK(p.next(with_deliveries, start + moment) == step::attempt);
    CHECK(p.next(idle, start + moment) == step::retry);
  }

  TEST_CASE("a delivery is spooled only if PostgreSQL was unavailable for it") {
    const lane_policy p(true, {});
    CHECK(p.spools(unavailable));
    CHECK_FALSE(p.spools(rejected));
    CHECK_FALSE(p.spools(stored{}));
  }

  TEST_CASE("a spool that cannot be drained is reported once, delays no delivery, and is retried once a second") {
    lane_policy p(true, holding(5));
    p.began(start);
    CHECK(p.ended(without_spool(5)));
    CHECK_FALSE(p.ended(without_spool(5)));
    CHECK(p.next(with_deliveries, start + moment) == step::attempt);
    CHECK(p.next(idle, start + moment) == step::retry);
    CHECK(p.next(idle, start + lane_policy::retry_interval) == step::attempt);
    attempt only_new;  // within the second, without draining
    only_new.spooled = holding(5);
    CHECK_FALSE(p.ended(only_new));
    CHECK(p.next(idle, start + moment) == step::retry);
    p.ended(drained(4));
    CHECK(p.next(idle, start + moment) == step::attempt);
    CHECK(p.ended(without_spool(4)));
  }

  TEST_CASE("a full or broken disk is retried once a second, separately from PostgreSQL") {
    lane_policy p(true, {});
    CHECK_FALSE(p.should_try_disk(start));
    auto full = holding(1);
    full.is_writable = false;
    p.now_spooled(full);
    CHECK(p.needs_tick(idle));
    CHECK(p.should_try_disk(start));
    p.tried_disk(start);
    CHECK_FALSE(p.should_try_disk(start + moment));
    CHECK(p.should_try_disk(start + lane_policy::retry_interval));
  }
}
