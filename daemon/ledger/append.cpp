#include "daemon/ledger/append.hpp"

#include <map>

#include "collectors/base/crypto.hpp"
#include "collectors/fields.hpp"
#include "daemon/database/failure.hpp"
#include "daemon/ledger/append_rows.hpp"
#include "daemon/ledger/placement.hpp"
#include "sql/ledger.hpp"

namespace releasehealth::ledger {
namespace {

/// The new rows of an entry.
struct written {
  std::size_t accepted = 0;
  std::int64_t delivery = 0;
  std::vector<claim> claims = {};
};

// Two daemons that insert the same events in different orders: PostgreSQL aborts one transaction, which is retried.
bool is_conflict_of_transactions(const postgres_failure& e) { return e.state() == "40P01" || e.state() == "40001"; }

constexpr int max_conflicts = 5;

// The cause of a failed statement.
enum class fault { of_data, of_postgres, unknown };

// SQLSTATE classes of the data: values, constraints and program limits (a row too large for an index page, a document
// nested too deep). Connections, permissions, resources and shutdowns have a named reason and do not depend on the
// data.
fault fault_of(const postgres_failure& e) {
  const std::string_view state = e.state();
  for (const std::string_view data : {"22", "23", "54"})
    if (state.starts_with(data)) return fault::of_data;
  return state.empty() || reason_of(e) != "other" ? fault::of_postgres : fault::unknown;
}

}

struct appender::connected {
  ledger::connection connection;
  bool is_durable = true;
  explicit connected(const session& s) : connection(s) {
    transaction work(connection, transaction::by_statement);
    const auto is = query_one<durability_row>(work, sql::ledger::durability);
    if (!is.commits_wait) run_script(work, sql::ledger::commit_durably);
    is_durable = is.has_fsync;
    connection.prepare_statements();
  }

  /// The new rows of each entry; a duplicate delivery has no element.
  std::map<std::size_t, written> write(std::span<const entry* const> all, const std::vector<std::size_t>& which) {
    transaction work(connection, transaction::by_statement);
    return insert(work, all, which);
  }

  static std::map<std::size_t, written> insert(transaction& work, std::span<const entry* const> given,
                                               std::vector<std::size_t> which) {
    std::deque<entry> copies;
    const auto all = place_entries(work, given, which, copies);
    std::erase_if(which, [&](std::size_t i) { return !all[i]; });
    std::vector<delivery_row> deliveries;
    std::vector<event_row> events;
    deliveries.reserve(which.size());
    for (const auto i : which) {
      const auto position = static_cast<std::int64_t>(deliveries.size()) + 1;
      for (const auto& e : all[i]->events) events.emplace_back(*all[i], e, position);
      deliveries.emplace_back(*all[i]);
    }
    std::map<std::size_t, written> fresh;
    for (const auto& row : query<appended_row>(work, sql::ledger::append, by_column(deliveries), by_column(events)))
      fresh[which[row.position - 1]] = {row.events, row.delivery, {}};
    announce(work, all, fresh);
    find_claims(work, all, fresh);
    return fresh;
  }

  // A separate statement, because few deployments are announced: within the append it would slow down every delivery.
  static void announce(transaction& work, std::span<const entry* const> all,
                       const std::map<std::size_t, written>& fresh) {
    std::vector<announced_row> rows;
    for (const auto& [i, is] : fresh)
      for (const auto& e : all[i]->events)
        if (e.type == event_type::deployment && e.fields.contains("due_at") &&
            text_at(e.fields, "/state") == word(deployment_state::pending))
          rows.push_back({source_of(*all[i], e), storable_id(e.id), is.delivery});
    if (!rows.empty()) execute(work, sql::ledger::announce, by_column(rows));
  }

  // Usually every event is new, and no query is needed.
  static void find_claims(transaction& work, std::span<const entry* const> all, std::map<std::size_t, written>& fresh) {
    std::vector<doubtful_row> rows;
    for (const auto& [i, is] : fresh) {
      if (is.accepted == all[i]->events.size()) continue;
      const auto sender = text_at(all[i]->headers, "/:token");
      for (const auto& e : all[i]->events)
        rows.push_back({static_cast<std::int64_t>(i), is.delivery, source_of(*all[i], e), storable_id(e.id), e.type,
                        storable_id(e.subject), &e.fields, sender});
    }
    if (rows.empty()) return;
    for (auto& row : query<claim_row>(work, sql::ledger::claimed_events, by_column(rows)))
      fresh[row.position].claims.push_back(std::move(row.is));
  }

