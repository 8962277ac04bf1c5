#include "daemon/queries/reads.hpp"

#include <algorithm>
#include <atomic>

#include "collectors/words.hpp"
#include "daemon/queries/reading.hpp"
#include "daemon/queries/rows.hpp"
#include "daemon/system/worker.hpp"
#include "daemon/timeline/derivation_version.hpp"
#include "sql/figures.hpp"
#include "sql/queries.hpp"

namespace releasehealth::ledger {

reader::reader(const session& s, int sessions)
    : session_(s.reading()), other_(sessions > 1 ? std::make_unique<reader>(s) : nullptr) {
  if (other_) other_->thread_ = std::make_unique<worker>(thread_name("figures"));
}
reader::reader(transaction& enclosing) : enclosing_(&enclosing) {}
reader::~reader() = default;
reader::reader(reader&&) noexcept = default;

void reader::limit(std::chrono::milliseconds statement_timeout) {
  if (other_) other_->limit(statement_timeout);
  if (std::exchange(session_.statement_timeout, statement_timeout) != statement_timeout) connected_.reset();
}

void reader::at_one_instant(const std::function<void(reader&)>& ask) {
  if (enclosing_) return ask(*this);
  in(transaction::one_instant, [&](transaction& work) {
    reader here(work);
    here.may_keep_plans_ = true;
    here.second_ = other_.get();
    ask(here);
  });
}

void reader::ask_all(const std::vector<std::function<void(reader&)>>& questions, bool side_by_side) {
  std::atomic<std::size_t> next = 0;
  const auto ask = [&](reader& asked) {
    for (std::size_t n = 0; (n = next++) < questions.size();) questions[n](asked);
  };
  if (!second_ || !side_by_side) return ask(*this);
  const auto instant = enclosing_->export_instant();
  auto others = second_->thread_->start([&] {
    second_->in(transaction::one_instant, [&](transaction& work) {
      work.see_instant(instant);
      reader here(work);
      ask(here);
    });
  });
  try {
    ask(*this);
  } catch (...) {  // the other thread's snapshot is valid only while this transaction is open
    next = questions.size();
    others.wait();
    throw;
  }
  others.get();
}

void reader::keep_plans(bool keep) {
  if (may_keep_plans_) enclosing_->keep_plans(keep);
}

bool reader::answers() noexcept {
  try {
    return read([](transaction& work) { return query_one<int>(work, "SELECT 1") == 1; });
  } catch (const std::exception&) {
    return false;
  }
}

std::map<place, place_state> reader::places() {
  return read([](transaction& work) {
    std::map<place, place_state> all;
    for (auto& known : query<known_place>(work, sql::queries::places))
      all.emplace(std::move(known.where), std::move(known.is));
    return all;
  });
}

/// A row of derived_names.sql.
struct stored_names {
  std::vector<std::string> productions;
  std::optional<json::object> groups;
};
BOOST_DESCRIBE_STRUCT(stored_names, (), (productions, groups))

derived_names reader::names() {
  return read([](transaction& work) {
    const auto stored = query_one<stored_names>(work, sql::queries::derived_names);
    derived_names all;
    all.productions.insert(stored.productions.begin(), stored.productions.end());
    if (stored.groups) all.groups = groups_in(*stored.groups);
    return all;
  });
}

std::string reader::state_of_places() {
  return read([](transaction& work) { return query_one<std::string>(work, sql::queries::state_of_places); });
}

extent reader::first_known(timestamp earliest) {
  return read([&](transaction& work) { return query_one<extent>(work, sql::figures::first_known, earliest); });
}

std::vector<unjoined_count> reader::unjoined_incidents(const std::vector<std::string>& sources) {
  if (sources.empty()) return {};
  return read(
      [&](transaction& work) { return query<unjoined_count>(work, sql::queries::unjoined_incidents, sources); });
}

bool rhythm::is_silent(timestamp now) const {
  constexpr std::int64_t enough = 20;
  constexpr double factor = 3, at_least = 86400;
  return last_at && deliveries >= enough && in_seconds(now - *last_at) > std::max(factor * gap_s, at_least);
}

std::vector<rhythm> reader::rhythms(const std::vector<std::string>& sources) {
  if (sources.empty()) return {};
  return read([&](transaction& work) {
    return query<rhythm>(work, sql::queries::rhythms, sources, in_seconds(rhythm::look_back));
  });
}

std::vector<seen_service> reader::seen_services(timestamp since) {
  return read([&](transaction& work) { return query<seen_service>(work, sql::queries::seen_services, since); });
}

ledger_counts reader::counts(std::int64_t max_names) {
  return read([&](transaction& work) {
    return query_one<ledger_counts>(work, sql::queries::counts, max_names, derivation_version);
  });
}

database_health reader::health() {
  return read([](transaction& work) { return query_one<database_health>(work, sql::queries::database_health); });
}

namespace {

// Rewrites PostgreSQL's times with an offset to RFC 3339 in UTC.
void write_times(json::value& fields);
void write_times(json::object& fields) {
  for (auto& [name, v] : fields) {
    const bool is_time =
        name.ends_with("_at") || name == "from" || name == "until" || name == "begins" || name == "ends";
    if (const auto instant = is_time && v.is_string() ? parse_time(std::string_view(v.get_string())) : std::nullopt)
      v = format_time(*instant);
    else
      write_times(v);
  }
}
void write_times(json::value& fields) {
  if (fields.is_object()) write_times(fields.get_object());
  if (fields.is_array())
    for (auto& v : fields.get_array()) write_times(v);
}

}

std::vector<json::object> with_times(std::vector<json::object> all) {
  for (auto& one : all) write_times(one);
  return all;
}

namespace {

// A field as JSON according to the column's type; types other than booleans, integers and times become text.
json::value value_of(const field& f, std::uint32_t type) {
  if (!f) return nullptr;
  switch (type) {
    case binary_array::boolean: return *f == "t";
    case binary_array::int2:
    case binary_array::int4:
    case binary_array::int8: {
      std::int64_t number = 0;
      codec<std::int64_t>::read(*f, number);
      return number;
    }
    case binary_array::timestamptz: {
      std::string written(*f);  // 2026-11-03 10:15:00.5+00, or +05:30: in the session's time zone
      constexpr std::size_t hours_only = 3;
      if (const auto space = written.find(' '); space != written.npos) written[space] = 'T';
      if (written.size() - std::min(written.find_last_of("+-"), written.size()) == hours_only) written += ":00";
      const auto parsed = parse_time(written);
      return parsed ? json::value(format_time(*parsed)) : json::value(written);
    }
    default: return json::value(*f);  // NOLINT(modernize-return-braced-init-list): that would be an array
  }
}

}

list_page reader::list(std::string_view statement, const json::object& filters, const json::value& last_key,
                       std::int64_t most) {
  return read([&](transaction& work) {
    const auto last = last_key.is_null() ? std::optional<std::string>() : json::serialize(last_key);
    const auto found = ask(work, statement, parameters::list(filters, last, most));
    list_page page{{found.columns().begin(), found.columns().end()}, {}};
    found.each([&](std::span<const field> fields) {
      auto& out = page.rows.emplace_back();
      for (std::size_t c = 0; c < fields.size(); ++c) out[page.columns[c]] = value_of(fields[c], found.type(c));
    });
    return page;
  });
}

namespace {

std::string time_or_infinity(timestamp t) { return t == timestamp::max() ? "infinity" : format_time(t); }

}

std::vector<decided_deployment> reader::decisions(timestamp begin, timestamp end, const std::string& service) {
  return read([&](transaction& work) {
    return query<decided_deployment>(work, sql::queries::decisions, time_or_infinity(begin), time_or_infinity(end),
                                     service);
  });
}

std::vector<json::object> reader::find_incidents(const std::string& name) {
  return read(
      [&](transaction& work) { return with_times(query<json::object>(work, sql::queries::find_incidents, name)); });
}

std::vector<json::object> reader::find_deployments(const std::string& name) {
  return read(
      [&](transaction& work) { return with_times(query<json::object>(work, sql::queries::find_deployments, name)); });
}

std::vector<stored_event> reader::events_about(thing_type thing, const std::string& source,
                                               const std::string& subject) {
  return read(
      [&](transaction& work) { return query<stored_event>(work, sql::queries::events_about, thing, source, subject); });
}

std::vector<reported_name> reader::reported_names() {
  return read([](transaction& work) { return query<reported_name>(work, sql::queries::reported_names); });
}

std::vector<reported_thing> reader::reported_things(timestamp since, std::int64_t most) {
  return read(
      [&](transaction& work) { return query<reported_thing>(work, sql::queries::reported_things, since, most); });
}

std::vector<reported_tag> reader::reported_tags(timestamp since, std::int64_t most) {
  return read([&](transaction& work) { return query<reported_tag>(work, sql::queries::reported_tags, since, most); });
}

std::vector<stored_event> reader::events_after(const std::optional<stored_event>& last) {
  return read([&](transaction& work) {
    const auto last_time = last ? last->received_at.time_since_epoch().count() : -1;
    return query<stored_event>(work, sql::queries::export_events, last_time, last ? last->told.source : std::string(),
                               last ? last->told.id : std::string());
  });
}

std::vector<json::object> reader::source_journals(timestamp since) {
  return read(
      [&](transaction& work) { return with_times(query<json::object>(work, sql::queries::source_journals, since)); });
}

std::vector<bool> reader::have_reported(const std::vector<std::string>& sources, const std::vector<std::string>& things,
                                        const std::vector<std::string>& fields) {
  return read([&](transaction& work) {
    std::vector<bool> all;
    for (const auto has : query<bool>(work, sql::queries::have_reported, sources, things, fields)) all.push_back(has);
    return all;
  });
}

}
