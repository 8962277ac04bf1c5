#include "daemon/ledger/reads.hpp"

#include "daemon/ledger/database.hpp"
#include "sql.hpp"

namespace releasehealth::ledger {

struct reader::connected {
  pqxx::connection connection;
  explicit connected(const session& s) : connection(connect(s)) {}
};

reader::reader(const session& s) : session_(s.reading()) {}
reader::~reader() = default;
reader::reader(reader&&) noexcept = default;

template <class Work>
auto reader::read(Work work) {
  try {
    if (!connected_ || !connected_->connection.is_open()) connected_ = std::make_unique<connected>(session_);
    pqxx::nontransaction transaction(connected_->connection);
    return work(transaction);
  } catch (const pqxx::failure&) {
    connected_.reset();
    throw;
  }
}

bool reader::answers() noexcept {
  try {
    return read([](pqxx::transaction_base& work) { return !work.exec("SELECT 1").empty(); });
  } catch (const std::exception&) {
    return false;
  }
}

std::map<place, std::int64_t> reader::generations() {
  return read([](pqxx::transaction_base& work) {
    std::map<place, std::int64_t> all;
    for (const auto& row : run(work, sql::ledger_places)) all[{text(row[0]), text(row[1])}] = row[2].as<std::int64_t>();
    return all;
  });
}

population reader::count(std::string_view statement, const std::vector<period>& periods,
                         const std::set<place>& places) {
  return read([&](pqxx::transaction_base& work) {
    std::vector<std::string> labels, begins, ends;
    for (const auto& p : periods) {
      labels.push_back(p.label);
      begins.push_back(format_time(p.begin));
      ends.push_back(format_time(p.end));
    }
    const auto [services, environments] = place_arrays(places);
    const auto rows =
        run(work, statement, text_array(labels), text_array(begins), text_array(ends), services, environments);
    population out;
    for (pqxx::row_size_type c = 3; c < rows.columns(); ++c) out.columns.emplace_back(rows.column_name(c));
    for (const auto& row : rows) {
      auto& r = out.rows.emplace_back();
      r.where = {text(row[0]), text(row[1])};
      r.period = text(row[2]);
      for (pqxx::row_size_type c = 3; c < rows.columns(); ++c) r.counts.push_back(row[c].as<std::int64_t>());
    }
    return out;
  });
}

std::vector<last_deployment> reader::last_deployments(const std::set<place>& places, timestamp now) {
  return read([&](pqxx::transaction_base& work) {
    const auto [services, environments] = place_arrays(places);
    std::vector<last_deployment> out;
    for (const auto& row : run(work, sql::figures_last_deployments, services, environments, format_time(now)))
      out.push_back({{text(row[0]), text(row[1])}, text(row[2]), *time_from_microseconds(row[3])});
    return out;
  });
}

ledger_counts reader::counts() {
  return read([](pqxx::transaction_base& work) {
    const auto row = run(work, sql::ledger_counts)[0];
    return ledger_counts{row[0].as<std::int64_t>(), row[1].as<std::int64_t>()};
  });
}

std::vector<json::object> reader::find_deployments(const std::string& name) {
  return read([&](pqxx::transaction_base& work) {
    std::vector<json::object> out;
    for (const auto& row : run(work, sql::ledger_find_deployments, name)) {
      auto& d = out.emplace_back();
      for (const auto& f : row) {
        const std::string_view column = f.name();
        if (f.is_null())
          d[column] = nullptr;
        else if (column == "facts" || column == "commit_facts" || column == "overrides")
          d[column] = json_object(f);
        else if (column == "is_change")
          d[column] = f.as<bool>();
        else if (column.ends_with("_at"))
          d[column] = format_time(*time_from_microseconds(f));
        else
          d[column] = text(f);
      }
    }
    return out;
  });
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