  /// Whether PostgreSQL stores a valid delivery with one event. The transaction is rolled back.
  bool takes_writes(const entry& like) {
    entry harmless;
    harmless.source = like.source.size() <= max_name && is_storable(like.source) ? like.source : "probe";
    harmless.key = "probe-" + sha256_hex(like.key);
    harmless.received_at = like.received_at;
    auto& e = harmless.events.emplace_back();
    e.id = e.subject = harmless.key;
    e.reports(thing_type::work);
    e.time = like.received_at;
    const entry* one = &harmless;
    try {
      transaction work(connection);
      insert(work, {&one, 1}, {0});
      return true;
    } catch (const postgres_failure&) {
      return false;
    }
  }
};

appender::appender(session s) : session_(std::move(s)) {}
appender::~appender() = default;
appender::appender(appender&&) noexcept = default;

// Stores a rejected delivery without its events as a dead-letter delivery, so that it can be replayed.
result<stored> appender::bury(const entry& refused, const std::string& why) {
  if (refused.outcome == "dead" || refused.is_whole) return error(errc::malformed, why);
  entry dead = refused;
  dead.outcome = "dead";
  dead.detail = why;
  dead.events.clear();
  auto kept = append({dead}).front();
  if (kept) kept->refused = why;
  return kept;
}

bool appender::probe() {
  failure_ = {};
  try {
    if (!connected_) connected_ = std::make_unique<connected>(session_);
    connected_->write({}, {});
    return true;
  } catch (const postgres_failure& e) {
    connected_.reset();
    failure_ = reason_of(e);
    return false;
  }
}

std::vector<result<stored>> appender::append(const std::vector<entry>& all) {
  std::vector<const entry*> pointers;
  pointers.reserve(all.size());
  for (const auto& e : all) pointers.push_back(&e);
  return append(std::span<const entry* const>(pointers));
}

void appender::store(std::span<const entry* const> all, const std::vector<std::size_t>& distinct,
                     std::vector<result<stored>>& out) {
  const auto give_up = [&](const std::vector<std::size_t>& which, const std::exception& e) {
    connected_.reset();
    failure_ = reason_of(e);
    const error why = error(errc::unavailable, "PostgreSQL is unavailable (" + std::string(failure_) + ")")
                          .logged_as(description_of(e));
    for (const auto i : which) out[i] = why;
  };
  int conflicts = 0;
  bool has_stored = false;  // a part of this batch was stored: PostgreSQL accepts writes, so a rejection is the data's
  std::vector<std::vector<std::size_t>> open = {distinct};
  while (!open.empty()) {
    const auto which = std::move(open.back());
    open.pop_back();
    if (which.empty()) continue;
    try {
      if (!connected_) connected_ = std::make_unique<connected>(session_);
      is_durable_ = connected_->is_durable;
      auto fresh = connected_->write(all, which);
      for (const auto i : which) {
        const auto found = fresh.find(i);
        auto is = found == fresh.end() ? written() : std::move(found->second);
        out[i] =
            stored{is.accepted, all[i]->events.size() - is.accepted, found == fresh.end(), std::move(is.claims), {}};
      }
      has_stored = true;
    } catch (const postgres_failure& e) {
      if (is_conflict_of_transactions(e) && ++conflicts <= max_conflicts) {
        open.push_back(which);
      } else if (fault_of(e) == fault::of_postgres) {
        give_up(which, e);  // a COMMIT in doubt as well: a retry is recognized as a duplicate by its key
      } else if (which.size() == 1) {
        const auto& one = *all[which.front()];
        if (fault_of(e) == fault::of_data || has_stored || (connected_ && connected_->takes_writes(one))) {
          out[which.front()] = bury(one, description_of(e));
        } else {
          give_up(which, e);
          for (const auto& rest : std::exchange(open, {})) give_up(rest, e);  // PostgreSQL rejects everything
        }
      } else {
        const auto middle = which.begin() + static_cast<std::ptrdiff_t>(which.size() / 2);
        open.emplace_back(middle, which.end());
        open.emplace_back(which.begin(), middle);
      }
    }
  }
}

std::vector<result<stored>> appender::append(std::span<const entry* const> all) {
  failure_ = {};
  std::vector<result<stored>> out(all.size(), stored{});
  std::vector<std::size_t> distinct;  // one entry for each (source, key)
  std::map<std::pair<std::string, std::string>, std::size_t> seen;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (seen.emplace(std::pair(all[i]->source, all[i]->key), i).second) distinct.push_back(i);
  store(all, distinct, out);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto original = seen[std::pair(all[i]->source, all[i]->key)];
    if (original == i) continue;
    if (out[original])
      out[i] = stored{0, all[i]->events.size(), true, {}, {}};
    else
      out[i] = out[original].error();
  }
  return out;
}

}
