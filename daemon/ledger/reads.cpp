#include "daemon/ledger/reads.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "daemon/ledger/database.hpp"
#include "sql.hpp"

namespace releasehealth::ledger {

struct reader::connected {
  ledger::connection connection;
  explicit connected(const session& s) : connection(s) {}
};

reader::reader(const session& s) : session_(s.reading()) {}
reader::reader(pqxx::transaction_base& within) : within_(&within) {}
reader::~reader() = default;
reader::reader(reader&&) noexcept = default;

// After a failure the connection is dropped, and made anew by the next call.
template <class Transaction, class Work>
auto reader::in(Work work) {
  try {
    if (!connected_ || !connected_->connection.is_open()) connected_ = std::make_unique<connected>(session_);
    const end_of_kept_plans after(connected_->connection);
    Transaction transaction(connected_->connection);
    return work(transaction);
  } catch (const pqxx::failure&) {
    connected_.reset();
    throw;
  }
}

template <class Work>
auto reader::read(Work work) {
  if (within_) return work(*within_);
  return in<pqxx::nontransaction>(work);
}

void reader::at_one_instant(const std::function<void(reader&)>& ask) {
  if (within_) return ask(*this);
  in<pqxx::transaction<pqxx::isolation_level::repeatable_read>>([&](pqxx::transaction_base& work) {
    reader here(work);
    here.may_keep_plans_ = true;
    ask(here);
  });
}

void reader::keep_plans(bool keep) {
  if (may_keep_plans_) ledger::keep_plans(*within_, keep);
}

bool reader::answers() noexcept {
  try {
    return read([](pqxx::transaction_base& work) { return !work.exec("SELECT 1").empty(); });
  } catch (const std::exception&) {
    return false;
  }
}

std::map<place, place_state> reader::places() {
  return read([](pqxx::transaction_base& work) {
    std::map<place, place_state> all;
    for (const auto& row : run(work, sql::ledger_places))
      all[{text(row[0]), text(row[1])}] = {row[2].as<std::int64_t>(), text(row[3])};
    return all;
  });
}

namespace {

std::string time_or_infinity(timestamp t) { return t == timestamp::max() ? "infinity" : format_time(t); }

/// Periods and scopes as parallel arrays.
struct question {
  std::string labels, begins, ends, numbers, services, environments, crews, firsts;

