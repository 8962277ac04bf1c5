#include "daemon/ledger/commit_queue.hpp"

#include <algorithm>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/ledger/lane_policy.hpp"
#include "daemon/ledger/postgres_lane.hpp"
#include "daemon/ledger/spool_lane.hpp"

namespace releasehealth::ledger {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

namespace {

constexpr auto tick_interval = std::chrono::milliseconds(50);

}

struct commit_queue::state {
  state(asio::io_context& io, session s, settings chosen)
      : given(std::move(chosen)),
        policy(given.overflow != nullptr, given.overflow ? given.overflow->count() : spool::contents{}),
        postgres(io, std::move(s), given.overflow.get(),
                 [this](waiters batch, attempt a) { ended(std::move(batch), std::move(a)); }),
        tick_timer(io),
        gather_timer(io) {
    if (given.overflow)
      spooling.emplace(io, *given.overflow, given.clock,
                       [this](waiters batch, std::vector<result<stored>> results, const spool::contents& now) {
                         spooled(std::move(batch), std::move(results), now);
                       });
  }

  settings given;
  lane_policy policy;
  postgres_lane postgres;
  std::optional<spool_lane> spooling;  ///< none without a spool
  asio::steady_timer tick_timer, gather_timer;
  bool is_ticking = false, is_gathering = false, is_stopped = false;
  std::size_t unanswered = 0, unanswered_bytes = 0;

  void append(entry e, done d) {
    const error too_much(errc::unavailable, "too many deliveries are waiting for storage; retry later");
    if (unanswered >= given.bounds.max_waiting) return d(error(too_much).over("intake.max_waiting"));
    auto w = std::make_shared<waiter>(std::move(e), std::move(d), steady::now());
    const auto weight = w->weight();
    if (unanswered_bytes + weight > given.bounds.max_waiting_bytes)
      return w->answer(error(too_much).over("intake.max_waiting_bytes"));
    ++unanswered;
    unanswered_bytes += weight;
    if (!policy.spools_new()) return go_on(postgres.push(std::move(w)));
    to_spool({std::move(w)});
    go_on(postgres.state());
  }

  void answer(waiter& w, result<stored> r) {
    if (std::exchange(w.is_answered, true)) return;
    --unanswered;
    unanswered_bytes -= w.weight();
    w.answer(std::move(r));
  }

  void to_spool(waiters all) {
    std::erase_if(all, [](const auto& w) { return !w->is_open(); });
    if (all.empty()) return;
    for (const auto& w : all) w->was_given_to_spool = true;
    spooling->push(std::move(all));
  }

  void go_on(const lane_state& lane) {
    const auto now = steady::now();
    switch (policy.next(lane, now)) {
      case lane_policy::step::rest: return;
      case lane_policy::step::gather: return gather_until(*lane.gathers_until);
      case lane_policy::step::retry: return tick();
      case lane_policy::step::attempt:
        policy.began(now);
        postgres.begin();
        return tick();
    }
  }

  void gather_until(steady::time_point end) {
    if (std::exchange(is_gathering, true)) return;
    gather_timer.expires_at(end);
    gather_timer.async_wait([this](boost::system::error_code ec) {
      is_gathering = false;
      if (!ec) go_on(postgres.state());
    });
  }

  // Handles the result of an attempt of PostgreSQL's lane.
  void ended(waiters batch, attempt a) {
    if (policy.ended(a) && given.spool_failed) given.spool_failed(a.drain_failure);
    report_spooled();
    if (given.appended) given.appended(a.reason, a.said, a.is_durable);
    if (given.claimed) std::ranges::for_each(a.claims, given.claimed);
    if (a.has_drained) given.touched.touch();
    if (a.results.empty()) {  // the attempt drained the spool first
      std::erase_if(batch, [](const auto& w) { return !w->is_open(); });
      postgres.put_back(std::move(batch));
    }
    waiters not_taken;
    for (std::size_t i = 0; i < a.results.size(); ++i) {
      if (policy.spools(a.results[i]))
        not_taken.push_back(std::move(batch[i]));
      else
        answer(*batch[i], std::move(a.results[i]));
    }
    to_spool(std::move(not_taken));
    go_on(postgres.state());
  }

  // Handles the result of a batch of the spool's lane, or of a check of its disk (an empty batch).
  void spooled(waiters batch, std::vector<result<stored>> results, const spool::contents& now) {
    policy.now_spooled(now);
    report_spooled();
    for (std::size_t i = 0; i < batch.size(); ++i) answer(*batch[i], std::move(results[i]));
    go_on(postgres.state());
    tick();
  }

  void report_spooled() const {
    if (given.overflow && given.spooled) given.spooled(policy.spooled());
  }

  void tick() {
    if (is_ticking || is_stopped) return;
    is_ticking = true;
    tick_timer.expires_after(tick_interval);
    tick_timer.async_wait([this](boost::system::error_code ec) {
      is_ticking = false;
      if (ec || is_stopped) return;
      const auto now = steady::now();
      if (spooling) to_spool(postgres.overdue(now - given.bounds.patience));
      go_on(postgres.state());
      if (policy.should_try_disk(now) && spooling->try_disk()) policy.tried_disk(now);
      if (policy.needs_tick(postgres.state())) tick();
    });
  }

  void stop() {
    is_stopped = true;
    postgres.stop();
    tick_timer.cancel();
    gather_timer.cancel();
  }
};

commit_queue::commit_queue(asio::io_context& io, session s, settings chosen)
    : state_(std::make_unique<state>(io, std::move(s), std::move(chosen))) {
  state_->report_spooled();
  state_->go_on(state_->postgres.state());
}

commit_queue::~commit_queue() { stop(); }

void commit_queue::append(entry e, done d) { state_->append(std::move(e), std::move(d)); }

void commit_queue::use(const limits& l) {
  state_->given.bounds = l;
  if (state_->given.overflow) state_->given.overflow->use(l.room);
}

const spool::contents& commit_queue::spooled() const { return state_->policy.spooled(); }

bool commit_queue::is_postgres_away() const { return state_->policy.is_away(); }

bool commit_queue::can_spool() const {
  return state_->given.overflow && state_->given.overflow->has_room(state_->given.clock());
}

void commit_queue::stop() { state_->stop(); }

}
