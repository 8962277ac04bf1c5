#include "daemon/ledger/retention.hpp"

#include <string>
#include <vector>

#include "collectors/base/json.hpp"
#include "daemon/database/event_rows.hpp"
#include "daemon/ledger/body.hpp"
#include "daemon/ledger/person.hpp"
#include "daemon/ledger/spool.hpp"
#include "sql/ledger.hpp"

namespace releasehealth::ledger {
namespace {

constexpr int bodies_at_once = 1000, rewritten_at_once = 200;

struct stored_fields {
  std::string source, id, subject;
  std::string fields;  ///< JSON; may exceed today's depth limit
  std::int64_t delivery = 0;
};
BOOST_DESCRIBE_STRUCT(stored_fields, (), (source, id, subject, fields, delivery))

struct stored_delivery {
  std::int64_t id = 0;
  blob body;
  json::object headers;
  std::string detail;
};
BOOST_DESCRIBE_STRUCT(stored_delivery, (), (id, body, headers, detail))

struct dropped_bodies {
  std::int64_t last = 0, bodies = 0;
};
BOOST_DESCRIBE_STRUCT(dropped_bodies, (), (last, bodies))

// A body in its stored form; an emptied body stays empty.
std::string kept(const std::string& body) { return body.empty() ? body : compress(body); }

/// Erases a person within one transaction.
struct eraser {
  transaction& work;
  const person& who;
  erased out = {};
  std::vector<std::int64_t> touched = {};    ///< deliveries of rewritten events
  std::vector<std::int64_t> rewritten = {};  ///< deliveries that contained the person

  // Reads every event instead of searching in SQL: PostgreSQL folds case by its locale, which may cover ASCII only.
  void events() {
    std::string source, id;
    for (;;) {
      const auto rows = query<stored_fields>(work, sql::ledger::events_to_erase, source, id);
      if (rows.empty()) return;
      for (const auto& row : rows) {
        out.kept_names += who.is_in(row.id) || who.is_in(row.subject);
        auto fields = json::parse(row.fields, {}, deep()).as_object();
        if (!who.rewrite(fields)) continue;
        execute(work, sql::ledger::rewrite_event, row.source, row.id, fields);
        touched.push_back(row.delivery);
        ++out.events;
      }
      source = rows.back().source;
      id = rows.back().id;
    }
  }

  void deliveries() {
    for (std::int64_t last = 0;;) {
      auto rows = query<stored_delivery>(work, sql::ledger::deliveries_after, last, rewritten_at_once);
      if (rows.empty()) return;
      for (auto& row : rows) {
        last = row.id;
        const auto body = who.rewritten(decompress(row.body.bytes));
        const auto detail = who.rewritten(row.detail);
        const bool of_headers = who.rewrite(row.headers);
        if (!body && !detail && !of_headers) continue;
        rewritten.push_back(row.id);
        ++out.deliveries;
        execute(work, sql::ledger::rewrite_delivery, last, body ? blob{kept(*body)} : row.body, row.headers,
                detail.value_or(row.detail));
      }
    }
  }

  // The body of a rewritten event's delivery contains the person in some encoding. If no known encoding showed it, the
  // whole body is removed.
  void empty_the_rest() {
    out.deliveries += static_cast<std::int64_t>(execute(work, sql::ledger::empty_deliveries, touched, rewritten));
  }

  void names() {
    std::vector<known_name> gone, instead;
    for (auto& known : query<known_name>(work, sql::ledger::all_names)) {
      auto now = who.replaced(known.name);
      if (!now) continue;
      gone.push_back(known);
      known.name = std::move(*now);
      instead.push_back(std::move(known));
    }
    if (gone.empty()) return;
    execute(work, sql::ledger::forget_names, by_column(gone));
    execute(work, sql::ledger::write_names, by_column(instead));
  }

  static json::parse_options deep() {
    json::parse_options options;
    options.max_depth = 1000;  // stored events may exceed today's limit
    return options;
  }
};

}

std::int64_t drop_bodies(const session& where, timestamp cutoff) {
  ledger::connection connection(where);
  std::int64_t last = 0, all = 0;
  for (;;) {
    transaction step(connection);
    const auto dropped = query_one<dropped_bodies>(step, sql::ledger::drop_bodies, cutoff, last, bodies_at_once);
    step.commit();
    last = dropped.last;
    all += dropped.bodies;
    if (dropped.bodies == 0) return all;
  }
}

std::vector<std::string> names_of_person(const session& where, const std::string& name) {
  const person who(name, {});
  ledger::connection connection(where);
  transaction all(connection);
  std::vector<std::string> found;
  for (const auto& known : query<known_name>(all, sql::ledger::all_names))
    if (who.is_in(known.name)) found.push_back(known.kind + " \"" + known.name + '"');
  return found;
}

erased erase(const session& where, const erasure& e) {
  const person who(e.person, e.pseudonym);
  ledger::connection connection(where);
  transaction all(connection);
  eraser erasing{.work = all, .who = who};
  erasing.events();
  erasing.deliveries();
  erasing.empty_the_rest();
  erasing.names();
  const bool has_changed = erasing.out.events + erasing.out.deliveries > 0;
  if (!has_changed && e.is_again) return erasing.out;
  execute(all, sql::ledger::note_erasure, e.erased_at, e.actor, e.reason, e.pseudonym, erasing.out.events,
          erasing.out.deliveries);
  all.commit();
  return erasing.out;
}

std::size_t erase_from_spool(const std::filesystem::path& spool, const erasure& e) {
  const person who(e.person, e.pseudonym);
  return rewrite_spool(spool, [&](entry& kept, std::string& set_aside) {
    bool has_changed = who.rewrite(kept.headers);
    for (auto* text : {&kept.body, &kept.detail, &set_aside})
      if (auto now = who.rewritten(*text)) {
        *text = std::move(*now);
        has_changed = true;
      }
    for (auto& one : kept.events) has_changed = who.rewrite(one.fields) || has_changed;
    return has_changed;
  });
}

}
