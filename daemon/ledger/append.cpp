#include "daemon/ledger/append.hpp"

#include <map>

#include "collectors/fields.hpp"
#include "collectors/signature.hpp"
#include "daemon/database/binary_array.hpp"
#include "daemon/database/database.hpp"
#include "daemon/database/failure.hpp"
#include "daemon/ledger/body.hpp"
#include "daemon/ledger/placement.hpp"
#include "sql/ledger.hpp"

namespace releasehealth::ledger {
namespace {

// The columns of append.sql, in its order.
struct columns {
  binary_array source{binary_array::text}, key{binary_array::text}, received_at{binary_array::timestamptz},
      outcome{binary_array::text}, detail{binary_array::text}, headers{binary_array::text}, body{binary_array::bytea};
  binary_array position{binary_array::int8}, event_source{binary_array::text}, id{binary_array::text},
      type{binary_array::text}, thing{binary_array::text}, subject{binary_array::text}, time{binary_array::timestamptz},
      event_received_at{binary_array::timestamptz}, is_override{binary_array::text}, fields{binary_array::text};

  void add(const entry& e, std::int64_t at) {
    source.add(e.source);
    key.add(storable_id(e.key));
    received_at.add(e.received_at);
    outcome.add(e.outcome);
    detail.add(e.detail);
    headers.add(json::serialize(e.headers));
    body.add(compress(e.body));
    for (const auto& ev : e.events) {
      position.add(at);
      event_source.add(ev.source.empty() ? e.source : ev.source);
      id.add(storable_id(ev.id));
      type.add(ev.type);
      thing.add(ev.thing);
      subject.add(storable_id(ev.subject));
      time.add(ev.time);
      event_received_at.add(e.received_at);
      is_override.add(ev.is_override ? "true" : "false");
      fields.add(json::serialize(ev.fields));
    }
  }
};

/// What an entry brought.
struct written {
  std::size_t accepted = 0;
  std::int64_t delivery = 0;
  std::vector<claim> claims = {};
};

// Two daemons that insert the same events in another order: one of them is told to try again.
bool is_conflict_of_transactions(const postgres_failure& e) { return e.state() == "40P01" || e.state() == "40001"; }

constexpr int max_conflicts = 5;

// Whose fault an error is.
enum class fault { of_data, of_postgres, unknown };

// Data, constraints and limits of the program (a row that no index page holds, a document nested too deep). Connection,
// rights, resources and shutdowns have a reason of their own and are nothing that the data could change.
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
    const auto row = run(work, sql::ledger::durability)[0];
    if (!row[0].as<bool>()) run_script(work, sql::ledger::commit_durably);
    is_durable = row[1].as<bool>();
    connection.prepare_statements();
  }

  /// Per entry what is new; nothing for a duplicate delivery.
  std::map<std::size_t, written> write(std::span<const entry* const> all, const std::vector<std::size_t>& which) {
    transaction work(connection, transaction::by_statement);
    return insert(work, all, which);
  }

  static std::map<std::size_t, written> insert(transaction& work, std::span<const entry* const> given,
                                               std::vector<std::size_t> which) {
    std::deque<entry> copies;
    const auto all = place_entries(work, given, which, copies);
    std::erase_if(which, [&](std::size_t i) { return !all[i]; });
    columns c;
    for (const auto i : which) c.add(*all[i], static_cast<std::int64_t>(c.source.size()) + 1);
    const auto rows = run(work, sql::ledger::append, c.source.parameter(), c.key.parameter(), c.received_at.parameter(),
                          c.outcome.parameter(), c.detail.parameter(), c.headers.parameter(), c.body.parameter(),
                          c.position.parameter(), c.event_source.parameter(), c.id.parameter(), c.type.parameter(),
                          c.thing.parameter(), c.subject.parameter(), c.time.parameter(),
                          c.event_received_at.parameter(), c.is_override.parameter(), c.fields.parameter());
    std::map<std::size_t, written> fresh;
    for (const auto& row : rows)
      fresh[which[row[0].as<std::size_t>() - 1]] = {row[1].as<std::size_t>(), row[2].as<std::int64_t>(), {}};
    announce(work, all, fresh);
    find_claims(work, all, fresh);
    return fresh;
  }

