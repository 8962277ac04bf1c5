#pragma once
// Derives the timeline's tables from events. Several daemons may share one database: one derives at a time, a
// derivation that is killed is repeated, and the result does not depend on the order of arrival.
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "daemon/database/session.hpp"
#include "daemon/timeline/artifacts.hpp"
#include "daemon/timeline/blame.hpp"
#include "daemon/timeline/join.hpp"
#include "daemon/timeline/policy.hpp"
#include "daemon/timeline/stack.hpp"

namespace releasehealth::ledger {

struct derive_settings {
  blame_settings blame;
  stack_settings stack;
  join_settings joins;
  image_rules images;
  policy decisions;
  std::string fingerprint;                         ///< hash of the configuration; a rebuild is needed if it changes
  std::int64_t max_names = 1000;                   ///< cardinality limit of unconfigured names (interface.md §5)
  duration rollout_window = std::chrono::days{7};  ///< for all environments of a group (figures.md section 17)
  duration duration_cap = std::chrono::hours{72};  ///< of an open stretch without reported work (figures.md §8)
};

/// A row that differs between the stored tables and a derivation from the events.
struct difference {
  std::string table;
  std::string side;  ///< stored or derived
  std::string row;
};

/// A position in the queue when it is read service by service.
struct queue_position {
  std::string service;
  std::int64_t n = 0;
  auto operator<=>(const queue_position&) const = default;
};

/// The result of a step.
struct derived {
  std::size_t taken = 0;         ///< queue entries
  bool has_more = false;         ///< the queue may hold more entries, from before or from this step
  std::size_t folded_names = 0;  ///< new names beyond max_names
  queue_position next = {};      ///< after the entries taken service by service; the beginning after the last one
};

/// Which entries one step takes from the queue.
struct step_size {
  static constexpr std::int64_t usual = 5000;
  std::int64_t things = usual;
  std::optional<queue_position> position = {};  ///< service by service after this position; unset: the oldest entries
};

/// The sizes of steps for a long queue, after an import. Each step reads the stacks of the targets that it touches, so
/// a few large steps, service by service, cost less than many small ones. The first step is small: PostgreSQL analyzes
/// the tables after it.
class bulk_pace {
 public:
  step_size next();
  void done(const derived& d) { next_ = d.next; }
  static constexpr std::int64_t bulk_things = 50'000;

 private:
  bool has_begun_ = false;
  queue_position next_;
};

/// When PostgreSQL analyzes the tables: each time they double. Without statistics it plans for few rows, and such a
/// plan takes minutes on many; autovacuum runs too late for an import.
class count_pace {
 public:
  bool is_due(std::size_t derived);

 private:
  std::size_t total_ = 0, next_ = 1000;
};

struct long_walks;

/// The timeline's only writer within this program. Used by one thread at a time; throws postgres_failure.
class deriver {
 public:
  deriver(session, derive_settings);
  ~deriver();
  deriver(deriver&&) noexcept;
  deriver& operator=(deriver&&) noexcept;

  /// Derives queued entries in one transaction of at most that size. Derives nothing if another daemon holds the lock,
  /// if a newer program has migrated the schema or derived (that program then derives), or while a rebuild is due.
  derived derive_batch(step_size = {});
  /// Reports announced deployments that are due as succeeded and, every hour, the silence of joined incidents whose
  /// lead is no longer reported on. The next batch derives these reports.
  void report_due(timestamp now);
  /// Whether derive_batch() found the schema or the derivation_version of a newer program.
  bool schema_is_newer() const { return schema_is_newer_; }
  /// Whether derive_batch() found rows of an older derivation_version, which rebuild() replaces.
  bool rebuild_is_due() const { return rebuild_is_due_; }
  /// Derives in batches until no entry from before the last step is left, or until the stop is requested. While another
  /// daemon derives, waits for at most `max_wait`. Rebuilds if a rebuild is due. Returns the number of entries.
  std::size_t derive(const std::stop_token& = {});
  static constexpr std::chrono::minutes max_wait{10};

  /// Derives everything again into shadow tables and writes the rows that differ, in one transaction: readers see the
  /// old rows until it commits. Returns the number of rows that differed.
  std::size_t rebuild();
  /// Rebuilds if a rebuild is still due once the lock is held, because another daemon may have rebuilt meanwhile.
  std::size_t rebuild_if_due();
  /// Derives everything again into shadow tables and compares them. Returns at most 100 differences.
  std::vector<difference> check();

 private:
  struct connected;
  connected& ready();
  std::size_t rebuild(bool only_if_due);
  session session_;
  derive_settings settings_;
  std::unique_ptr<connected> connected_;
  std::unique_ptr<long_walks> walks_;
  bulk_pace pace_;
  count_pace counting_;
  std::optional<timestamp> looked_for_silence_;
  bool schema_is_newer_ = false;
  bool rebuild_is_due_ = false;
  bool is_another_at_it_ = false;  ///< at the last batch: another daemon held a lock
};

/// Whether anything was ever derived, so that there are figures to show. Throws postgres_failure.
bool is_derived(const session&);

/// The id of a deployment in lists and URLs. It is a hash of the arguments, so a rebuild does not change it.
std::string deployment_id(const thing_id&, const place&);

}
