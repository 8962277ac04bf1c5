#include "daemon/ledger/append.hpp"

#include <map>

#include "daemon/ledger/binary_array.hpp"
#include "daemon/ledger/body.hpp"
#include "daemon/ledger/database.hpp"
#include "daemon/ledger/failure.hpp"
#include "sql.hpp"

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
    key.add(e.key);
    received_at.add(e.received_at);
    outcome.add(e.outcome);
    detail.add(e.detail);
    headers.add(json::serialize(e.headers));
    body.add(compress(e.body));
    for (const auto& ev : e.events) {
      position.add(at);
      event_source.add(ev.source.empty() ? e.source : ev.source);
      id.add(ev.id);
      type.add(ev.type);
      thing.add(ev.thing);
      subject.add(ev.subject);
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
bool is_conflict_of_transactions(const pqxx::sql_error& e) {
  return e.sqlstate() == "40P01" || e.sqlstate() == "40001";
}

constexpr int max_conflicts = 5;

// Connection, rights, resources or a shutdown: nothing that the data could change.
bool is_refusal_of_data(const pqxx::sql_error& e) {
  const auto& state = e.sqlstate();
  return state.starts_with("22") || state.starts_with("23");
}

}

struct appender::connected {
  ledger::connection connection;
  bool is_durable = true;
  explicit connected(const session& s) : connection(s) {
    pqxx::nontransaction work(connection);
    const auto row = run(work, sql::ledger_durability)[0];
    if (!row[0].as<bool>()) work.exec(std::string(sql::ledger_commit_durably));
    is_durable = row[1].as<bool>();
    connection.keeps_plans = true;
  }

  /// Per entry what is new; nothing for a duplicate delivery.
  std::map<std::size_t, written> write(std::span<const entry* const> all, const std::vector<std::size_t>& which) {
    columns c;
    for (const auto i : which) c.add(*all[i], static_cast<std::int64_t>(c.source.size()) + 1);
    pqxx::nontransaction work(connection);
    const auto rows = run(work, sql::ledger_append, c.source.parameter(), c.key.parameter(), c.received_at.parameter(),
                          c.outcome.parameter(), c.detail.parameter(), c.headers.parameter(), c.body.parameter(),
                          c.position.parameter(), c.event_source.parameter(), c.id.parameter(), c.type.parameter(),
                          c.thing.parameter(), c.subject.parameter(), c.time.parameter(),
                          c.event_received_at.parameter(), c.is_override.parameter(), c.fields.parameter());
    std::map<std::size_t, written> fresh;
    for (const auto& row : rows)
      fresh[which[row[0].as<std::size_t>() - 1]] = {row[1].as<std::size_t>(), row[2].as<std::int64_t>(), {}};
    find_claims(work, all, fresh);
    return fresh;
  }

  // Mostly every event is new, and nothing is asked.
  static void find_claims(pqxx::transaction_base& work, std::span<const entry* const> all,
                          std::map<std::size_t, written>& fresh) {
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
        id.add(e.id);
        type.add(e.type);
        subject.add(e.subject);
        fields.add(json::serialize(e.fields));
        token.add(by);
      }
    }
    if (position.size() == 0) return;
    for (const auto& row :
         run(work, sql::ledger_claimed_events, position.parameter(), delivery.parameter(), source.parameter(),
             id.parameter(), type.parameter(), subject.parameter(), fields.parameter(), token.parameter()))
      fresh[row[0].as<std::size_t>()].claims.push_back({text(row[1]), text(row[2]), text(row[3])});
  }
};

appender::appender(session s) : session_(std::move(s)) {}
appender::~appender() = default;
appender::appender(appender&&) noexcept = default;

// Without its events, which PostgreSQL refused, a delivery is still kept for replay.
result<stored> appender::bury(const entry& refused, const std::string& why) {
  if (refused.outcome == "dead") return error(errc::malformed, why);
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
  } catch (const pqxx::failure& e) {
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
    for (const auto i : which) out[i] = error(errc::unavailable, description_of(e));
  };
  std::vector<std::size_t> first;  // one entry for each (source, key)
  std::map<std::pair<std::string, std::string>, std::size_t> seen;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (seen.emplace(std::pair(all[i]->source, all[i]->key), i).second) first.push_back(i);

  int conflicts = 0;
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
    } catch (const pqxx::sql_error& e) {
      if (is_conflict_of_transactions(e) && ++conflicts <= max_conflicts) {
        open.push_back(which);
      } else if (!is_refusal_of_data(e)) {
        give_up(which, e);
      } else if (which.size() == 1) {
        out[which.front()] = bury(*all[which.front()], description_of(e));
      } else {
        const auto middle = which.begin() + static_cast<std::ptrdiff_t>(which.size() / 2);
        open.emplace_back(middle, which.end());
        open.emplace_back(which.begin(), middle);
      }
    } catch (const pqxx::failure& e) {
      give_up(which, e);  // the connection, or a COMMIT in doubt: whoever tries again meets the key
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
