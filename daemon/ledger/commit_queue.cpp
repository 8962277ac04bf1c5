#include "daemon/ledger/commit_queue.hpp"

#include <algorithm>
#include <deque>
#include <mutex>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include "daemon/database/failure.hpp"
#include "daemon/ledger/gathering.hpp"
#include "daemon/ledger/waiter.hpp"
#include "daemon/system/worker.hpp"

namespace releasehealth::ledger {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

namespace {

constexpr auto retry_interval = std::chrono::seconds(1);
constexpr auto tick_interval = std::chrono::milliseconds(50);

bool is_away(const result<stored>& r) { return !r && r.error().code == errc::unavailable; }

}

struct commit_queue::state : std::enable_shared_from_this<state> {
  state(asio::io_context& i, session s, settings given)
      : io(i), writer(std::move(s)), with(std::move(given)), clock_tick(i), gather_timer(i) {
    if (with.overflow) holds = with.overflow->count();
  }

  asio::io_context& io;
  appender writer;                       // used by the first thread only
  steady::time_point failed_to_drain{};  // and so is this
  settings with;
  asio::steady_timer clock_tick, gather_timer;
  bool is_gathering = false;

  // PostgreSQL's thread takes what waits by itself: the io thread, which hears of a commit after all the requests that
  // came meanwhile, would keep it idle
  std::mutex mutex;                                        // of what follows
  std::deque<std::shared_ptr<waiter>> waiting, in_flight;  // in flight also: committed, and not told yet
  gathering gather;
  bool busy = false, stopped = false;

  // and so does the spool's
  std::mutex spool_mutex;  // of what follows
  std::deque<std::shared_ptr<waiter>> to_spool;
  bool spooling = false;

  std::size_t unanswered = 0, unanswered_bytes = 0;
  bool away = false, ticking = false, is_spool_broken = false;
  steady::time_point tried, tried_disk;
  spool::contents holds;
  worker postgres{"append"}, disk{"spool"};

  // ---- what PostgreSQL's thread does

  struct outcome {
    waiters of;
    std::vector<result<stored>> batch;  ///< empty: the spool went first, and is not done
    bool is_away = false, has_drained = false, is_durable = true;
    std::string_view reason;  ///< why it is away
    std::string said;
    std::string spool_failure;
    spool::contents holds;

    std::vector<claim> claims;

    void note(const result<stored>& r, const appender& by) {
      if (r) claims.insert(claims.end(), r->claims.begin(), r->claims.end());
      if (!releasehealth::ledger::is_away(r)) return;
      is_away = true;
      reason = by.failure();
      said = r.error().text();
    }
    /// Whether PostgreSQL may have more at once. The rest is decided by the io thread.
    bool is_well() const { return !is_away && spool_failure.empty() && holds.deliveries == 0; }
  };

  /// The oldest of the spool, before anything newer: of two deliveries with one id the first counts.
  void drain_some(outcome& out) {
    const auto oldest = with.overflow->oldest(appender::max_batch);
    std::vector<const entry*> entries;
    entries.reserve(oldest.size());
    for (const auto& k : oldest) entries.push_back(&k.delivery);
    const auto results = writer.append(entries);
    std::vector<std::int64_t> gone;
    for (std::size_t i = 0; i < oldest.size(); ++i) {
      out.note(results[i], writer);
      if (results[i])
        gone.push_back(oldest[i].number);
      else if (!is_away(results[i]))
        with.overflow->set_aside(oldest[i].number, results[i].error().text());
    }
    if (gone.empty()) return;
    with.overflow->remove(gone);
    out.has_drained = true;
  }

  outcome write(const std::vector<const entry*>& batch) {
    outcome out;
    if (with.overflow && with.overflow->count().deliveries > 0 && steady::now() - failed_to_drain > retry_interval) {
      try {
        drain_some(out);
      } catch (const std::exception& e) {  // the spool cannot be read, or nothing removed: what is new must not wait
        failed_to_drain = steady::now();
        out.has_drained = false;
        out.spool_failure = description_of(e);
      }
      out.holds = with.overflow->count();
      if (!out.is_away && out.has_drained && out.holds.deliveries > 0) return out;
    }
    if (out.is_away)
      out.batch.assign(batch.size(), error(errc::unavailable, "PostgreSQL is away"));
    else if (!batch.empty())
      out.batch = writer.append(batch);
    else if (!out.has_drained && !writer.probe())
      out.is_away = true, out.reason = writer.failure();
    if (!out.is_away)
      for (const auto& r : out.batch) out.note(r, writer);
    out.is_durable = writer.is_durable();
    if (with.overflow) out.holds = with.overflow->count();
    return out;
  }

  /// From the front of the line, as many as one transaction takes. The mutex is locked.
  waiters take() {
    waiters batch;
    std::size_t bytes = 0;
    while (!waiting.empty() && batch.size() < appender::max_batch) {
      bytes += waiting.front()->what->body.size();
      if (bytes > appender::max_batch_bytes && !batch.empty()) break;
      in_flight.push_back(waiting.front());
      batch.push_back(std::move(waiting.front()));
      waiting.pop_front();
    }
    return batch;
  }

