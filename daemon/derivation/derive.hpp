#pragma once
// From events to the timeline's tables, by the protocol of which several daemons on one database take part: one derives
// at a time, what a kill interrupts is derived again, and nothing depends on the order of arrival.
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
  std::string fingerprint;                         ///< of what all of this is read from: another one asks for a rebuild
  std::int64_t max_names = 1000;                   ///< of a kind that nothing configures (interface.md §5)
  duration rollout_window = std::chrono::days{7};  ///< in which environments of a group follow (figures.md section 17)
  duration duration_cap = std::chrono::hours{72};  ///< of an open stretch that nobody reports work on (figures.md §8)
};

/// A row that differs between what is stored and what the events give.
struct difference {
  std::string table;
  std::string side;  ///< stored or derived
  std::string row;
};

/// A position in the queue, service by service.
struct queue_position {
  std::string service;
  std::int64_t n = 0;
  auto operator<=>(const queue_position&) const = default;
};

/// What a step came to.
struct derived {
  std::size_t taken = 0;         ///< queue entries
  bool has_more = false;         ///< there may be more in the queue that was touched before, or by this step
  std::size_t folded_names = 0;  ///< new names that met max_names
  queue_position next = {};      ///< behind what was taken service by service; the beginning after the last one
};

/// What one step takes of the queue.
struct step_size {
  static constexpr std::int64_t usual = 5000;
  std::int64_t things = usual;
  std::optional<queue_position> behind = {};  ///< service by service from there on; else what waits longest
};

/// Steps of a long queue, after an import. Each reads the stacks of the places that it touches, so that few large ones,
/// service by service, are cheaper than many small ones. The first one is small: after it PostgreSQL counts the tables.
class bulk_pace {
 public:
  step_size next();
  void done(const derived& d) { next_ = d.next; }
  static constexpr std::int64_t bulk_things = 50'000;

 private:
  bool has_begun_ = false;
  queue_position next_;
};

/// When PostgreSQL is to count the tables: as they double. Until it has, it plans for few rows, and such a plan takes
/// minutes over many; autovacuum comes too late for an import.
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

  /// Derives what was touched since, in one transaction of at most that size. Takes nothing also if another daemon
  /// is at it, if a newer program migrated or derives, which then does it, or while a rebuild is due.
  derived derive_batch(step_size = {});
  /// Reports the announced deployments whose time has come: they succeeded then; and every hour the joined incidents
  /// that wait for a lead of which nothing is told any more. Derived by the next batch.
  void report_due(timestamp now);
  /// Whether derive_batch() found the work of a newer program: its schema, or rows of its derivation_version.
  bool schema_is_newer() const { return schema_is_newer_; }
  /// Whether derive_batch() found rows of an older derivation_version: rebuild() replaces them.
  bool rebuild_is_due() const { return rebuild_is_due_; }
  /// The same until nothing is left of what was touched before the last step, or until it is told to stop; waits while
  /// another daemon is at it, for at most `max_wait`. Rebuilds if that is due.
  std::size_t derive(const std::stop_token& = {});
  static constexpr std::chrono::minutes max_wait{10};

  /// Derives everything again in shadow tables and writes what differs, in one transaction: readers see the old rows
  /// until it commits. Returns how many rows did.
  std::size_t rebuild();
  /// The same if it is still due once nobody else derives: several daemons may have begun.
  std::size_t rebuild_if_due();
  /// Derives everything again into shadow tables and compares. Returns at most 100 differences.
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
  bool is_another_at_it_ = false;  ///< at the last batch
};

/// Whether anything was ever derived: then there are figures to show. Throws postgres_failure.
bool is_derived(const session&);

/// What lists and URLs call a deployment: stable over a rebuild, as it follows from what it names.
std::string deployment_id(const thing_id&, const place&);

}
