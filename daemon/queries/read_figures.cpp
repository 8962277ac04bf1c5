// Runs the statements of schema/figures.
#include <algorithm>
#include <limits>
#include <span>

#include "daemon/queries/reading.hpp"
#include "daemon/queries/rows.hpp"
#include "sql/figures.hpp"

namespace releasehealth::ledger {

namespace {

// The tstzrange in which the place counts.
std::string as_range(const scope_place& p) {
  return '[' + (p.since ? format_time(*p.since) : "") + ',' + (p.until ? format_time(*p.until) : "") + ')';
}

/// Periods and scopes as parallel arrays, mostly of views: the arguments must outlive it.
struct question {
  std::vector<std::string_view> labels, services, environments, crews;
  std::vector<std::string> incidents;
  std::vector<timestamp> begins, ends;
  std::vector<std::int32_t> numbers;
  std::vector<bool> firsts, has_sources;
  std::vector<std::optional<timestamp>> reviews, merges;

  question(std::span<const period> periods, std::span<const scope> scopes) {
    for (const auto& p : periods) {
      labels.push_back(p.label);
      begins.push_back(p.begin);
      ends.push_back(p.end);
    }
    for (std::size_t n = 0; n < scopes.size(); ++n)
      for (const auto& p : scopes[n]) {
        numbers.push_back(static_cast<std::int32_t>(n));
        services.push_back(p.where.service);
        environments.push_back(p.where.environment);
        incidents.push_back(as_range(p));
        crews.push_back(p.crew);
        firsts.push_back(p.is_first);
        has_sources.push_back(p.has_incident_source);
        reviews.push_back(p.reviews_since);
        merges.push_back(p.merges_since);
      }
  }
};

template <class T>
T field_or(const field& f, T value = {}) {
  if (f) codec<T>::read(*f, value);
  return value;
}

/// Reads rows of one or two keys (`scope`, and `period` for statements over periods) and values.
population read_population(const answer& found, std::size_t keys = 2) {
  population out;
  const auto& names = found.columns();
  out.columns.assign(names.begin() + static_cast<std::ptrdiff_t>(keys), names.end());
  out.rows.reserve(found.size());
  found.each([&](std::span<const field> fields) {
    auto& r = out.rows.emplace_back();
    r.scope = field_or<std::size_t>(fields[0]);
    if (keys > 1) r.period = field_or<std::string>(fields[1]);
    r.values.reserve(out.columns.size());
    for (const auto& f : fields.subspan(keys))
      r.values.push_back(field_or(f, std::numeric_limits<double>::quiet_NaN()));
  });
  return out;
}

/// A row of a statement that counts by key.
struct counted_key {
  std::size_t scope = 0;
  std::string period, key;
  double count = 0;
};
BOOST_DESCRIBE_STRUCT(counted_key, (), (scope, period, key, count))

/// A row of the months; `since` is set in month 0.
struct counted_month {
  std::size_t scope = 0, month = 0;
  std::int64_t hotfixes = 0;
  std::optional<timestamp> since;
};
BOOST_DESCRIBE_STRUCT(counted_month, (), (scope, month, hotfixes, since))

}

population reader::count(std::string_view statement, const std::vector<period>& periods,
                         const std::vector<scope>& scopes) {
  return read([&](transaction& work) {
    const question q(periods, scopes);
    return read_population(
        ask(work, statement,
            parameters::list(q.labels, q.begins, q.ends, q.numbers, q.services, q.environments, q.incidents)));
  });
}

population reader::count(std::string_view statement, const std::vector<period>& periods,
                         const std::vector<scope>& scopes, double target_s) {
  return read([&](transaction& work) {
    const question q(periods, scopes);
    return read_population(ask(
        work, statement,
        parameters::list(q.labels, q.begins, q.ends, q.numbers, q.services, q.environments, q.incidents, target_s)));
  });
}

population reader::count_work(std::string_view statement, const std::vector<period>& periods,
                              const std::vector<scope>& scopes,
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
    return read_population(ask(work, statement,
                               parameters::list(q.labels, q.begins, q.ends, q.numbers, q.services, q.environments,
                                                q.incidents, q.crews, q.firsts, crews, services)));
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
    for (const auto& row : query<counted_key>(work, statement, q.labels, q.begins, q.ends, q.numbers, q.services,
                                              q.environments, q.incidents, causes))
      if (const auto key = std::ranges::find(keys, row.key); key != keys.end())
        counts.at({row.scope, row.period})[static_cast<std::size_t>(key - keys.begin())] = row.count;
    population out{keys, {}};
    for (auto& [place, values] : counts) out.rows.push_back({place.first, place.second, std::move(values)});
    return out;
  });
}

population reader::count_now(std::string_view statement, const std::vector<scope>& scopes, timestamp now) {
  return read([&](transaction& work) {
    const question q({}, scopes);
    return read_population(
        ask(work, statement, parameters::list(q.numbers, q.services, q.environments, q.incidents, now)), 1);
  });
}

population reader::count_now(std::string_view statement, const std::vector<scope>& scopes, timestamp now,
                             const follow_up_terms& terms) {
  return read([&](transaction& work) {
    const question q({}, scopes);
    return read_population(
        ask(work, statement,
            parameters::list(q.numbers, q.services, q.environments, q.incidents, now, terms.horizon_s,
                             terms.review_due_s, terms.merge_due_s, q.reviews, q.merges, q.has_sources)),
        1);
  });
}

std::vector<first_report> reader::first_reports(const std::vector<std::string>& services) {
  return read([&](transaction& work) { return query<first_report>(work, sql::figures::first_reports, services); });
}

std::vector<hotfix_months> reader::count_hotfix_months(const std::vector<scope>& scopes,
                                                       const std::vector<timestamp>& begins) {
  return read([&](transaction& work) {
    const question q({}, scopes);
    std::vector<hotfix_months> all(scopes.size(), {std::vector<std::int64_t>(begins.size() - 1), {}});
    for (const auto& row : query<counted_month>(work, sql::figures::hotfix_months, begins, q.numbers, q.services,
                                                q.environments, q.incidents)) {
      auto& months = all[row.scope];
      if (row.month > 0)
        months.hotfixes[row.month - 1] = row.hotfixes;
      else
        months.since = row.since;
    }
    return all;
  });
}

std::vector<json::object> reader::deployment_members(const period& span, const scope& targets, double target_s,
                                                     const follow_up_terms& terms,
                                                     const std::vector<std::string>& causes) {
  return read([&](transaction& work) {
    const question q({&span, 1}, {&targets, 1});
    return with_times(query<json::object>(work, sql::figures::deployment_members, span.begin, span.end, q.services,
                                          q.environments, q.incidents, target_s, causes, terms.horizon_s,
                                          terms.review_due_s, terms.merge_due_s, q.reviews, q.merges));
  });
}

std::vector<json::object> reader::incident_members(const period& span, const scope& targets,
                                                   const follow_up_terms& terms) {
  return read([&](transaction& work) {
    const question q({&span, 1}, {&targets, 1});
    return with_times(query<json::object>(work, sql::figures::incident_members, span.begin, span.end, q.services,
                                          q.environments, q.incidents, terms.horizon_s, terms.review_due_s, q.reviews));
  });
}

std::vector<json::object> reader::work_members(const period& span, const scope& targets) {
  return read([&](transaction& work) {
    const question q({&span, 1}, {&targets, 1});
    return with_times(query<json::object>(work, sql::figures::work_members, span.begin, span.end, q.services,
                                          q.environments, q.incidents, q.firsts));
  });
}

}
