// The lists of the API (interface.md section 2): filters, pages by key, JSON or CSV.
#include "sql/lists.hpp"

#include <algorithm>

#include "collectors/base/form.hpp"
#include "collectors/base/nearest.hpp"
#include "collectors/csv/csv.hpp"
#include "collectors/words.hpp"
#include "daemon/api/endpoints.hpp"
#include "daemon/api/parameters.hpp"

namespace releasehealth::api {
namespace {

struct listed {
  std::string_view name;  ///< /api/v1/{name}
  std::string_view help;
  std::string_view schema;               ///< of OpenAPI
  std::string_view statement;            ///< of schema/lists
  std::vector<http::parameter> filters;  ///< in addition to service, environment and team
  std::vector<std::string_view> key;     ///< the columns of its order
  std::string_view kind = {};            ///< only deployments of this kind
  bool is_of_services = true;            ///< can be filtered by service, environment and team
};

struct list_question {
  json::object filters;
  json::value last_key;  ///< null: the first page
  std::int64_t limit = 100;
  std::string query;  ///< as received, without `after`
};
inline constexpr std::int64_t max_list_limit = 1000;

const http::parameter since = {.name = "since",
                               .help = "only items at or after this time",
                               .is_time = true,
                               .example = "2020-01-01T00:00:00Z"},
                      until = {.name = "until",
                               .help = "only items before this time",
                               .is_time = true,
                               .example = "2100-01-01T00:00:00Z"};

const listed table[] = {
    {"deployments",
     "List deployments, the latest first.",
     "Deployments",
     sql::lists::deployments,
     {{"kind", "kind of deployment", words_text<deployment_kind>},
      {"state", "state of the deployment", words_text_through<deployment_state::succeeded>},
      since,
      until},
     {"at", "id"}},
    {"hotfixes",
     "List hotfixes with their fixes and open follow-ups, the latest first.",
     "Hotfixes",
     sql::lists::deployments,
     {{"cause", "root cause of the hotfix or of its incident"}, since, until},
     {"at", "id"},
     word(deployment_kind::hotfix)},
    {"incidents",
     "List incidents, once for each of their services, the latest first.",
     "Incidents",
     sql::lists::incidents,
     {{"state", "state of the incident", words_text<incident_state>},
      {"severity", "1 is the worst", "1 2 3 4 5"},
      since,
      until},
     {"started_at", "id"}},
    {"services",
     "List known services in each of their environments.",
     "Services",
     sql::lists::services,
     {},
     {"service", "environment"}},
    {"deliveries",
     "List deliveries, the latest first.",
     "Deliveries",
     sql::lists::deliveries,
     {{"source", "name of the configured source"},
      {"outcome", "outcome of the delivery", "accepted partly_dead dead imported"},
      since,
      until},
     {"id"},
     {},
     false},
};

error wrong(std::string_view parameter, const std::string& what) {
  return {errc::malformed, std::string(parameter) + ": " + what};
}

// Parses `next` of an earlier page: the values of the key's columns. Times are converted to UTC, because PostgreSQL
// accepts fewer offsets than RFC 3339.
result<json::value> read_key(const listed& kind, const std::string& last_key) {
  const error bad = wrong("after", "invalid value " + in_quotes(last_key) + "; expected `next` of another page");
  auto key = parse_json_strictly(last_key);
  if (!key || !key->is_array() || key->get_array().size() != kind.key.size()) return bad;
  for (std::size_t i = 0; i < kind.key.size(); ++i) {
    const auto& value = key->get_array()[i];
    const bool is_time = kind.key[i].ends_with("at");
    if (kind.key.size() == 1 ? !value.is_int64() : !value.is_string()) return bad;
    if (!is_time) continue;
    const auto instant = parse_time(std::string_view(value.get_string()));
    if (!instant) return bad;
    key->as_array()[i] = format_time(*instant);
  }
  return key;
}

// All known services, or the requested ones; the empty name stands for rows without a service.
json::array services_of(ledger::reader& database, const json::object& filters, const figure_settings& settings) {
  json::array all;
  const auto asked = [&](const char* name) {
    const auto* value = filters.if_contains(name);
    return value ? std::string(value->as_string()) : std::string();
  };
  const auto service = asked("service"), team = asked("team");
  if (!service.empty() && team.empty()) return {json::value(service)};
  std::set<std::string> known;
  for (const auto& [where, of_team] : places_and_teams(database.places(), settings))
    if ((team.empty() || of_team == team) && (service.empty() || where.service == service)) known.insert(where.service);
  if (team.empty()) known.insert("");
  for (const auto& name : known) all.emplace_back(name);
  return all;
}

std::string link_to(const listed& kind, const std::string& query, const std::string& last_key) {
  return "</api/v1/" + std::string(kind.name) + '?' + query + "after=" + encode_part(last_key) + ">; rel=\"next\"";
}

std::string as_csv_table(const ledger::list_page& page) {
  std::string out;
  for (const auto& c : page.columns) out += (&c == page.columns.data() ? "" : ",") + c;
  out += "\r\n";
  for (const auto& row : page.rows) {
    bool is_first = true;
    for (const auto& [name, value] : row) {
      if (!std::exchange(is_first, false)) out += ',';
      out += csv::cell(value);
    }
    out += "\r\n";
  }
  return out;
}

/// All parameters of a list.
std::vector<http::parameter> parameters_of(const listed& kind) {
  std::vector<http::parameter> all;
  if (kind.is_of_services) all = {of_service, in_environment, of_team};
  all.insert(all.end(), kind.filters.begin(), kind.filters.end());
  all.push_back({.name = "limit", .help = "page size: 1 to 1,000, default 100", .example = "10"});
  all.push_back({.name = "after", .help = "begin of the page: `next` of the previous page"});
  return all;
}

/// Parses the parameters, whose names http::dispatch has checked; errc::malformed names one with an invalid value.
result<list_question> read_list_question(const listed& kind, const http::request& r, const naming& names) {
  list_question q;
  const auto given = parse_form(r.query);
  if (!given) return wrong("query", "invalid percent-encoding");
  for (const auto& [name, value] : *given) {
    if (value.empty()) continue;
    if (name != "after") q.query += encode_part(name) + '=' + encode_part(value) + '&';
    if (name == "after") {
      auto key = read_key(kind, value);
      if (!key) return key.error();
      q.last_key = std::move(*key);
    } else if (name == "limit") {
      const auto limit = read_count(name, value, q.limit, max_list_limit);
      if (!limit) return limit.error();
      q.limit = *limit;
    } else {
      const auto filter = std::ranges::find(kind.filters, std::string_view(name), &http::parameter::name);
      const bool is_time = filter != kind.filters.end() && filter->is_time;
      q.filters[name] = is_time                 ? format_time(parse_time(value).value_or(timestamp()))
                        : name == "environment" ? names.environment(value)
                                                : value;
    }
  }
  return q;
}

/// Reads one row more than requested to detect a next page, which `next` and the header Link (RFC 8288) identify.
http::response answer_list(ledger::reader& database, const listed& kind, list_question q,
                           const figure_settings& settings, bool as_csv) {
  if (!kind.kind.empty()) q.filters["kind"] = kind.kind;
  if (kind.is_of_services) {
    q.filters["services"] = services_of(database, q.filters, settings);
    q.filters["groups"] = json::value_from(settings.names.groups()).as_object();
  }
  auto page = database.list(kind.statement, q.filters, q.last_key, q.limit + 1);
  // events may name a different team than the configured one, or none
  for (auto& row : page.rows)
    if (auto* team = row.if_contains("team"); team && team->is_string() && row.contains("service"))
      *team = settings.team_of(std::string(row.at("service").as_string()), std::string(team->as_string()));
  json::value next;
  if (static_cast<std::int64_t>(page.rows.size()) > q.limit) {
    page.rows.pop_back();
    json::array key;
    for (const auto column : kind.key) key.push_back(page.rows.back().at(column));
    next = json::serialize(key);
  }
  http::response out;
  const auto link = next.is_null() ? std::string() : link_to(kind, q.query, std::string(next.as_string()));
  if (as_csv) {
    out = {200, "text/csv; charset=utf-8", as_csv_table(page), {}};
  } else {
    json::array items;
    for (auto& row : page.rows) items.emplace_back(std::move(row));
    out = http::json_answer(200, {{"items", std::move(items)}, {"next", std::move(next)}});
  }
  if (!link.empty()) out.header.emplace_back("Link", link);
  return out;
}

endpoint list(const listed& kind) {
  auto documentation = about_reading("lists", kind.help, kind.schema, parameters_of(kind));
  documentation.also_csv = true;
  const auto ask = [&kind](const call& c) -> result<plan> {
    auto q = read_list_question(kind, c.request, c.current->figures.names);
    if (!q) return q.error();
    return reading{[&kind, q = std::move(*q), current = c.current,
                    as_csv = c.wants_csv()](ledger::reader& database) -> result<http::response> {
      return answer_list(database, kind, q, as_derived(database, current->figures), as_csv);
    }};
  };
  return {"GET", "/api/v1/" + std::string(kind.name), std::move(documentation), ask};
}

}

std::vector<endpoint> lists(const surroundings&) {
  std::vector<endpoint> all;
  for (const auto& kind : table) all.push_back(list(kind));
  return all;
}

}