  question(const std::vector<period>& periods, const std::vector<scope>& scopes) {
    std::vector<std::string> columns[8];
    for (const auto& p : periods) {
      columns[0].push_back(p.label);
      columns[1].push_back(format_time(p.begin));
      columns[2].push_back(format_time(p.end));
    }
    for (std::size_t n = 0; n < scopes.size(); ++n)
      for (const auto& p : scopes[n]) {
        columns[3].push_back(std::to_string(n));
        columns[4].push_back(p.where.service);
        columns[5].push_back(p.where.environment);
        columns[6].push_back(p.crew);
        columns[7].emplace_back(p.is_first ? "true" : "false");
      }
    std::string* const arrays[8] = {&labels, &begins, &ends, &numbers, &services, &environments, &crews, &firsts};
    for (std::size_t c = 0; c < 8; ++c) *arrays[c] = text_array(columns[c]);
  }
};

// libpqxx 6 reads numbers through a stream: that took a fifth of a full pass.
double number(const pqxx::field& f) {
  auto value = std::numeric_limits<double>::quiet_NaN();
  if (!f.is_null()) std::from_chars(f.c_str(), f.c_str() + f.size(), value);
  return value;
}

/// Columns are keys (`scope`, and where there are periods `period`), then values.
population read_population(const pqxx::result& rows, pqxx::row_size_type keys = 2) {
  population out;
  for (auto c = keys; c < rows.columns(); ++c) out.columns.emplace_back(rows.column_name(c));
  for (const auto& row : rows) {
    auto& r = out.rows.emplace_back();
    r.scope = row[0].as<std::size_t>();
    if (keys > 1) r.period = text(row[1]);
    r.values.reserve(out.columns.size());
    // an iterator goes from field to field; row[c] would count one more owner of the result each time
    for (auto at = row.begin() + static_cast<pqxx::row_difference_type>(keys), end = row.end(); at != end; ++at)
      r.values.push_back(number(at));
  }
  return out;
}

}

population reader::count(std::string_view statement, const std::vector<period>& periods,
                         const std::vector<scope>& scopes) {
  return read([&](pqxx::transaction_base& work) {
    const question q(periods, scopes);
    return read_population(run(work, statement, q.labels, q.begins, q.ends, q.numbers, q.services, q.environments));
  });
}

population reader::count(std::string_view statement, const std::vector<period>& periods,
                         const std::vector<scope>& scopes, double target_s) {
  return read([&](pqxx::transaction_base& work) {
    const question q(periods, scopes);
    return read_population(
        run(work, statement, q.labels, q.begins, q.ends, q.numbers, q.services, q.environments, target_s));
  });
}

population reader::count_work(const std::vector<period>& periods, const std::vector<scope>& scopes,
                              const std::map<std::string, std::set<std::string>>& services_of) {
  return read([&](pqxx::transaction_base& work) {
    const question q(periods, scopes);
    std::set<std::string> asked;
    for (const auto& s : scopes)
      for (const auto& p : s) asked.insert(p.crew);
    std::vector<std::string> crews, services;
    for (const auto& [crew, members] : services_of) {
      if (!asked.contains(crew)) continue;
      crews.insert(crews.end(), members.size(), crew);
      services.insert(services.end(), members.begin(), members.end());
    }
    return read_population(run(work, sql::figures_work, q.labels, q.begins, q.ends, q.numbers, q.services,
                               q.environments, q.crews, q.firsts, text_array(crews), text_array(services)));
  });
}

population reader::count_keys(std::string_view statement, const std::vector<period>& periods,
                              const std::vector<scope>& scopes, const std::vector<std::string>& keys,
                              const std::vector<std::string>& causes) {
  return read([&](pqxx::transaction_base& work) {
    const question q(periods, scopes);
    std::map<std::pair<std::size_t, std::string>, std::vector<double>> counts;
    for (std::size_t n = 0; n < scopes.size(); ++n)
      for (const auto& p : periods) counts[{n, p.label}].resize(keys.size());
    for (const auto& row :
         run(work, statement, q.labels, q.begins, q.ends, q.numbers, q.services, q.environments, text_array(causes)))
      if (const auto key = std::ranges::find(keys, text(row[2])); key != keys.end())
        counts.at({row[0].as<std::size_t>(), text(row[1])})[static_cast<std::size_t>(key - keys.begin())] =
            row[3].as<double>();
    population out{keys, {}};
    for (auto& [at, values] : counts) out.rows.push_back({at.first, at.second, std::move(values)});
    return out;
  });
}

population reader::open_incidents(const std::vector<scope>& scopes, timestamp now) {
  return read([&](pqxx::transaction_base& work) {
    const question q({}, scopes);
    return read_population(
        run(work, sql::figures_open_incidents, q.numbers, q.services, q.environments, format_time(now)), 1);
  });
}

population reader::last_deployments(const std::vector<scope>& scopes, timestamp now) {
  return read([&](pqxx::transaction_base& work) {
    const question q({}, scopes);
    return read_population(
        run(work, sql::figures_last_deployments, q.numbers, q.services, q.environments, format_time(now)), 1);
  });
}

population reader::follow_ups(const std::vector<scope>& scopes, timestamp now, double horizon_s, double review_due_s) {
  return read([&](pqxx::transaction_base& work) {
    const question q({}, scopes);
    return read_population(run(work, sql::figures_follow_ups, q.numbers, q.services, q.environments, format_time(now),
                               horizon_s, review_due_s),
                           1);
  });
}

std::vector<hotfix_months> reader::count_hotfix_months(const std::vector<scope>& scopes,
                                                       const std::vector<timestamp>& begins) {
  return read([&](pqxx::transaction_base& work) {
    const question q({}, scopes);
    std::vector<std::string> at;
    at.reserve(begins.size());
    for (const auto b : begins) at.push_back(format_time(b));
    std::vector<hotfix_months> all(scopes.size(), {std::vector<std::int64_t>(begins.size() - 1), {}});
    for (const auto& row :
         run(work, sql::figures_hotfix_months, text_array(at), q.numbers, q.services, q.environments)) {
      auto& of = all[row[0].as<std::size_t>()];
      if (const auto month = row[1].as<std::size_t>(); month > 0)
        of.hotfixes[month - 1] = row[2].as<std::int64_t>();
      else
        of.since = time_from_microseconds(row[3]);
    }
    return all;
  });
}

extent reader::first_known(timestamp earliest) {
  return read([&](pqxx::transaction_base& work) {
    const auto row = run(work, sql::figures_first_known, format_time(earliest))[0];
    return extent{time_from_microseconds(row[0]), row[1].as<bool>()};
  });
}

ledger_counts reader::counts(std::int64_t max_names) {
  return read([&](pqxx::transaction_base& work) {
    const auto row = run(work, sql::ledger_counts, max_names)[0];
    const auto whole = [&](pqxx::row_size_type column) { return row[column].as<std::int64_t>(); };
    return ledger_counts{whole(0), whole(1), whole(2), whole(3), whole(4), text(row[5])};
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

std::vector<json::object> read_objects(const pqxx::result& rows) {
  std::vector<json::object> out;
  for (const auto& row : rows) {
    json::value found = json_object(row[0]);
    write_times(found);
    out.push_back(std::move(found.get_object()));
  }
  return out;
}

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
  return read([&](pqxx::transaction_base& work) {
    const auto last = after.is_null() ? std::optional<std::string>() : json::serialize(after);
    const auto rows = run(work, statement, json::serialize(filters), last, most);
    list_page page;
    for (pqxx::row_size_type c = 0; c < rows.columns(); ++c) page.columns.emplace_back(rows.column_name(c));
    for (const auto& row : rows) {
      auto& out = page.rows.emplace_back();
      for (const auto& field : row) out[field.name()] = value_of(field);
    }
    return page;
  });
}

std::vector<decided_deployment> reader::decisions(timestamp begin, timestamp end, const std::string& service) {
  return read([&](pqxx::transaction_base& work) {
    std::vector<decided_deployment> all;
    for (const auto& row : run(work, sql::ledger_decisions, time_or_infinity(begin), time_or_infinity(end), service))
      all.push_back({.where = {text(row["service"]), text(row["environment"])},
                     .subject = text(row["subject"]),
                     .version = text(row["version"]),
                     .finished_at = *time_from_microseconds(row["finished_at"]),
                     .decided = {text(row["kind"]), text(row["kind_reason"]), text(row["kind_evidence"])}});
    return all;
  });
}

std::vector<json::object> reader::find_incidents(const std::string& name) {
  return read([&](pqxx::transaction_base& work) { return read_objects(run(work, sql::ledger_find_incidents, name)); });
}

std::vector<json::object> reader::deployment_members(const period& over, const scope& of, double target_s,
                                                     double review_due_s, const std::vector<std::string>& causes) {
  return read([&](pqxx::transaction_base& work) {
    const question q({over}, {of});
    return read_objects(run(work, sql::figures_deployment_members, format_time(over.begin), format_time(over.end),
                            q.services, q.environments, target_s, text_array(causes), review_due_s));
  });
}

std::vector<json::object> reader::incident_members(const period& over, const scope& of, double horizon_s,
                                                   double review_due_s) {
  return read([&](pqxx::transaction_base& work) {
    const question q({over}, {of});
    return read_objects(run(work, sql::figures_incident_members, format_time(over.begin), format_time(over.end),
                            q.services, q.environments, horizon_s, review_due_s));
  });
}

std::vector<json::object> reader::work_members(const period& over, const scope& of) {
  return read([&](pqxx::transaction_base& work) {
    const question q({over}, {of});
    return read_objects(run(work, sql::figures_work_members, format_time(over.begin), format_time(over.end), q.services,
                            q.environments, q.firsts));
  });
}

std::vector<json::object> reader::find_deployments(const std::string& name) {
  return read(
      [&](pqxx::transaction_base& work) { return read_objects(run(work, sql::ledger_find_deployments, name)); });
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
  return read([&](pqxx::transaction_base& work) {
    std::vector<stored_event> out;
    for (const auto& row : run(work, sql::ledger_events_about, thing, source, subject)) out.push_back(read_stored(row));
    return out;
  });
}

std::vector<stored_event> reader::events_after(const std::optional<stored_event>& last) {
  return read([&](pqxx::transaction_base& work) {
    const auto after = last ? last->received_at.time_since_epoch().count() : -1;
    std::vector<stored_event> out;
    for (const auto& row : run(work, sql::ledger_export_events, std::int64_t{after},
                               last ? last->told.source : std::string(), last ? last->told.id : std::string()))
      out.push_back(read_stored(row));
    return out;
  });
}

}