  /// This batch, and whatever waits when it is written, as long as all is well.
  void write_on(waiters batch) {
    for (bool has_more = true; has_more;) {
      const auto began = steady::now();
      auto out = std::make_shared<outcome>(write(entries_of(batch)));
      out->of = std::exchange(batch, {});
      {
        const std::lock_guard lock(mutex);
        gather.committed(out->of.size(), waiting.size(), steady::now() - began);
        if (out->is_well() && !stopped && !gather.waits(waiting.size())) batch = take();
        has_more = !batch.empty();
        busy = has_more || !out->is_well();
      }
      asio::post(io, [self = shared_from_this(), out] { self->written(*out); });
    }
  }

  // ---- what the spool's thread does

  /// As many as one transaction takes. The spool's mutex is locked.
  waiters take_for_spool() {
    const auto end = to_spool.begin() + static_cast<std::ptrdiff_t>(std::min(to_spool.size(), appender::max_batch));
    waiters batch(std::move_iterator(to_spool.begin()), std::move_iterator(end));
    to_spool.erase(to_spool.begin(), end);
    return batch;
  }

  /// This batch, and whatever is to be spooled when it is.
  void spool_on(waiters batch) {
    while (!batch.empty()) {
      auto results = std::make_shared<std::vector<result<stored>>>(with.overflow->put(entries_of(batch), with.clock()));
      auto of = std::make_shared<waiters>(std::move(batch));
      {
        const std::lock_guard lock(spool_mutex);
        batch = take_for_spool();
        spooling = !batch.empty();
      }
      // moved: the io thread alone lets go of who was answered
      asio::post(io, [self = shared_from_this(), of = std::move(of), results, now = with.overflow->count()] {
        self->spooled(*of, *results, now);
      });
    }
  }

  // ---- what the io thread does

  bool has_work() {
    const std::lock_guard lock(mutex);
    return busy || !waiting.empty();
  }
  void add(const waiter& w) {
    ++unanswered;
    unanswered_bytes += weight_of(*w.what);
  }
  void answer(waiter& w, result<stored> r) {
    if (std::exchange(w.is_answered, true)) return;
    --unanswered;
    unanswered_bytes -= weight_of(*w.what);
    w.answer(std::move(r));
  }

  void next() {
    const bool has_spooled = with.overflow && holds.deliveries > 0;
    std::unique_lock lock(mutex);
    if (busy || stopped || (waiting.empty() && !has_spooled && !away)) return;
    if (gathers()) return;
    const bool waits = away || (waiting.empty() && is_spool_broken);
    if (waits && (with.overflow || waiting.empty()) && steady::now() - tried < retry_interval) {
      lock.unlock();
      return tick();
    }
    busy = true;
    auto batch = take();
    lock.unlock();
    tried = steady::now();
    tick();
    // the guard keeps the io context running while nothing but a commit is on its way
    postgres.post([self = shared_from_this(), batch = std::move(batch), guard = asio::make_work_guard(io)]() mutable {
      self->write_on(std::move(batch));
    });
  }

  // Whether more is to come before the next batch goes. The mutex is locked.
  bool gathers() {
    const auto until = waiting.empty() || away ? std::nullopt : gather.waits(waiting.size());
    if (until && !std::exchange(is_gathering, true)) {
      gather_timer.expires_at(*until);
      gather_timer.async_wait([self = shared_from_this()](boost::system::error_code) {
        self->is_gathering = false;
        self->next();
      });
    }
    return until.has_value();
  }

  void written(outcome& out) {
    {
      const std::lock_guard lock(mutex);
      in_flight.erase(in_flight.begin(), in_flight.begin() + static_cast<std::ptrdiff_t>(out.of.size()));
      if (!out.is_well()) busy = false;
    }
    away = out.is_away;
    if (!out.spool_failure.empty() && !is_spool_broken && with.spool_failed) with.spool_failed(out.spool_failure);
    is_spool_broken = !out.spool_failure.empty() || (is_spool_broken && !out.has_drained && out.holds.deliveries > 0);
    auto batch = std::move(out.of);
    tell(out.holds);
    if (with.appended) with.appended(out.reason, out.said, out.is_durable);
    if (with.claimed) std::ranges::for_each(out.claims, with.claimed);
    if (out.has_drained) with.touched.touch();
    if (out.batch.empty()) {  // the spool went first
      while (!batch.empty()) {
        put_back(std::move(batch.back()));
        batch.pop_back();
      }
    }
    for (std::size_t i = 0; i < out.batch.size(); ++i) {
      if (is_away(out.batch[i]) && with.overflow)
        spool_one(batch[i]);
      else
        answer(*batch[i], std::move(out.batch[i]));
    }
    spool_next();
    next();
  }

