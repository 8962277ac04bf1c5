#include "daemon/app/health.hpp"

namespace releasehealth {

void health::publish(const refreshed& r) {
  readiness_.is_database_up = r.database_up;
  own_.set(gauge::database_up, r.database_up);
  own_.set(gauge::schema_newer, r.schema_is_newer);
  note_rebuild(r);
  note_failure(r);
  if (!r.success) return;
  own_.ledger(r.ledger, r.rules_changed);
  if (r.unjoined) own_.set(source_gauge::unjoined_incidents, *r.unjoined);
  if (r.unmatched) own_.set(source_gauge::unmatched_names, *r.unmatched);
  if (r.silent) own_.set(source_gauge::source_silent, *r.silent);
  if (r.rules_changed && !rules_changed_)
    log_.warning("history was derived with different rules; run `releasehealthd rebuild`");
  rules_changed_ = r.rules_changed;
}

void health::note_rebuild(const refreshed& r) {
  own_.set(gauge::rebuilding, r.is_rebuilding);
  if (r.is_rebuilding && !is_rebuilding_) log_.info("rebuild running, showing figures of the previous derivation");
  is_rebuilding_ = r.is_rebuilding;
  if (!r.rebuilt) return;
  if (r.rebuilt->failure.empty())
    log_.info("history rebuilt",
              {{"rows", std::to_string(r.rebuilt->rows)}, {"took_ms", std::to_string(r.rebuilt->took.count())}});
  else
    log_.warning("rebuild failed, retrying", {{"err", r.rebuilt->failure}});
}

// Logs a failure once, not at every refresh.
void health::note_failure(const refreshed& r) {
  if (!r.success) own_.database_failed(r.reason);
  own_.reached(r.limit);
  for (std::size_t n = 0; n < r.folded_names; ++n) own_.reached("figures.max_names");
  own_.refresh(r.success, r.began_at, r.took);
  if (r.failure == last_failure_) return;
  last_failure_ = r.failure;
  if (r.success)
    log_.info("refresh succeeds again");
  else
    log_.warning("refresh failed, keeping the last figures", {{"err", r.failure}});
}

void health::appended(std::string_view reason, const std::string& said, bool is_durable) {
  own_.database_failed(reason);
  if (reason == "timeout") own_.reached("database.statement_timeout");
  own_.set(gauge::database_durable, is_durable);
  const bool is_away = !reason.empty();
  if (is_away == std::exchange(is_postgres_away_, is_away)) return;
  if (is_away)
    log_.warning("PostgreSQL unavailable, spooling", {{"reason", std::string(reason)}, {"err", said}});
  else
    log_.info("PostgreSQL available again");
}

void health::claimed(const ledger::claim& c) {
  own_.event_claimed();
  if (const auto left_out = claims_.next({}, std::chrono::steady_clock::now()))
    log_.warning("event not stored: its id is in use by another sender or with different content",
                 {{"source", c.source}, {"id", c.id}, {"holder", c.holder}, {"not_logged", std::to_string(*left_out)}});
}

}
