// What readers count: the statements of schema/figures.
#include <algorithm>
#include <charconv>
#include <limits>

#include "daemon/queries/reading.hpp"
#include "sql/figures.hpp"

namespace releasehealth::ledger {

namespace {

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
  return read([&](transaction& work) {
    const question q(periods, scopes);
    return read_population(run(work, statement, q.labels, q.begins, q.ends, q.numbers, q.services, q.environments));
  });
}

population reader::count(std::string_view statement, const std::vector<period>& periods,
                         const std::vector<scope>& scopes, double target_s) {
  return read([&](transaction& work) {
    const question q(periods, scopes);
    return read_population(
        run(work, statement, q.labels, q.begins, q.ends, q.numbers, q.services, q.environments, target_s));
  });
}

population reader::count_work(const std::vector<period>& periods, const std::vector<scope>& scopes,
                              const std::map<std::string, std::set<std::string>>& services_of) {
  return read([&](transaction& work) {
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
    return read_population(run(work, sql::figures::work, q.labels, q.begins, q.ends, q.numbers, q.services,
                               q.environments, q.crews, q.firsts, text_array(crews), text_array(services)));
  });
}

population reader::count_keys(std::string_view statement, const std::vector<period>& periods,
                              const std::vector<scope>& scopes, const std::vector<std::string>& keys,
                              const std::vector<std::string>& causes) {
  return read([&](transaction& work) {
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
  return read([&](transaction& work) {
    const question q({}, scopes);
    return read_population(
        run(work, sql::figures::open_incidents, q.numbers, q.services, q.environments, format_time(now)), 1);
  });
}

population reader::last_deployments(const std::vector<scope>& scopes, timestamp now) {
  return read([&](transaction& work) {
    const question q({}, scopes);
    return read_population(
        run(work, sql::figures::last_deployments, q.numbers, q.services, q.environments, format_time(now)), 1);
  });
}

population reader::follow_ups(const std::vector<scope>& scopes, timestamp now, double horizon_s, double review_due_s) {
  return read([&](transaction& work) {
    const question q({}, scopes);
    return read_population(run(work, sql::figures::follow_ups, q.numbers, q.services, q.environments, format_time(now),
                               horizon_s, review_due_s),
                           1);
  });
}

std::vector<hotfix_months> reader::count_hotfix_months(const std::vector<scope>& scopes,
                                                       const std::vector<timestamp>& begins) {
  return read([&](transaction& work) {
    const question q({}, scopes);
    std::vector<std::string> at;
    at.reserve(begins.size());
    for (const auto b : begins) at.push_back(format_time(b));
    std::vector<hotfix_months> all(scopes.size(), {std::vector<std::int64_t>(begins.size() - 1), {}});
    for (const auto& row :
         run(work, sql::figures::hotfix_months, text_array(at), q.numbers, q.services, q.environments)) {
      auto& of = all[row[0].as<std::size_t>()];
      if (const auto month = row[1].as<std::size_t>(); month > 0)
        of.hotfixes[month - 1] = row[2].as<std::int64_t>();
      else
        of.since = time_from_microseconds(row[3]);
    }
    return all;
  });
}

std::vector<json::object> reader::deployment_members(const period& over, const scope& of, double target_s,
                                                     double review_due_s, const std::vector<std::string>& causes) {
  return read([&](transaction& work) {
    const question q({over}, {of});
    return read_objects(run(work, sql::figures::deployment_members, format_time(over.begin), format_time(over.end),
                            q.services, q.environments, target_s, text_array(causes), review_due_s));
  });
}

std::vector<json::object> reader::incident_members(const period& over, const scope& of, double horizon_s,
                                                   double review_due_s) {
  return read([&](transaction& work) {
    const question q({over}, {of});
    return read_objects(run(work, sql::figures::incident_members, format_time(over.begin), format_time(over.end),
                            q.services, q.environments, horizon_s, review_due_s));
  });
}

std::vector<json::object> reader::work_members(const period& over, const scope& of) {
  return read([&](transaction& work) {
    const question q({over}, {of});
    return read_objects(run(work, sql::figures::work_members, format_time(over.begin), format_time(over.end),
                            q.services, q.environments, q.firsts));
  });
}

}
