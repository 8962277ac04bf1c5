#include "daemon/commands/typed.hpp"

#include <algorithm>

#include "collectors/base/form.hpp"
#include "collectors/base/json.hpp"
#include "collectors/base/text.hpp"
#include "collectors/facts.hpp"
#include "collectors/fields.hpp"
#include "daemon/commands/command.hpp"
#include "daemon/http/client.hpp"

namespace releasehealth {

void require_known_fields(const std::string& command, std::optional<event_type> type,
                          const std::vector<std::string>& names, const word_list& also) {
  auto known = also;
  for (const auto& f : fields())
    if (!type || f.types.contains(*type)) known.push_back(f.name);
  for (const auto& name : names)
    if (std::ranges::find(known, std::string_view(name)) == known.end())
      throw usage_error(command + ": " + unknown_word("field", name, known));
}

namespace {

std::string path_of(thing_type thing) { return "/api/v1/" + std::string(word(thing)) + 's'; }

constexpr int most_pages = 10;  // of 1,000 rows

// Returns the JSON object of a GET; errc::unknown for 404.
result<json::object> get(const operations_listener& listener, const std::string& path) {
  std::vector<std::pair<std::string, std::string>> header;
  if (!listener.token.empty()) header.emplace_back("Authorization", "Bearer " + listener.token);
  const auto answer = http::send("GET", listener.url + path, "", header);
  if (!answer) return answer.error();
  const auto failed = [&](errc code) { return error(code, listener.url + ": " + problem_text(*answer)); };
  if (answer->status == 401 || answer->status == 403) return failed(errc::forbidden);
  if (answer->status == 404) return failed(errc::unknown);
  auto read = parse_json(answer->body);
  if (answer->status != 200 || !read || !read->is_object()) return failed(errc::unavailable);
  return std::move(read->get_object());
}

/// The member of a joined incident with that subject, or with that id from before it was joined.
const json::value* member_named(const json::object& row, const std::string& name) {
  for (const auto& member : elements_at(row, "/members")) {
    const auto ids = elements_at(member, "/ids");
    const auto is_id = [&](const json::value& id) { return text_at(id, "") == name; };
    if (equal_ignoring_case(text_at(member, "/subject"), name) || std::ranges::any_of(ids, is_id)) return &member;
  }
  return nullptr;
}

bool has_name(const json::object& row, const thing_name& thing) {
  const auto fits = [&](const char* column, const std::string& wanted) {
    return wanted.empty() || equal_ignoring_case(text_at(row, column), wanted);
  };
  const bool is_called_so = fits("/id", thing.name) || fits("/subject", thing.name) || fits("/version", thing.name);
  if (!is_called_so)
    return member_named(row, thing.name) != nullptr;  // service and environment are those of the leading tool
  return fits("/service", thing.service) && fits("/environment", thing.environment);
}

}

std::string id_of(const json::object& row, const std::string& name) {
  const bool is_called_so =
      equal_ignoring_case(text_at(row, "/subject"), name) || equal_ignoring_case(text_at(row, "/id"), name);
  const auto* member = is_called_so ? nullptr : member_named(row, name);
  return member ? text_at(*member, "/ids/0") : text_at(row, "/id");
}

result<std::optional<json::object>> find_thing(const operations_listener& listener, const thing_name& thing) {
  auto row = get(listener, path_of(thing.thing) + '/' + encode_part(thing.name));
  if (!row && row.error().code != errc::unknown) return row.error();
  return row && has_name(*row, thing) ? std::optional(std::move(*row)) : std::nullopt;
}

result<std::vector<json::object>> find_things(const operations_listener& listener, const thing_name& thing) {
  const auto list = path_of(thing.thing);
  auto asked = list + "?limit=1000";
  if (!thing.service.empty()) asked += "&service=" + encode_part(thing.service);
  if (!thing.environment.empty()) asked += "&environment=" + encode_part(thing.environment);
  std::vector<json::object> all;
  const auto add = [&](const json::object& row) {
    const auto id = text_at(row, "/id");
    if (has_name(row, thing) &&
        std::ranges::none_of(all, [&](const auto& known) { return text_at(known, "/id") == id; }))
      all.push_back(row);
  };
  const auto first = find_thing(listener, thing);
  if (!first) return first.error();
  if (*first) add(**first);
  std::string next;
  for (int page = 0; page < most_pages && (page == 0 || !next.empty()); ++page) {
    const auto rows = get(listener, next.empty() ? asked : asked + "&after=" + encode_part(next));
    if (!rows) return rows.error();
    const auto* items = rows->if_contains("items");
    if (!items || !items->is_array()) return error(errc::unavailable, listener.url + ": no list in the response");
    for (const auto& row : items->get_array())
      if (row.is_object()) add(row.get_object());
    next = text_at(*rows, "/next");
  }
  return all;
}

std::string problem_text(const http::response& r) {
  const auto read = parse_json(r.body);
  if (!read || !read->is_object() || text_at(*read, "/detail").empty()) return r.body;
  auto out = text_at(*read, "/detail");
  const auto* errors = read->get_object().if_contains("errors");
  if (errors && errors->is_array())
    for (const auto& one : errors->get_array()) {
      const auto pointer = text_at(one, "/pointer");
      out += "; " + pointer + (pointer.empty() ? "" : ": ") + text_at(one, "/detail");
    }
  return out;
}

}
