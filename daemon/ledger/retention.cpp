#include "daemon/ledger/retention.hpp"

#include <string>
#include <vector>

#include "collectors/json.hpp"
#include "daemon/database/database.hpp"
#include "daemon/ledger/body.hpp"
#include "daemon/ledger/person.hpp"
#include "daemon/ledger/spool.hpp"
#include "sql/ledger.hpp"

namespace releasehealth::ledger {
namespace {

constexpr int bodies_at_once = 1000, rewritten_at_once = 200;

// In PostgreSQL's text format.
std::string as_bytea(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\\x";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += digits[byte >> 4];
    out += digits[byte & 0xF];
  }
  return out;
}

// A body as it is kept; one that was emptied is no body.
std::string kept(const std::string& body) { return body.empty() ? body : compress(body); }

/// One transaction that takes a person out.
struct eraser {
  transaction& work;
  const person& who;
  erased out = {};
  std::vector<std::string> touched = {};    ///< deliveries of rewritten events
  std::vector<std::string> rewritten = {};  ///< deliveries in which the person stood

  // Every event is read: PostgreSQL folds letters as its locale says, and that may be ASCII only.
  void events() {
    std::string source, id;
    for (;;) {
      const auto rows = run(work, sql::ledger::events_to_erase, source, id);
      if (rows.empty()) return;
      for (const auto& row : rows) {
        source = text(row["source"]);
        id = text(row["id"]);
        out.kept_names += who.is_in(id) || who.is_in(text(row["subject"]));
        auto fields = json::parse(text(row["fields"]), {}, deep()).as_object();
        if (!who.rewrite(fields)) continue;
        run(work, sql::ledger::rewrite_event, source, id, json::serialize(fields));
        touched.push_back(text(row["delivery"]));
        ++out.events;
      }
    }
  }

  void deliveries() {
    for (std::int64_t last = 0;;) {
      const auto rows = run(work, sql::ledger::deliveries_after, last, rewritten_at_once);
      if (rows.empty()) return;
      for (const auto& row : rows) {
        last = row["id"].as<std::int64_t>();
        auto headers = json_object(row["headers"]);
        const auto body = who.rewritten(decompress(bytes(row["body"])));
        const auto detail = who.rewritten(text(row["detail"]));
        const bool of_headers = who.rewrite(headers);
        if (!body && !detail && !of_headers) continue;
        rewritten.push_back(text(row["id"]));
        ++out.deliveries;
        run(work, sql::ledger::rewrite_delivery, last, as_bytea(body ? kept(*body) : bytes(row["body"])),
            json::serialize(headers), detail.value_or(text(row["detail"])));
      }
    }
  }

  // What made an event holds the person in some encoding: where none was understood, all of it goes.
  void empty_the_rest() {
    out.deliveries += static_cast<std::int64_t>(
        run(work, sql::ledger::empty_deliveries, text_array(touched), text_array(rewritten)).affected_rows());
  }

  void names() {
    json::array gone, instead;
    for (const auto& row : run(work, sql::ledger::all_names)) {
      const auto now = who.replaced(text(row["name"]));
      if (!now) continue;
      json::object record = {{"kind", text(row["kind"])},
                             {"name", text(row["name"])},
                             {"received_at", format_time(*time_from_microseconds(row["received_at"]))},
                             {"source", text(row["source"])},
                             {"id", text(row["id"])}};
      gone.push_back(record);
      record["name"] = *now;
      instead.push_back(std::move(record));
    }
    if (gone.empty()) return;
    run(work, sql::ledger::forget_names, json::serialize(gone));
    run(work, sql::ledger::write_names, json::serialize(instead));
  }

  static json::parse_options deep() {
    json::parse_options options;
    options.max_depth = 1000;  // what is stored was within the limits of its time
    return options;
  }
};

}

std::int64_t drop_bodies(const session& where, timestamp before) {
  ledger::connection connection(where);
  std::int64_t last = 0, all = 0;
  for (;;) {
    transaction step(connection);
    const auto row = run(step, sql::ledger::drop_bodies, format_time(before), last, bodies_at_once).front();
    step.commit();
    last = row[0].as<std::int64_t>();
    const auto count = row[1].as<std::int64_t>();
    all += count;
    if (count == 0) return all;
  }
}

std::vector<std::string> names_of_person(const session& where, const std::string& name) {
  const person who(name, {});
  ledger::connection connection(where);
  transaction all(connection);
  std::vector<std::string> found;
  for (const auto& row : run(all, sql::ledger::all_names))
    if (who.is_in(text(row["name"]))) found.push_back(text(row["kind"]) + " \"" + text(row["name"]) + '"');
  return found;
}

erased erase(const session& where, const erasure& e) {
  const person who(e.person, e.pseudonym);
  ledger::connection connection(where);
  transaction all(connection);
  eraser from{.work = all, .who = who};
  from.events();
  from.deliveries();
  from.empty_the_rest();
  from.names();
  const bool has_changed = from.out.events + from.out.deliveries > 0;
  if (!has_changed && e.is_again) return from.out;
  run(all, sql::ledger::note_erasure, format_time(e.at), e.by, e.reason, e.pseudonym, from.out.events,
      from.out.deliveries);
  all.commit();
  return from.out;
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
