#include "daemon/queries/reads.hpp"

#include <algorithm>
#include <atomic>
#include <future>

#include "daemon/queries/reading.hpp"
#include "daemon/timeline/derivation_version.hpp"
#include "sql/figures.hpp"
#include "sql/queries.hpp"

namespace releasehealth::ledger {

reader::reader(const session& s, int sessions)
    : session_(s.reading()), other_(sessions > 1 ? std::make_unique<reader>(s) : nullptr) {}
reader::reader(transaction& within) : within_(&within) {}
reader::~reader() = default;
reader::reader(reader&&) noexcept = default;

void reader::limit(std::chrono::milliseconds statement_timeout) {
  if (other_) other_->limit(statement_timeout);
  if (std::exchange(session_.statement_timeout, statement_timeout) != statement_timeout) connected_.reset();
}

void reader::at_one_instant(const std::function<void(reader&)>& ask) {
  if (within_) return ask(*this);
  in(transaction::one_instant, [&](transaction& work) {
    reader here(work);
    here.may_keep_plans_ = true;
    here.beside_ = other_.get();
    ask(here);
  });
}

void reader::ask_all(const std::vector<std::function<void(reader&)>>& questions, bool side_by_side) {
  std::atomic<std::size_t> next = 0;
  const auto ask = [&](reader& of) {
    for (std::size_t n = 0; (n = next++) < questions.size();) questions[n](of);
  };
  if (!beside_ || !side_by_side) return ask(*this);
  const auto instant = within_->export_instant();
  auto others = std::async(std::launch::async, [&] {
    beside_->in(transaction::one_instant, [&](transaction& work) {
      work.see_instant(instant);
      reader here(work);
      ask(here);
    });
  });
  try {
    ask(*this);
  } catch (...) {  // the state is there for as long as this transaction
    next = questions.size();
    others.wait();
    throw;
  }
  others.get();
}

void reader::keep_plans(bool keep) {
  if (may_keep_plans_) within_->keep_plans(keep);
}

bool reader::answers() noexcept {
  try {
    return read([](transaction& work) { return !run(work, "SELECT 1").empty(); });
  } catch (const std::exception&) {
    return false;
  }
}

std::map<place, place_state> reader::places() {
  return read([](transaction& work) {
    std::map<place, place_state> all;
    for (const auto& row : run(work, sql::queries::places))
      all[{text(row[0]), text(row[1])}] = {row[2].as<std::int64_t>(), text(row[3])};
    return all;
  });
}

std::string reader::state_of_places() {
  return read([](transaction& work) { return text(run(work, sql::queries::state_of_places)[0][0]); });
}

extent reader::first_known(timestamp earliest) {
  return read([&](transaction& work) {
    const auto row = run(work, sql::figures::first_known, format_time(earliest))[0];
    return extent{time_from_microseconds(row[0]), row[1].as<bool>()};
  });
}

ledger_counts reader::counts(std::int64_t max_names) {
  return read([&](transaction& work) {
    const auto row = run(work, sql::queries::counts, max_names, derivation_version)[0];
    const auto whole = [&](pqxx::row_size_type column) { return row[column].as<std::int64_t>(); };
    return ledger_counts{whole(0), whole(1), whole(2), whole(3), whole(4), whole(5), whole(6), text(row[7])};
  });
}

namespace {

// PostgreSQL writes times with an offset; here they are written as everywhere.
void write_times(json::value& in) {
  if (in.is_array()) {
    for (auto& v : in.get_array()) write_times(v);
  } else if (in.is_object()) {
    for (auto& [name, v] : in.get_object()) {
      const bool is_time =
          name.ends_with("_at") || name == "from" || name == "until" || name == "begins" || name == "ends";
      if (const auto at = is_time && v.is_string() ? parse_time(std::string_view(v.get_string())) : std::nullopt)
        v = format_time(*at);
      else
        write_times(v);
    }
  }
}

}

std::vector<json::object> read_objects(const pqxx::result& rows) {
  std::vector<json::object> out;
  for (const auto& row : rows) {
    json::value found = json_object(row[0]);
    write_times(found);
    out.push_back(std::move(found.get_object()));
  }
  return out;
}

namespace {

// By the column's type: what is neither a truth, a number, a time nor a document is text.
json::value value_of(const pqxx::field& f) {
  enum : pqxx::oid { boolean = 16, int8 = 20, int2 = 21, int4 = 23, timestamptz = 1184 };
  if (f.is_null()) return nullptr;
  switch (f.type()) {
    case boolean: return f.as<bool>();
    case int2:
    case int4:
    case int8: return f.as<std::int64_t>();
    case timestamptz: {
      std::string at = f.c_str();  // 2026-11-03 10:15:00.5+00, or +05:30: as the session's zone has it
      constexpr std::size_t hours_only = 3;
      if (const auto space = at.find(' '); space != at.npos) at[space] = 'T';
      if (at.size() - std::min(at.find_last_of("+-"), at.size()) == hours_only) at += ":00";
      const auto parsed = parse_time(at);
      return parsed ? json::value(format_time(*parsed)) : json::value(at);
    }
    default: return json::value(text(f));  // NOLINT(modernize-return-braced-init-list): that would be an array
  }
}

}

list_page reader::list(std::string_view statement, const json::object& filters, const json::value& after,
                       std::int64_t most) {
  return read([&](transaction& work) {
    const auto last = after.is_null() ? std::optional<std::string>() : json::serialize(after);
    const auto rows = run(work, statement, json::serialize(filters), last, most);
    list_page page;
    for (pqxx::row_size_type c = 0; c < rows.columns(); ++c) page.columns.emplace_back(rows.column_name(c));
    for (const auto& row : rows) {
      auto& out = page.rows.emplace_back();
      for (const auto& f : row) out[f.name()] = value_of(f);
    }
    return page;
  });
}

namespace {

std::string time_or_infinity(timestamp t) { return t == timestamp::max() ? "infinity" : format_time(t); }

}

std::vector<decided_deployment> reader::decisions(timestamp begin, timestamp end, const std::string& service) {
  return read([&](transaction& work) {
    std::vector<decided_deployment> all;
    for (const auto& row : run(work, sql::queries::decisions, time_or_infinity(begin), time_or_infinity(end), service))
      all.push_back({.where = {text(row["service"]), text(row["environment"])},
                     .subject = text(row["subject"]),
                     .version = text(row["version"]),
                     .finished_at = *time_from_microseconds(row["finished_at"]),
                     .decided = {text(row["kind"]), text(row["kind_reason"]), text(row["kind_evidence"])}});
    return all;
  });
}

std::vector<json::object> reader::find_incidents(const std::string& name) {
  return read([&](transaction& work) { return read_objects(run(work, sql::queries::find_incidents, name)); });
}

std::vector<json::object> reader::find_deployments(const std::string& name) {
  return read([&](transaction& work) { return read_objects(run(work, sql::queries::find_deployments, name)); });
}

namespace {

stored_event read_stored(const pqxx::row& row) {
  stored_event e;
  e.received_at = *time_from_microseconds(row["received_at"]);
  e.told.source = text(row["source"]);
  e.told.id = text(row["id"]);
  e.told.type = text(row["type"]);
  e.told.thing = text(row["thing"]);
  e.told.subject = text(row["subject"]);
  e.told.time = *time_from_microseconds(row["time"]);
  e.told.is_override = row["is_override"].as<bool>();
  e.told.fields = json_object(row["fields"]);
  return e;
}

}

std::vector<stored_event> reader::events_about(const std::string& thing, const std::string& source,
                                               const std::string& subject) {
  return read([&](transaction& work) {
    std::vector<stored_event> out;
    for (const auto& row : run(work, sql::queries::events_about, thing, source, subject))
      out.push_back(read_stored(row));
    return out;
  });
}

std::vector<stored_event> reader::events_after(const std::optional<stored_event>& last) {
  return read([&](transaction& work) {
    const auto after = last ? last->received_at.time_since_epoch().count() : -1;
    std::vector<stored_event> out;
    for (const auto& row : run(work, sql::queries::export_events, std::int64_t{after},
                               last ? last->told.source : std::string(), last ? last->told.id : std::string()))
      out.push_back(read_stored(row));
    return out;
  });
}

}