  // Few deployments are announced: a part of the statement above would cost every delivery.
  static void announce(transaction& work, std::span<const entry* const> all,
                       const std::map<std::size_t, written>& fresh) {
    binary_array source{binary_array::text}, id{binary_array::text}, delivery{binary_array::int8};
    for (const auto& [i, is] : fresh)
      for (const auto& e : all[i]->events)
        if (e.type == "deployment" && e.fields.contains("due_at") && text_at(e.fields, "/state") == "pending") {
          source.add(e.source.empty() ? all[i]->source : e.source);
          id.add(storable_id(e.id));
          delivery.add(is.delivery);
        }
    if (source.size() > 0) run(work, sql::ledger::announce, source.parameter(), id.parameter(), delivery.parameter());
  }

  // Mostly every event is new, and nothing is asked.
  static void find_claims(transaction& work, std::span<const entry* const> all, std::map<std::size_t, written>& fresh) {
    binary_array position{binary_array::int8}, delivery{binary_array::int8}, source{binary_array::text},
        id{binary_array::text}, type{binary_array::text}, subject{binary_array::text}, fields{binary_array::text},
        token{binary_array::text};
    for (const auto& [i, is] : fresh) {
      if (is.accepted == all[i]->events.size()) continue;
      const auto by = text_at(all[i]->headers, "/:token");
      for (const auto& e : all[i]->events) {
        position.add(static_cast<std::int64_t>(i));
        delivery.add(is.delivery);
        source.add(e.source.empty() ? all[i]->source : e.source);
        id.add(storable_id(e.id));
        type.add(e.type);
        subject.add(storable_id(e.subject));
        fields.add(json::serialize(e.fields));
        token.add(by);
      }
    }
    if (position.size() == 0) return;
    for (const auto& row :
         run(work, sql::ledger::claimed_events, position.parameter(), delivery.parameter(), source.parameter(),
             id.parameter(), type.parameter(), subject.parameter(), fields.parameter(), token.parameter()))
      fresh[row[0].as<std::size_t>()].claims.push_back({text(row[1]), text(row[2]), text(row[3])});
  }

  /// Whether PostgreSQL stores a delivery and an event that nothing is wrong with. Nobody sees them: they are rolled
  /// back.
  bool takes_writes(const entry& like) {
    entry harmless;
    harmless.source = like.source.size() <= max_name && is_storable(like.source) ? like.source : "probe";
    harmless.key = "probe-" + sha256_hex(like.key);
    harmless.received_at = like.received_at;
    auto& e = harmless.events.emplace_back();
    e.id = e.subject = harmless.key;
    e.thing = e.type = "work";
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

// Without its events, which PostgreSQL rejected, a delivery is still kept for replay.
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

std::vector<result<stored>> appender::append(std::span<const entry* const> all) {
  failure_ = {};
  std::vector<result<stored>> out(all.size(), stored{});
  const auto give_up = [&](const std::vector<std::size_t>& which, const std::exception& e) {
    connected_.reset();
    failure_ = reason_of(e);
    const error why = error(errc::unavailable, "PostgreSQL is unavailable (" + std::string(failure_) + ")")
                          .logged_as(description_of(e));
    for (const auto i : which) out[i] = why;
  };
  std::vector<std::size_t> first;  // one entry for each (source, key)
  std::map<std::pair<std::string, std::string>, std::size_t> seen;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (seen.emplace(std::pair(all[i]->source, all[i]->key), i).second) first.push_back(i);

  int conflicts = 0;
  bool has_stored = false;  // something of this batch: then PostgreSQL writes, and what it rejects is to blame
  std::vector<std::vector<std::size_t>> open = {first};
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
        give_up(which, e);  // also a COMMIT in doubt: whoever tries again meets the key
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
