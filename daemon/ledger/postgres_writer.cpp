#include "daemon/ledger/postgres_writer.hpp"

#include "daemon/database/failure.hpp"
#include "daemon/ledger/lane_policy.hpp"

namespace releasehealth::ledger {

attempt postgres_writer::write(const std::vector<const entry*>& batch) {
  attempt out;
  if (spool_ && spool_->count().deliveries > 0) {
    drain(out);
    if (!out.is_away && out.has_drained && out.spooled.deliveries > 0) return out;
  }
  if (out.is_away) {
    out.results.assign(batch.size(), error(errc::unavailable, "PostgreSQL is unavailable"));
  } else if (!batch.empty()) {
    out.results = appender_.append(batch);
    for (const auto& r : out.results) note(out, r);
  } else if (!out.has_drained && !appender_.probe()) {
    out.is_away = true;
    out.reason = appender_.failure();
  }
  out.is_durable = appender_.is_durable();
  if (spool_) out.spooled = spool_->count();
  return out;
}

void postgres_writer::drain(attempt& out) {
  using clock = std::chrono::steady_clock;
  if (clock::now() - drain_failed_at_ <= lane_policy::retry_interval) return;
  try {
    drain_oldest(out);
  } catch (const std::exception& e) {
    drain_failed_at_ = clock::now();
    out.has_drained = false;
    out.drain_failure = description_of(e);
  }
  out.spooled = spool_->count();
}

void postgres_writer::drain_oldest(attempt& out) {
  const auto oldest = spool_->oldest(appender::max_batch);
  std::vector<const entry*> entries;
  entries.reserve(oldest.size());
  for (const auto& k : oldest) entries.push_back(&k.delivery);
  const auto results = appender_.append(entries);
  std::vector<std::int64_t> drained;
  for (std::size_t i = 0; i < oldest.size(); ++i) {
    note(out, results[i]);
    if (results[i])
      drained.push_back(oldest[i].number);
    else if (!is_unavailable(results[i]))
      spool_->set_aside(oldest[i].number, results[i].error().text());
  }
  if (drained.empty()) return;
  spool_->remove(drained);
  out.has_drained = true;
}

void postgres_writer::note(attempt& out, const result<stored>& r) const {
  if (r) out.claims.insert(out.claims.end(), r->claims.begin(), r->claims.end());
  if (!is_unavailable(r)) return;
  out.is_away = true;
  out.reason = appender_.failure();
  out.said = r.error().text();
}

}