  void put_back(std::shared_ptr<waiter> w) {
    if (w->is_answered || w->is_on_its_way_to_spool) return;
    const std::lock_guard lock(mutex);
    waiting.push_front(std::move(w));
  }

  void spool_one(const std::shared_ptr<waiter>& w) {
    if (w->is_answered || std::exchange(w->is_on_its_way_to_spool, true)) return;
    const std::lock_guard lock(spool_mutex);
    to_spool.push_back(w);
  }

  void spool_next() {
    std::unique_lock lock(spool_mutex);
    if (spooling || to_spool.empty()) return;
    spooling = true;
    auto batch = take_for_spool();
    lock.unlock();
    disk.post([self = shared_from_this(), batch = std::move(batch), guard = asio::make_work_guard(io)]() mutable {
      self->spool_on(std::move(batch));
    });
  }

  void spooled(const waiters& batch, std::vector<result<stored>>& results, const spool::contents& now) {
    tell(now);
    for (std::size_t i = 0; i < batch.size(); ++i) answer(*batch[i], std::move(results[i]));
    next();
    tick();
  }

  void tell(const spool::contents& now) {
    holds = now;
    if (with.overflow && with.spooled) with.spooled(now);
  }

  // Who has waited for too long goes to the spool: also out of a batch that is on its way, whose commit is in doubt
  // then (should it succeed, what is drained later is a duplicate).
  void lose_patience() {
    const auto since = steady::now() - with.bounds.patience;
    {
      const std::lock_guard lock(mutex);
      for (const auto& w : in_flight)
        if (w->since < since) spool_one(w);
      while (!waiting.empty() && waiting.front()->since < since) {
        spool_one(waiting.front());
        waiting.pop_front();
      }
    }
    spool_next();
  }

  void tick() {
    if (ticking || stopped) return;  // this thread alone sets it
    ticking = true;
    clock_tick.expires_after(tick_interval);
    clock_tick.async_wait([self = shared_from_this()](boost::system::error_code ec) {
      self->ticking = false;
      if (ec || self->stopped) return;
      if (self->with.overflow) self->lose_patience();
      self->next();
      self->try_disk();
      if (self->has_work() || self->away || self->holds.deliveries > 0 || !self->holds.is_writable) self->tick();
    });
  }

  // The disk of the spool was full or broken: nobody sends to a daemon that is not ready, so it looks by itself.
  void try_disk() {
    if (holds.is_writable || steady::now() - tried_disk < retry_interval) return;
    {
      const std::lock_guard lock(spool_mutex);
      if (std::exchange(spooling, true)) return;
    }
    tried_disk = steady::now();
    disk.post([self = shared_from_this(), guard = asio::make_work_guard(io)] {
      self->with.overflow->try_disk();
      asio::post(self->io, [self, now = self->with.overflow->count()] {
        {
          const std::lock_guard lock(self->spool_mutex);
          self->spooling = false;
        }
        self->tell(now);
        self->spool_next();
      });
    });
  }
};

commit_queue::commit_queue(asio::io_context& io, session s, settings with)
    : state_(std::make_shared<state>(io, std::move(s), std::move(with))) {
  state_->tell(state_->holds);
  state_->next();
}

commit_queue::~commit_queue() {
  stop();
  {
    const std::lock_guard lock(state_->mutex);
    state_->waiting.clear();
  }
  {
    const std::lock_guard lock(state_->spool_mutex);
    state_->to_spool.clear();
  }
  state_->postgres.join();
  state_->disk.join();
}

void commit_queue::append(entry e, done d) {
  auto& s = *state_;
  const error too_much(errc::unavailable, "too much is on its way to the disk");
  if (s.unanswered >= s.with.bounds.max_waiting) return d(error(too_much).over("intake.max_waiting"));
  if (s.unanswered_bytes + weight_of(e) > s.with.bounds.max_waiting_bytes)
    return d(error(too_much).over("intake.max_waiting_bytes"));
  auto w = std::make_shared<waiter>(
      waiter{std::make_shared<const entry>(std::move(e)), std::move(d), steady::now(), false, false});
  s.add(*w);
  if (s.away && s.with.overflow) {
    s.spool_one(w);
    s.spool_next();
  } else {
    const std::lock_guard lock(s.mutex);
    s.waiting.push_back(std::move(w));
  }
  s.next();
}

void commit_queue::use(const limits& l) {
  state_->with.bounds = l;
  if (state_->with.overflow) state_->with.overflow->use(l.room);
}

const spool::contents& commit_queue::spooled() const { return state_->holds; }

bool commit_queue::is_postgres_away() const { return state_->away; }

bool commit_queue::can_spool() const {
  return state_->with.overflow && state_->with.overflow->has_room(state_->with.clock());
}

void commit_queue::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopped = true;
  }
  state_->clock_tick.cancel();
  state_->gather_timer.cancel();
}

}
