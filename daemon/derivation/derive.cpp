#include "daemon/derivation/derive.hpp"

#include <algorithm>
#include <thread>

#include "daemon/database/failure.hpp"
#include "daemon/database/locks.hpp"
#include "daemon/database/migrate.hpp"
#include "daemon/database/rows.hpp"
#include "daemon/derivation/derivation.hpp"
#include "daemon/timeline/derivation_version.hpp"
#include "sql/derivation.hpp"

namespace releasehealth::ledger {
namespace {

/// Excludes other migrations and derivations for its lifetime. It has a connection and a transaction of its own, so
/// that the locks are taken before the snapshot of the protected work. Transaction-level locks also work behind a
/// connection pooler, which does not keep session state.
class derive_lock {
 public:
  explicit derive_lock(const session& s) : connection_(s), work_(connection_) {
    run_script(work_, "SET LOCAL idle_in_transaction_session_timeout = 0");
    run_script(work_,
               "SET LOCAL lock_timeout = " + std::to_string(std::chrono::milliseconds(deriver::max_wait).count()));
    execute(work_, sql::derivation::derive_locks, locks::migrate, locks::derive);
  }

 private:
  connection connection_;
  transaction work_;
};

/// Derives everything into shadow tables, at one snapshot of the database. `first` prepares the real tables and returns
/// whether to continue; `then` uses the shadows.
template <class First, class Then>
void derive_shadow(const session& s, const derive_settings& settings, First first, Then then) {
  const derive_lock lock(s);
  connection c(s);
  transaction work(c, transaction::one_instant);
  if (!first(work)) return;
  derive_everything(work, settings);
  then(work);
  work.commit();
}

// The version of the stored tables; this program's if nothing was derived yet.
int derived_version(transaction& work) {
  const auto versions = query<int>(work, sql::derivation::derived_version);
  return versions.empty() ? derivation_version : versions.front();
}

/// The locks that a step acquired.
struct taken_locks {
  bool nobody_migrates = false, nobody_derives = false;
};
BOOST_DESCRIBE_STRUCT(taken_locks, (), (nobody_migrates, nobody_derives))

/// Which program made the schema and its rows.
struct origin {
  std::string newer_migration;         ///< a migration that this program does not know; empty: none
  std::optional<int> derived_by;       ///< the version; none: nothing was derived yet
  std::optional<json::object> groups;  ///< different ones take effect with a rebuild
};
BOOST_DESCRIBE_STRUCT(origin, (), (newer_migration, derived_by, groups))

}

BOOST_DESCRIBE_STRUCT(difference, (), (table, side, row))

bool is_derived(const session& s) {
  connection c(s);
  transaction work(c);
  return !query<int>(work, sql::derivation::derived_version).empty();
}

struct deriver::connected {
  ledger::connection connection;
  explicit connected(const session& s) : connection(s) {}
};

deriver::deriver(session s, derive_settings settings)
    : session_(std::move(s)), settings_(std::move(settings)), walks_(std::make_unique<long_walks>()) {}
deriver::~deriver() = default;
deriver::deriver(deriver&&) noexcept = default;
deriver& deriver::operator=(deriver&&) noexcept = default;

// A failure drops the connection; the next call opens a new one.
deriver::connected& deriver::ready() {
  if (!connected_ || !connected_->connection.is_open()) connected_ = std::make_unique<connected>(session_);
  return *connected_;
}

void deriver::report_due(timestamp now) {
  try {
    transaction work(ready().connection);
    execute(work, sql::derivation::report_due, now);
    const bool looks_for_silence = !looked_for_silence_ || now - *looked_for_silence_ >= std::chrono::hours(1);
    if (looks_for_silence) execute(work, sql::derivation::report_silence, now, silence.count());
    work.commit();
    if (looks_for_silence) looked_for_silence_ = now;
  } catch (const postgres_failure&) {
    connected_.reset();
    throw;
  }
}

derived deriver::derive_batch(step_size size) {
  try {
    auto& database = ready().connection;
    transaction work(database);
    run_script(work, "SET LOCAL synchronous_commit = off");  // a crash returns lost rows to the queue
    work.keep_plans(!size.position);
    // no migration may run between the check of the schema and the end of this derivation
    const auto locked = query_one<taken_locks>(work, sql::derivation::try_derive_locks, locks::migrate, locks::derive);
    is_another_at_it_ = !locked.nobody_migrates;
    if (is_another_at_it_) return {};
    static const auto known = known_migrations();
    const auto stored = query_one<origin>(work, sql::derivation::derived_under, known);
    const int version = stored.derived_by.value_or(derivation_version);
    schema_is_newer_ = !stored.newer_migration.empty() || version > derivation_version;
    rebuild_is_due_ = !schema_is_newer_ && version < derivation_version;
    if (schema_is_newer_ || rebuild_is_due_) return {};
    is_another_at_it_ = !locked.nobody_derives;
    if (is_another_at_it_) return {};
    // a long queue after an import is derived service by service, because no figures are read between its steps
    auto* const walks = size.position ? nullptr : walks_.get();
    std::optional<derive_settings> other;  // with the groups by which the stored rows were derived
    if (auto groups = stored.groups ? groups_in(*stored.groups) : naming::groups_by_member();
        stored.groups && groups != settings_.blame.names.group_of_members())
      other.emplace(settings_).blame.names = settings_.blame.names.with_groups(std::move(groups));
    auto done = derive_step(work, other ? *other : settings_, std::move(size), counting_, walks);
    if (done.taken > 0)
      execute(work, sql::derivation::note_rules, settings_.fingerprint, derivation_version,
              groups_as_json(settings_.blame.names));
    work.commit();
    return done;
  } catch (const long_walk&) {
    return {.taken = 0, .has_more = true};
  } catch (const postgres_failure&) {
    connected_.reset();
    throw;
  }
}

std::size_t deriver::derive(const std::stop_token& stop) {
  std::size_t total = 0;
  constexpr std::chrono::milliseconds a_while{100};
  const auto end = std::chrono::steady_clock::now() + max_wait;
  while (!stop.stop_requested()) {
    const auto done = derive_batch(pace_.next());
    if (rebuild_is_due_) {
      rebuild_if_due();
      continue;
    }
    pace_.done(done);
    total += done.taken;
    if (done.has_more) continue;
    if (!is_another_at_it_) break;  // does not wait for an empty queue: during intake it never is
    if (std::chrono::steady_clock::now() > end) break;
    std::this_thread::sleep_for(a_while);
  }
  return total;
}

std::vector<difference> deriver::check() {
  std::vector<difference> found;
  const auto derive_the_queue = [&](transaction& work) {
    derive_all(work, settings_);
    return true;
  };
  derive_shadow(session_.unlimited(), settings_, derive_the_queue,
                [&](transaction& work) { found = query<difference>(work, sql::derivation::shadow_difference, 100); });
  return found;
}

std::size_t deriver::rebuild() { return rebuild(false); }
std::size_t deriver::rebuild_if_due() { return rebuild(true); }

std::size_t deriver::rebuild(bool only_if_due) {
  std::size_t rows = 0;
  const auto forget_the_queue = [&](transaction& work) {
    if (only_if_due && derived_version(work) >= derivation_version) return false;
    execute(work, sql::derivation::forget_touched);
    return true;
  };
  derive_shadow(session_.unlimited(), settings_, forget_the_queue, [&](transaction& work) {
    rows = query_one<std::size_t>(work, sql::derivation::shadow_apply);
    execute(work, sql::derivation::write_rules, settings_.fingerprint, derivation_version,
            groups_as_json(settings_.blame.names));
    run_script(work, sql::derivation::shadow_drop);
  });
  return rows;
}

std::string deployment_id(const thing_id& thing, const place& where) {
  return row_id({thing.source, thing.subject, where.service, where.environment});
}

}
