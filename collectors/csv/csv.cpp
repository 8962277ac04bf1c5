#include "collectors/csv/csv.hpp"

#include <algorithm>
#include <charconv>

#include "collectors/canonical/canonical.hpp"
#include "collectors/fields.hpp"
#include "collectors/signature.hpp"

namespace releasehealth::csv {
namespace {

json::value typed(form looks, const std::string& cell) {
  if (looks == form::flag && (cell == "true" || cell == "false")) return cell == "true";
  if (looks == form::count || looks == form::severity) {
    std::int64_t number = 0;
    const auto [end, ec] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
    if (ec == std::errc{} && end == cell.data() + cell.size()) return number;
  }
  if (looks == form::names) {
    json::array names;
    for (std::size_t at = 0; at <= cell.size();) {
      const auto end = std::min(cell.find(';', at), cell.size());
      if (end > at) names.emplace_back(cell.substr(at, end - at));
      at = end + 1;
    }
    return names;
  }
  return json::string(cell);
}

}

std::optional<std::vector<std::string>> reader::next() {
  while (rest_.starts_with('\n') || rest_.starts_with("\r\n")) {  // empty lines are no rows
    rest_.remove_prefix(rest_.front() == '\r' ? 2 : 1);
    ++next_line_;
  }
  if (rest_.empty()) return {};
  line_ = next_line_;
  std::vector<std::string> row(1);
  bool quoted = false;
  std::size_t at = 0;
  for (; at < rest_.size(); ++at) {
    const char c = rest_[at];
    if (c == '\n') ++next_line_;
    if (quoted) {
      if (c != '"')
        row.back() += c;
      else if (at + 1 < rest_.size() && rest_[at + 1] == '"')
        row.back() += rest_[++at];
      else
        quoted = false;
    } else if (c == '"' && row.back().empty()) {
      quoted = true;
    } else if (c == ',') {
      row.emplace_back();
    } else if (c == '\n') {
      ++at;
      break;
    } else if (c != '\r') {
      row.back() += c;
    }
  }
  rest_.remove_prefix(at);
  return row;
}

json::object read_object(const std::vector<std::string>& columns, const std::vector<std::string>& row) {
  json::object out;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i].empty()) continue;
    const auto known = std::ranges::find(fields(), std::string_view(columns[i]), &field::name);
    out[columns[i]] = typed(known == fields().end() ? form::text : known->looks, row[i]);
  }
  return out;
}

result<event> read_row(const std::vector<std::string>& columns, const std::vector<std::string>& row,
                       timestamp received_at) {
  if (row.size() != columns.size())
    return error(errc::malformed,
                 "has " + std::to_string(row.size()) + " cells, the header has " + std::to_string(columns.size()));
  auto out = read_object(columns, row);
  std::string identity;
  for (std::size_t i = 0; i < row.size(); ++i) identity += columns[i] + '\0' + row[i] + '\0';
  if (!out.contains("type")) out["type"] = "deployment";
  if (!out.contains("id")) out["id"] = "row-" + sha256_hex(identity).substr(0, 32);
  if (out["type"] == "deployment") {
    if (!out.contains("state")) out["state"] = "succeeded";
    if (!out.contains("time") && time_at(out, "/finished_at")) out["time"] = out["finished_at"];
  }
  return canonical::read_event(std::move(out), received_at);
}

std::string quote(std::string_view cell) {
  if (cell.find_first_of(",\"\r\n") == cell.npos) return std::string(cell);
  std::string out = "\"";
  for (char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

}
