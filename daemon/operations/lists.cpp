#include "daemon/operations/lists.hpp"

#include <algorithm>
#include <charconv>

#include <boost/url.hpp>

#include "collectors/csv/csv.hpp"
#include "collectors/fields.hpp"
#include "collectors/form.hpp"
#include "sql.hpp"

namespace releasehealth {
namespace {

constexpr list_filter since = {"since", "", true, "not before"}, until = {"until", "", true, "before"};
constexpr std::string_view kinds = "planned hotfix rollback redeploy";

constexpr list_filter of_deployments[] = {
    {"kind", kinds, false, "what it is"},
    {"state", "pending running canceled failed succeeded", false, "how far it is"},
    since,
    until};
constexpr list_filter of_hotfixes[] = {{"cause", "", false, "of the hotfix, or of its incident"}, since, until};
constexpr list_filter of_incidents[] = {{"state", "open acknowledged mitigated resolved", false, "how far it is"},
                                        {"severity", "1 2 3 4 5", false, "1 is the worst"},
                                        since,
                                        until};
constexpr list_filter of_deliveries[] = {{"source", "", false, "as it is configured"},
                                         {"outcome", "accepted dead imported", false, "what became of it"},
                                         since,
                                         until};

const listed table[] = {
    {"deployments", "Deployments, the latest first.", sql::lists_deployments, of_deployments, {"at", "id"}},
    {"hotfixes",
     "Hotfixes with what they answer and what is left to be done, the latest first.",
     sql::lists_deployments,
     of_hotfixes,
     {"at", "id"},
     "hotfix"},
    {"incidents",
     "Incidents, one for each of their services, the latest first.",
     sql::lists_incidents,
     of_incidents,
     {"started_at", "id"}},
    {"services",
     "Every known service in each of its environments.",
     sql::lists_services,
     {},
     {"service", "environment"}},
    {"deliveries", "What came in, the latest first.", sql::lists_deliveries, of_deliveries, {"id"}, {}, false},
};

error wrong(std::string_view parameter, const std::string& what) {
  return {errc::malformed, std::string(parameter) + ": " + what};
}

constexpr std::string_view own_parameters[] = {"limit", "after"},
                           place_parameters[] = {"service", "environment", "team"};

bool takes(const listed& of, std::string_view parameter) {
  return std::ranges::find(own_parameters, parameter) != std::end(own_parameters) ||
         (of.is_of_services && std::ranges::find(place_parameters, parameter) != std::end(place_parameters)) ||
         std::ranges::find(of.filters, parameter, &list_filter::name) != of.filters.end();
}

// What `next` of a page before said: the values of the key's columns.
result<json::value> read_key(const listed& of, const std::string& after) {
  const error bad = wrong("after", "is not what `next` of another page says");
  auto key = parse_json(after);
  if (!key || !key->is_array() || key->get_array().size() != of.key.size()) return bad;
  for (std::size_t i = 0; i < of.key.size(); ++i) {
    const auto& value = key->get_array()[i];
    const bool is_time = of.key[i].ends_with("at");
    if (of.key.size() == 1 ? !value.is_int64() : !value.is_string()) return bad;
    if (is_time && !parse_time(std::string_view(value.get_string()))) return bad;
  }
  return key;
}

// Every service that there is, or those that are asked for; an empty one is what names none.
json::array services_of(ledger::reader& from, const json::object& filters, const figure_settings& settings) {
  json::array all;
  const auto asked = [&](const char* name) {
    const auto* value = filters.if_contains(name);
    return value ? std::string(value->as_string()) : std::string();
  };
  const auto service = asked("service"), team = asked("team");
  if (!service.empty() && team.empty()) return {json::value(service)};
  std::set<std::string> known;
  for (const auto& [where, of_team] : places_and_teams(from.places(), settings))
    if ((team.empty() || of_team == team) && (service.empty() || where.service == service)) known.insert(where.service);
  if (team.empty()) known.insert("");
  for (const auto& name : known) all.emplace_back(name);
  return all;
}

std::string encoded(std::string_view text) { return boost::urls::encode(text, boost::urls::unreserved_chars); }

std::string link_to(const listed& of, const std::string& query, const std::string& after) {
  return "</api/v1/" + std::string(of.name) + '?' + query + "after=" + encoded(after) + ">; rel=\"next\"";
}

std::string cell(const json::value& v) {
  if (v.is_null()) return {};
  return csv::quote(v.is_string() ? std::string(v.get_string()) : json::serialize(v));
}

std::string as_csv_table(const ledger::list_page& page) {
  std::string out;
  for (const auto& c : page.columns) out += (&c == page.columns.data() ? "" : ",") + c;
  out += "\r\n";
  for (const auto& row : page.rows) {
    bool is_first = true;
    for (const auto& [name, value] : row) {
      if (!std::exchange(is_first, false)) out += ',';
      out += cell(value);
    }
    out += "\r\n";
  }
  return out;
}

}

std::span<const listed> lists() { return table; }

result<list_question> read_list_question(const listed& of, const http::request& r) {
  list_question q;
  const auto given = parse_form(r.query);
  if (!given) return error(errc::malformed, "the query cannot be read");
  for (const auto& [name, value] : *given) {
    if (!takes(of, name)) return wrong(name, "is no parameter of this list");
    if (name != "after") q.query += encoded(name) + '=' + encoded(value) + '&';
    if (name == "after") {
      auto key = read_key(of, value);
      if (!key) return key.error();
      q.after = std::move(*key);
    } else if (name == "limit") {
      const auto [end, ec] = std::from_chars(value.data(), value.data() + value.size(), q.limit);
      if (ec != std::errc{} || end != value.data() + value.size() || q.limit < 1 || q.limit > max_list_limit)
        return wrong(name, "is not a whole number from 1 to " + std::to_string(max_list_limit));
    } else {
      const auto filter = std::ranges::find(of.filters, std::string_view(name), &list_filter::name);
      if (filter != of.filters.end() && !filter->choices.empty() && !has_word(filter->choices, value))
        return wrong(name, "is none of: " + std::string(filter->choices));
      if (filter != of.filters.end() && filter->is_time && !parse_time(value))
        return wrong(name, "is not an RFC 3339 time with an offset");
      if (!value.empty()) q.filters[name] = value;
    }
  }
  return q;
}

http::response answer_list(ledger::reader& from, const listed& of, list_question q, const figure_settings& settings,
                           bool as_csv) {
  if (!of.kind.empty()) q.filters["kind"] = of.kind;
  if (of.is_of_services) q.filters["services"] = services_of(from, q.filters, settings);
  auto page = from.list(of.statement, q.filters, q.after, q.limit + 1);
  json::value next;
  if (static_cast<std::int64_t>(page.rows.size()) > q.limit) {
    page.rows.pop_back();
    json::array key;
    for (const auto column : of.key) key.push_back(page.rows.back().at(column));
    next = json::serialize(key);
  }
  http::response out;
  const auto link = next.is_null() ? std::string() : link_to(of, q.query, std::string(next.as_string()));
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

}
